import type { Envelope, MessageAcceptedData } from '@heliograph/contracts';
import { countSegments, priceOf } from '@heliograph/domain';
import type { CarrierTable } from '../carriers/carrier.js';
import type { RoutedJob } from '../jobs/job.js';
import type { RateDeck } from '../pricing/rate-deck.js';
import type { RouteTable } from '../routes/route-table.js';

/** What a message is routed and priced by. */
export interface RoutingKnowledge {
  readonly carriers: CarrierTable;
  readonly deck: RateDeck;
  readonly routes: RouteTable;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number;
}

/** How a message goes out; `errorCode` is Twilio's where it cannot go out, and null where it can. */
export interface RoutedMessage {
  readonly job: RoutedJob;
  readonly errorCode: number | null;
}

/** Twilio: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number". */
const REGION_NOT_ENABLED = 21_408;
/** Twilio: "Message price exceeds max price". */
const PRICE_ABOVE_MAX_PRICE = 30_010;
/** Twilio: "MMS not supported by the receiving phone number in this region". */
const MMS_NOT_SUPPORTED = 30_011;

/** Decides how an accepted message goes out, and whether it can: its kind, text, segments, price and channels. Pure. */
export function routeMessage(
  event: Envelope<'message.accepted.v1', MessageAcceptedData>,
  { carriers, deck, routes, nowMs }: RoutingKnowledge,
): RoutedMessage {
  const { accountSid, data } = event;
  const { to, senderType } = data;
  const content = contentFor(data, carriers);
  const segments = countSegments(content.body);
  // An MMS is one message whatever its length, priced as such.
  const numSegments = content.kind === 'mms' ? 1 : segments.count;
  const rate = deck.findRate({ kind: content.kind, senderType, to, nowMs });
  const priceMicros = rate && priceOf({ segments: numSegments, perSegmentMicros: data.isFree ? 0 : rate.priceMicros });
  const channels = routes.channelsFor({ to, kind: content.kind, senderType, accountSid });
  const job = {
    messageSid: data.messageSid,
    accountSid,
    acceptedSequence: data.acceptedSequence,
    senderType,
    from: data.from,
    to,
    kind: content.kind,
    body: content.body,
    encoding: segments.encoding,
    numSegments,
    media: content.media,
    priceMicros,
    priceUnit: 'USD',
    rateDeckVersion: rate && deck.version,
    statusCallback: data.statusCallback,
    statusCallbackOn: data.statusCallbackOn,
    channels,
    correlationId: event.correlationId,
    acceptedAt: event.occurredAt,
    expiresAtUs: expiresAtMs(event) * 1_000,
  };
  return { job, errorCode: data.failsWith ?? content.errorCode ?? errorOfPrice(priceMicros, data.maxPriceMicros) };
}

/** When a message may no longer be sent: its ValidityPeriod counts from its acceptance. Milliseconds since the Unix epoch. */
export const expiresAtMs = ({ occurredAt, data }: Envelope<'message.accepted.v1', MessageAcceptedData>): number =>
  Date.parse(occurredAt) + data.validityPeriodS * 1_000;

interface Content extends Pick<RoutedJob, 'kind' | 'body' | 'media'> {
  readonly errorCode: number | null;
}

/**
 * Twilio's page: where the recipient's carrier has no MMS, the message goes as an SMS whose text ends with a link to the media, unless
 * the account has switched that off. A carrier that is not known is given what the customer asked for.
 */
function contentFor(data: MessageAcceptedData, carriers: CarrierTable): Content {
  const { body, media } = data;
  if (media.length === 0) return { kind: 'sms', body, media, errorCode: null };
  if (carriers.find(data.to)?.hasMms !== false) return { kind: 'mms', body, media, errorCode: null };
  if (!data.mayFallBackToSms || data.shortLink === null)
    return { kind: 'mms', body, media, errorCode: MMS_NOT_SUPPORTED };
  const text = body === '' ? data.shortLink : `${body} ${data.shortLink}`;
  return { kind: 'sms', body: text, media: [], errorCode: null };
}

function errorOfPrice(priceMicros: number | null, maxPriceMicros: number | null): number | null {
  if (priceMicros === null) return REGION_NOT_ENABLED;
  return maxPriceMicros !== null && priceMicros > maxPriceMicros ? PRICE_ABOVE_MAX_PRICE : null;
}
