import { withoutCredentials } from '@heliograph/guarded-http';

/** Why a message cannot have this media: Twilio's error code, and a sentence for the customer, without credentials. */
export interface MediaRefusal {
  kind: 'refused';
  errorCode: number;
  reason: string;
}

/** The sentence names the URL that the customer gave, not the one it was redirected to. */
export const refusal = (url: string, errorCode: number, problem: string): MediaRefusal => ({
  kind: 'refused',
  errorCode,
  reason: `The media URL ${withoutCredentials(url)} ${problem}.`,
});
