export { countryOf, supportsAlphanumericSender } from './country.js';
export type { Country } from './country.js';
export { GSM7_BASIC, GSM7_ESCAPE, GSM7_EXTENSION } from './gsm7-alphabet.js';
export { paceLane } from './lane-pace.js';
export type { LanePace, LanePaceInput } from './lane-pace.js';
export { beginMessage, joinParts, missingParts, placePart } from './message-parts.js';
export type { MessagePart, PartialMessage, PartPlacement } from './message-parts.js';
export { canMove, isAnnounced, isFinal, pathTo, sequenceOf } from './message-status.js';
export type { AnnouncedStatus, MessageStatus, OutboundStatus } from './message-status.js';
export { formatMicros, formatTwilioPrice, parseMicros, priceOf } from './money.js';
export { applyKeyword, classifyKeyword, KEYWORD_ANSWER_REST_MS, NO_OPT_OUT } from './opt-out.js';
export type { KeywordClass, KeywordEffect, OptOut } from './opt-out.js';
export { classifySender, parseAlphanumericSenderId, parsePhoneNumber, parseShortCode } from './phone-number.js';
export type { AlphanumericSenderId, PhoneNumber, Sender, SenderType, ShortCode } from './phone-number.js';
export { extendReplyRun, LONGEST_REPLY_RUN } from './reply-run.js';
export type { ReplyRun } from './reply-run.js';
export { countSegments, SEGMENT_LIMITS, segmentText } from './segmentation.js';
export type { Encoding, SegmentCount, SegmentedText } from './segmentation.js';
export { isSid, makeSid } from './sid.js';
export type {
  AccountSid,
  ApplicationSid,
  Branded,
  CallbackSid,
  CallSid,
  EndpointSid,
  MediaSid,
  MessageSid,
  NotificationSid,
  PhoneNumberSid,
  ShortCodeSid,
  SidPrefix,
  SidsByPrefix,
} from './sid.js';
export { LONGEST_VALIDITY_PERIOD_S } from './validity-period.js';
