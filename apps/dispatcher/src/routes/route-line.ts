import { channelName, senderType } from '@heliograph/contracts';
import type { AccountSid } from '@heliograph/domain';
import { z } from 'zod';
import { phonePrefix } from '../imports/phone-prefix.js';
import type { Route } from './route.js';

/** More would only hide that nobody tries them. */
const MAX_CHANNELS = 8;

const prefix = z
  .string()
  .transform((text) => (text === 'any' ? '' : text))
  .refine(
    (text) => text === '' || phonePrefix.safeParse(text).success,
    'is not the start of a number; write + and 1 to 15 digits, such as +1415, or any',
  );

/** An account's SID as `accounts list` shows it. In lower case alone: the other spelling would be of no account. */
export const isAccountSid = (text: string): text is AccountSid => /^AC[0-9a-f]{32}$/.test(text);

const account = z
  .string()
  .refine(
    (text): text is Route['account'] => text === 'any' || isAccountSid(text),
    'is no AccountSid; write one as "accounts list" shows them, or any',
  );

const channels = z.string().transform((text, context) => {
  const names = text.split(/\s+/).filter((name) => name !== '');
  const problem = problemOfChannels(names);
  if (problem === null) return names;
  context.addIssue(`${problem}, such as smpp-a smpp-b; the first is tried first`);
  return z.NEVER;
});

function problemOfChannels(names: readonly string[]): string | null {
  const separate = 'separated by spaces';
  if (names.length === 0) return `is empty; write at least one name of a channel, several ${separate}`;
  const wrong = names.find((name) => !channelName.safeParse(name).success);
  if (wrong !== undefined)
    return `has ${wrong}, which is no name of a channel; write names of at most 32 small letters, digits and hyphens, ${separate}`;
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) return `has ${repeated} twice; write each channel once, ${separate}`;
  if (names.length > MAX_CHANNELS) return `has ${names.length} channels; write at most ${MAX_CHANNELS}, ${separate}`;
  return null;
}

/** One line of a file of routes, column by column; docs/operating.md describes them. */
export const routeLine = z.object({
  prefix,
  kind: z.enum(['sms', 'mms', 'any'], { error: 'is not sms, mms or any; write one of them' }),
  sender_type: z.enum([...senderType.options, 'any'], {
    error: `is not ${senderType.options.join(', ')} or any; write one of them`,
  }),
  account,
  channels,
});

/** What a route is about has one list of channels. */
export const keyOfRouteLine = (line: z.output<typeof routeLine>): string =>
  [line.prefix, line.kind, line.sender_type, line.account].join(' ');

export function routeFrom({ sender_type: senderType, ...line }: z.output<typeof routeLine>): Route {
  return { ...line, senderType };
}
