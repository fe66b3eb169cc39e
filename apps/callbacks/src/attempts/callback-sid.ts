import type { CallbackSid } from '@heliograph/domain';

/** What a customer knows a callback by: its idempotency token in the form of a SID. */
export const callbackSidOf = (idempotencyToken: string): CallbackSid =>
  `HC${idempotencyToken.replaceAll('-', '')}` as CallbackSid;

/** The idempotency token of a callback, as UUIDs are written. */
export const idempotencyTokenOf = (sid: CallbackSid): string =>
  sid
    .slice(2)
    .toLowerCase()
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
