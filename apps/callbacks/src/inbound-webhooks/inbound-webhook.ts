import type { AccountSid, MessageSid } from '@heliograph/domain';
import type { FormParameters } from '@heliograph/twilio';

export type HttpMethod = 'GET' | 'POST';

/** An address with the method to request it with. */
export interface WebhookTarget {
  /** As the customer gave it; may hold credentials, and connection overrides in its fragment. */
  readonly url: string;
  readonly method: HttpMethod;
}

/** What is to be requested next, and why. */
export type DocumentRequest = WebhookTarget &
  (
    | { readonly kind: 'message' | 'redirect' }
    /** A reply was made, and control passes to its `action`. */
    | { readonly kind: 'action'; readonly replyIndex: number }
    /** The request before it failed. `errorUrl`: what was requested there, without credentials. */
    | { readonly kind: 'fallback'; readonly errorCode: number; readonly errorUrl: string }
  );

/** A received message, and where the conversation about it with the customer's server stands. */
export interface InboundWebhook {
  readonly messageSid: MessageSid;
  readonly accountSid: AccountSid;
  /** The handset. */
  readonly from: string;
  /** Our number. */
  readonly to: string;
  /** What the customer is told of the message. */
  readonly parameters: FormParameters;
  /** Null where nothing is left to be requested. */
  readonly request: DocumentRequest | null;
  /** Asked once, where a request fails; null where there is none, or it was asked. */
  readonly fallback: WebhookTarget | null;
  /** How many documents were requested. */
  readonly documentCount: number;
  /** How many replies the documents asked for. */
  readonly replyCount: number;
}

/** Handed out for one step. */
export interface ClaimedWebhook extends InboundWebhook {
  /** Names this claim; a later one has a higher number. */
  readonly claim: number;
  /** Names the request to the receiver: the same whenever this step is tried. */
  readonly idempotencyToken: string;
}

/** A reply that a document asks for. */
export interface NewReply {
  readonly to: string;
  readonly from: string;
  readonly body: string;
  readonly mediaUrls: readonly string[];
  readonly statusCallback: string | null;
}

/** What became of a reply. */
export type ReplyResult =
  | { readonly kind: 'created'; readonly messageSid: MessageSid }
  | { readonly kind: 'refused'; readonly errorCode: number; readonly reason: string }
  | { readonly kind: 'blocked'; readonly messageSid: MessageSid; readonly errorCode: number; readonly reason: string };

/** Something wrong. `errorCode` is Twilio's; `reason` is for the customer. */
export interface Mistake {
  readonly errorCode: number;
  readonly reason: string;
}

/** Host and port that the URL leads to; empty where it leads nowhere. */
export const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : '');
