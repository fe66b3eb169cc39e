import type { ExplainWaitingReply } from '@heliograph/contracts';
import type { AccountSid, MessageSid } from '@heliograph/domain';

/** Who knows what messages wait for. */
export abstract class WaitingSource {
  /** @throws Unavailable when it does not answer soon */
  abstract explain(accountSid: AccountSid, messageSid: MessageSid): Promise<ExplainWaitingReply>;
}
