import { classifyKeyword } from '@heliograph/domain';
import { baseConfig, durationMsSetting, urlSetting, verbatimTextSetting } from '@heliograph/service-host';
import { z } from 'zod';

/** 32 bytes in base64, read into the bytes. */
export const masterKeySetting = () =>
  z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}=$/, 'is not the base64 of 32 bytes')
    .transform((text) => Buffer.from(text, 'base64'))
    .describe('32 random bytes in base64, as `openssl rand -base64 32` makes them');

const LONGEST_KEYWORD_ANSWER = 320;

/** What a keyword is answered with. One that is a keyword itself could be answered in turn, and so on. */
const keywordAnswerSetting = (fallback: string) =>
  z
    .string()
    .refine((text) => text.length <= LONGEST_KEYWORD_ANSWER, `is longer than ${LONGEST_KEYWORD_ANSWER} characters`)
    .refine((text) => classifyKeyword(text) === null, 'is a keyword itself')
    .default(fallback)
    .describe(
      `a text of at most ${LONGEST_KEYWORD_ANSWER} characters that is no keyword itself (default "${fallback}")`,
    );

export const configSchema = z.object({
  ...baseConfig,
  /** Auth tokens are encrypted with it before they are stored. */
  MASTER_KEY: masterKeySetting(),
  /** How customers reach this service: what the addresses begin with that webhooks tell them. */
  PUBLIC_URL: urlSetting({ protocols: ['http', 'https'], example: 'https://api.example.com' }),
  /** How long a create waits for `media`. Above the time that `media` itself gives a customer's server, or its verdict comes too late. */
  MEDIA_TIMEOUT_MS: durationMsSetting({ minMs: 100, maxMs: 120_000, fallbackMs: 20_000 }),
  /** How long a create waits for what the dispatcher knows of a new destination. Then it goes on with what was known before, if anything. */
  DESTINATION_TIMEOUT_MS: durationMsSetting({ minMs: 10, maxMs: 10_000, fallbackMs: 500 }),
  /** How long a client may take to send a request, from its first byte to the end of its body. */
  REQUEST_TIMEOUT_MS: durationMsSetting({ minMs: 500, maxMs: 300_000, fallbackMs: 30_000 }),
  /** Goes before the body of every message of a trial account, exactly as it is, the space at its end included. */
  TRIAL_BODY_PREFIX: verbatimTextSetting({ maxLength: 160 }),
  /**
   * How long parts of a message wait for the others, counted from the first. They leave the phone seconds apart; a network that could not
   * hand one over tries again within a minute.
   */
  INBOUND_PARTS_WAIT_MS: durationMsSetting({ minMs: 100, maxMs: 3_600_000, fallbackMs: 60_000 }),
  /** What a phone gets back that texts STOP, START or HELP, or a word that means the same. */
  STOP_ANSWER: keywordAnswerSetting('You will get no more messages from this number. Reply START to get them again.'),
  START_ANSWER: keywordAnswerSetting(
    'You will get messages from this number again. Reply HELP for help, or STOP to end them.',
  ),
  HELP_ANSWER: keywordAnswerSetting(
    'Whom this number belongs to sends you messages. Reply STOP to get no more of them.',
  ),
});
export type ApiConfig = z.infer<typeof configSchema>;
