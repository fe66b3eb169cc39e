import { isAllowEntry } from '@heliograph/guarded-http';
import {
  baseConfig,
  cidrListSetting,
  durationMsSetting,
  integerSetting,
  outsideHttpConfig,
  urlSetting,
} from '@heliograph/service-host';
import { z } from 'zod';
import { MAX_MEDIA_BYTES, MAX_MEDIA_COUNT } from './storing/media-limits.js';

/** The media service's environment. */
export const configSchema = z.object({
  ...baseConfig,
  /** Where other services reach this one; the start of every stored media's URL. */
  MEDIA_INTERNAL_URL: urlSetting({ protocols: ['http', 'https'], example: 'http://media:8080' }),
  /** How phones reach this service: the start of every short link. The shorter, the more room a message has. */
  SHORT_LINK_URL: urlSetting({ protocols: ['http', 'https'], example: 'https://m.example.com' }),
  /** How long a short link shows its message's media; counted from when the message is accepted. */
  SHORT_LINK_LIFETIME_MS: durationMsSetting({ minMs: 1_000, fallbackMs: 7 * 86_400_000 }),
  /** How many short links that do not exist a client may try in a minute before it sees none at all for the rest of it. */
  SHORT_LINK_MISSES_PER_MINUTE: integerSetting({ min: 1, max: 1_000_000, fallback: 30 }),
  /**
   * The reverse proxies whose X-Forwarded-For says who the client is; none unless set. Whoever reaches this service past them could
   * otherwise call itself by a new address with each guess.
   */
  TRUST_PROXY: cidrListSetting(),
  /** For fetching what a MediaUrl points to. */
  ...outsideHttpConfig(isAllowEntry),
  /**
   * For all media of one message together. MEDIA_MEMORY_WAIT_MS, this and MEDIA_ADAPT_TIMEOUT_MS come one after the other: keep their sum
   * below api's MEDIA_TIMEOUT_MS.
   */
  MEDIA_FETCH_TIMEOUT_MS: durationMsSetting({ minMs: 100, maxMs: 60_000, fallbackMs: 10_000 }),
  /** For checking and adapting all pictures of one message, the wait for a free core included. */
  MEDIA_ADAPT_TIMEOUT_MS: durationMsSetting({ minMs: 100, maxMs: 60_000, fallbackMs: 5_000 }),
  /**
   * How many pictures are worked on at once, each on a core of its own and with up to 400 MB of memory for the very largest. The threads
   * are those of Node's pool (UV_THREADPOOL_SIZE, 4 by default), which also decodes compressed answers: leave it some.
   */
  MEDIA_ADAPT_CONCURRENCY: integerSetting({ min: 1, max: 64, fallback: 2 }),
  /**
   * The most bytes of media that are held at once, counting every URL at the largest that it may lead to. They are adapted, and copied on
   * their way into the database, so that the process can use a multiple of it. At least one message must fit.
   */
  MEDIA_MEMORY_BYTES: integerSetting({
    min: MAX_MEDIA_BYTES * MAX_MEDIA_COUNT,
    max: 64 * 1_024 ** 3,
    fallback: 256 * 1_024 ** 2,
  }),
  /** How long a message waits for its part of MEDIA_MEMORY_BYTES before it is turned away. */
  MEDIA_MEMORY_WAIT_MS: durationMsSetting({ minMs: 0, maxMs: 60_000, fallbackMs: 3_000 }),
});
export type MediaConfig = z.infer<typeof configSchema>;
