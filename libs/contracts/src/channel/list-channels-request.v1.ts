import { z } from 'zod';
import { channelName, messageKind } from '../fields.js';
import { requestSubject } from '../subjects.js';

const listedChannel = z.object({
  name: channelName,
  /** Whether one of its replicas announces itself as ready. */
  isUp: z.boolean(),
  /** Why it is not up, for people; null where it is. */
  downReason: z.string().nullable(),
  kinds: z.array(messageKind),
  /** Over all dispatchers; null for any number. */
  maxPerSecond: z.number().positive().nullable(),
  /** Over all dispatchers; null for any number. */
  maxInFlight: z.number().int().positive().nullable(),
});
export type ListedChannel = z.infer<typeof listedChannel>;

const listChannelsRequest = z.object({});
const listChannelsReply = z.object({ channels: z.array(listedChannel) });
export type ListChannelsRequest = z.infer<typeof listChannelsRequest>;
export type ListChannelsReply = z.infer<typeof listChannelsReply>;

/** Which channels are there, and what can they do? As one of the dispatchers has heard since it started, by name. Answered by `dispatcher`. */
export const listChannels = {
  subject: requestSubject('channels', 'list', 1),
  request: listChannelsRequest,
  reply: listChannelsReply,
};
