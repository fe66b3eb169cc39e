import type { SenderType, SubmitTaskData } from '@heliograph/contracts';
import type { AccountSid } from '@heliograph/domain';

/** By which channels the messages that it is about go. */
export interface Route {
  /** What the recipient's number starts with: `+` and digits; empty for every destination. */
  readonly prefix: string;
  readonly kind: SubmitTaskData['kind'] | 'any';
  readonly senderType: SenderType | 'any';
  readonly account: AccountSid | 'any';
  /** Names of channels, at least one and each once. The first is tried first. */
  readonly channels: readonly string[];
}

/** What is to be routed. */
export interface Routable {
  /** E.164. */
  readonly to: string;
  readonly kind: SubmitTaskData['kind'];
  readonly senderType: SenderType;
  readonly accountSid: AccountSid;
}
