import type { SubmitTaskData } from '@heliograph/contracts';

/** The channels that messages of one kind may go by, the first to be tried first. Few of them are shared by all messages. */
export interface ChannelList {
  readonly listId: number;
  readonly kind: SubmitTaskData['kind'];
  /** Names, at least one and each once. */
  readonly channels: readonly string[];
}
