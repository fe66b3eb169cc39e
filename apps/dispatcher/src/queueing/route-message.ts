import type { Envelope, MessageAcceptedData } from '@heliograph/contracts';
import { countSegments, priceOf } from '@heliograph/domain';
import type { Job } from '../jobs/job.js';
import type { RateDeck } from '../pricing/rate-deck.js';

/** Decides how an accepted message goes out: its kind, segments, price and channel. Pure. */
export function routeMessage(
  event: Envelope<'message.accepted.v1', MessageAcceptedData>,
  deck: RateDeck,
  channel: string,
): Omit<Job, 'laneId'> {
  const { data } = event;
  const kind = data.media.length > 0 ? 'mms' : 'sms';
  const segments = countSegments(data.body);
  // An MMS is one message whatever its length, priced as such.
  const numSegments = kind === 'mms' ? 1 : segments.count;
  const perSegmentMicros = deck.findPrice(kind, data.to);
  return {
    messageSid: data.messageSid,
    accountSid: event.accountSid,
    acceptedSequence: data.acceptedSequence,
    senderType: data.senderType,
    from: data.from,
    to: data.to,
    kind,
    body: data.body,
    encoding: segments.encoding,
    numSegments,
    media: data.media,
    priceMicros: perSegmentMicros === null ? null : priceOf({ segments: numSegments, perSegmentMicros }),
    priceUnit: 'USD',
    statusCallback: data.statusCallback,
    channel,
    correlationId: event.correlationId,
    acceptedAt: event.occurredAt,
  };
}
