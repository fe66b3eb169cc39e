import type { DestinationDescription, ImageLimits } from '@heliograph/contracts';
import { type CreateMessageRequest, errorEnvelope, type Refusal, refused } from '@heliograph/twilio';

export type DestinationJudgement =
  | {
      readonly kind: 'reachable';
      /** What the pictures of an MMS are fitted to; null where nothing is known, and where it goes as an SMS with a link. */
      readonly imageLimits: ImageLimits | null;
    }
  | Refusal;

/**
 * Whether a message can go where it is to go, by what is known of its destination. Where nothing is known it can: whoever sends it
 * knows more. Media to a carrier without MMS go as a link in an SMS, and need a price for that.
 * @param mayFallBackToSms whether the account lets them
 */
export function judgeDestination(
  { from, to, mediaUrls }: CreateMessageRequest,
  mayFallBackToSms: boolean,
  destination: DestinationDescription | null,
): DestinationJudgement {
  if (destination === null) return { kind: 'reachable', imageLimits: null };
  const { carrier, pricedSenders } = destination;
  const isMms = mediaUrls.length > 0;
  const takesMms = carrier?.hasMms ?? true;
  if (isMms && !takesMms && !mayFallBackToSms) {
    return refused(errorEnvelope('pairNotRoutable', { to, from: from.address, kind: 'MMS' }));
  }
  const goesAs = isMms && takesMms ? 'mms' : 'sms';
  if (!pricedSenders[goesAs].includes(from.type)) return refused(errorEnvelope('regionNotEnabled', { to }));
  return { kind: 'reachable', imageLimits: goesAs === 'mms' ? (carrier?.imageLimits ?? null) : null };
}
