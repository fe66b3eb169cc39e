import { BlockList, isIP } from 'node:net';
import { z } from 'zod';

/** One setting that is wrong: which, what is wrong with it, and what to set. Never holds the value, which may be a secret. */
export interface ConfigProblem {
  variable: string;
  problem: string;
  expected: string;
}

/** The environment does not describe a service that can run. `message` lists every problem, one per line. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ variable, problem, expected }) => `  ${variable} ${problem}. Set it to ${expected}.`);
    const count = problems.length === 1 ? '1 setting is wrong' : `${problems.length} settings are wrong`;
    super([`${count} in the environment:`, ...lines].join('\n'));
    this.name = 'ConfigError';
  }
}

const TRUE_WORDS = new Set(['true', '1', 'yes', 'on']);
const FALSE_WORDS = new Set(['false', '0', 'no', 'off']);

/** `true`/`1`/`yes`/`on` or `false`/`0`/`no`/`off`, of either case; `fallback` when unset. */
export const booleanSetting = (fallback: boolean) =>
  z
    .string()
    .refine(
      (text) => TRUE_WORDS.has(text.toLowerCase()) || FALSE_WORDS.has(text.toLowerCase()),
      'is neither true nor false',
    )
    .transform((text) => TRUE_WORDS.has(text.toLowerCase()))
    .default(fallback)
    .describe(`true or false (default ${fallback})`);

/** A whole number within `min` and `max`; required when there is no `fallback`. */
export function integerSetting({ min, max, fallback }: { min: number; max: number; fallback?: number }) {
  const inRange = (text: string) => /^-?\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max;
  const parsed = z.string().refine(inRange, `is not a whole number from ${min} to ${max}`).transform(Number);
  const expected = `a whole number from ${min} to ${max}`;
  return withFallback(parsed, fallback, expected);
}

/** A number within `min` and `max`, with up to six decimals, or none where it `isWhole`; null when unset. */
export function optionalNumberSetting({ min, max, isWhole = false }: { min: number; max: number; isWhole?: boolean }) {
  const form = isWhole ? /^\d{1,15}$/ : /^\d{1,9}(\.\d{1,6})?$/;
  const expected = `a ${isWhole ? 'whole ' : ''}number from ${min} to ${max}`;
  return z
    .string()
    .refine((text) => form.test(text) && Number(text) >= min && Number(text) <= max, `is not ${expected}`)
    .transform(Number)
    .nullable()
    .default(null)
    .describe(`${expected}, or nothing`);
}

/** A TCP port; 0 takes a free one. */
export const portSetting = (fallback?: number) => integerSetting({ min: 0, max: 65_535, fallback });

const MS_PER_UNIT: Record<string, number> = { '': 1, ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds: `2500`, or with a unit `2500ms`, `10s`, `5m`, `2h`, `7d`. Required when there is no `fallbackMs`. */
export function durationMsSetting(limits: { minMs?: number; maxMs?: number; fallbackMs?: number } = {}) {
  const { minMs = 1, maxMs = 366 * 86_400_000, fallbackMs } = limits;
  const toMs = (text: string) => {
    const [, amount, unit] = /^(\d{1,12})(ms|s|m|h|d|)$/.exec(text) ?? [];
    return amount === undefined ? NaN : Number(amount) * (MS_PER_UNIT[unit ?? ''] ?? NaN);
  };
  const inRange = (text: string) => toMs(text) >= minMs && toMs(text) <= maxMs;
  const parsed = z.string().refine(inRange, `is not a duration from ${minMs} ms to ${maxMs} ms`).transform(toMs);
  return withFallback(
    parsed,
    fallbackMs,
    `milliseconds, or a number with ms, s, m, h or d, from ${minMs} ms to ${maxMs} ms`,
  );
}

const splitList = (text: string): string[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

interface ListSetting {
  isEntry: (entry: string) => boolean;
  /** As in `holds an entry that is no IP address`. */
  problem: string;
  expected: string;
}

/** Entries separated by commas; empty when unset. */
const listSetting = ({ isEntry, problem, expected }: ListSetting) =>
  z
    .string()
    .refine((text) => splitList(text).every(isEntry), problem)
    .transform(splitList)
    .default([])
    .describe(expected);

/** CIDR ranges or single IP addresses separated by commas, such as `10.0.0.0/8, ::1`; empty when unset. */
export const cidrListSetting = () =>
  listSetting({
    isEntry: isCidr,
    problem: 'holds an entry that is no IP address or CIDR range',
    expected: 'CIDR ranges separated by commas, such as 127.0.0.0/8,::1/128',
  });

function isCidr(entry: string): boolean {
  const [network = '', prefix, ...rest] = entry.split('/');
  const family = isIP(network);
  if (family === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  if (!/^\d{1,3}$/.test(prefix)) return false;
  try {
    new BlockList().addSubnet(network, Number(prefix), family === 4 ? 'ipv4' : 'ipv6');
    return true;
  } catch {
    return false;
  }
}

/** An absolute URL of one of `protocols` (without the colon). Required when there is no `fallback`. */
export function urlSetting({
  protocols,
  example,
  fallback,
}: {
  protocols: string[];
  example: string;
  fallback?: string;
}) {
  const accepted = (text: string) => isUrlOf(text, protocols);
  const parsed = z
    .string()
    .refine(accepted, `is not a URL that starts with ${protocols.map((name) => `${name}://`).join(' or ')}`);
  return withFallback(parsed, fallback, `a URL such as ${example}`);
}

/** As every HTTP client reads it, in lower case, too, as many systems have it. */
const proxySetting = () =>
  z
    .string()
    .refine((text) => isUrlOf(text, ['http', 'https']), 'is not a URL that starts with http:// or https://')
    .optional()
    .meta({ description: 'a URL such as http://proxy.internal:3128', alsoInLowerCase: true });

/**
 * How a service makes requests to addresses that customers give.
 * @param isAllowEntry whether the HTTP client can read an entry of HTTP_ALLOW
 */
export const outsideHttpConfig = (isAllowEntry: (entry: string) => boolean) => ({
  /** What those addresses may lead to although it is inside: CIDR ranges, addresses, names, each with or without a port; none unless set. */
  HTTP_ALLOW: listSetting({
    isEntry: isAllowEntry,
    problem: 'holds an entry that is no IP address, CIDR range or host name',
    expected: 'CIDR ranges and host names separated by commas, such as 10.1.2.0/24,hooks.internal:8080',
  }),
  HTTP_PROXY: proxySetting(),
  HTTPS_PROXY: proxySetting(),
  /** What is reached without the proxy: names and all below them, addresses, CIDR ranges, or `*`. */
  NO_PROXY: z
    .string()
    .optional()
    .meta({ description: 'names and CIDR ranges separated by commas', alsoInLowerCase: true }),
});

const isUrlOf = (text: string, protocols: string[]): boolean =>
  URL.canParse(text) && protocols.includes(new URL(text).protocol.slice(0, -1));

function withFallback<Output extends string | number>(
  parsed: z.ZodType<Output, string>,
  fallback: Output | undefined,
  expected: string,
): z.ZodType<Output, string | undefined> {
  if (fallback === undefined) return parsed.describe(expected);
  return parsed.default(() => fallback as never).describe(`${expected} (default ${fallback})`);
}

/** Text that counts as it stands, white space at its ends included; empty when unset. */
export const verbatimTextSetting = ({ maxLength }: { maxLength: number }) =>
  z
    .string()
    .refine((text) => text.length <= maxLength, `is longer than ${maxLength} characters`)
    .default('')
    .meta({ description: `a text of at most ${maxLength} characters`, isVerbatim: true });

/** What every service is configured with; a service spreads it into its own `z.object({ ...baseConfig, … })`. */
export const baseConfig = {
  /** PostgreSQL, with the credentials of the service's own role. */
  DATABASE_URL: urlSetting({
    protocols: ['postgres', 'postgresql'],
    example: 'postgres://role:password@localhost:5432/heliograph',
  }),
  /** One server, or several of a cluster separated by commas. */
  NATS_URL: z
    .string()
    .refine(
      (text) => text.split(',').every((part) => isUrlOf(part.trim(), ['nats', 'tls'])),
      'is not a URL that starts with nats:// or tls://',
    )
    .describe('a URL such as nats://user:password@localhost:4222, or several separated by commas'),
  HTTP_HOST: z.string().default('127.0.0.1').describe('the address to listen on (default 127.0.0.1)'),
  HTTP_PORT: portSetting(),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], { error: 'is not a log level' })
    .default('info')
    .describe('trace, debug, info, warn, error, fatal or silent (default info)'),
  /** Writes message bodies, phone numbers and secrets to the log as they are: for a developer's machine only. */
  LOG_UNMASKED: booleanSetting(false),
  /** Whether the service brings its own schema up to date before it starts. */
  MIGRATE_ON_START: booleanSetting(false),
};

/** What `baseConfig` becomes: what `startService` needs to know of any service's configuration. */
export type BaseConfig = z.infer<z.ZodObject<typeof baseConfig>>;

/**
 * Reads a service's configuration from the environment. An empty variable counts as unset, as compose files write `NAME=`.
 * @throws ConfigError naming every variable that is missing or wrong; it never holds a value
 */
export function loadConfig<Schema extends z.ZodObject>(
  schema: Schema,
  env: NodeJS.ProcessEnv,
): Readonly<z.infer<Schema>> {
  const given = Object.fromEntries(
    Object.entries(schema.shape).map(([name, type]) => [name, givenText(type, variableOf(type, name, env))]),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return Object.freeze(parsed.data);
  const byVariable = new Map<string, string>();
  for (const issue of parsed.error.issues) {
    const variable = String(issue.path[0] ?? 'environment');
    if (!byVariable.has(variable))
      byVariable.set(variable, given[variable] === undefined ? 'is not set' : issue.message);
  }
  throw new ConfigError(
    [...byVariable].map(([variable, problem]) => ({ variable, problem, expected: expectedValue(schema, variable) })),
  );
}

const metaOf = (type: z.core.$ZodType): Record<string, unknown> => (type instanceof z.ZodType && type.meta()) || {};

/** The one in lower case counts where both are set, as for curl. */
const variableOf = (type: z.core.$ZodType, name: string, env: NodeJS.ProcessEnv): string | undefined =>
  (metaOf(type).alsoInLowerCase === true ? env[name.toLowerCase()] : undefined) || env[name];

function givenText(type: z.core.$ZodType, text = ''): string | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  return metaOf(type).isVerbatim === true ? text : trimmed;
}

function expectedValue(schema: z.ZodObject, variable: string): string {
  const setting = schema.shape[variable];
  return (setting instanceof z.ZodType && setting.description) || 'a valid value';
}
