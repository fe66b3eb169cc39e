import {
  explainWaiting,
  type ExplainWaitingReply,
  surveyLanes,
  type SurveyLanesReply,
  type WaitingChannel,
} from '@heliograph/contracts';
import { isSid } from '@heliograph/domain';
import { CommandFailure, formatTable, type OperatorCommand, UsageError } from '@heliograph/service-host';
import type { AskDispatchers } from '../ask-dispatchers.js';

/** What an operator can ask about what waits; docs/operating.md. */
export function waitingCommands(askDispatchers: AskDispatchers): OperatorCommand[] {
  return [
    {
      usage: 'waiting list',
      summary: 'what lanes wait for, all accounts together: a channel that is down, their pace, …',
      async run(args) {
        if (args.length > 0) throw new UsageError('This command takes nothing more.');
        return listOf(await askDispatchers(surveyLanes, {}));
      },
    },
    {
      usage: 'waiting show MESSAGE_SID',
      summary: 'why a message has not gone out yet, and when it will at the earliest',
      async run([messageSid, ...rest]) {
        if (messageSid === undefined || !isSid(messageSid, 'SM', 'MM') || rest.length > 0)
          throw new UsageError('Name one message by its SID: SM or MM and 32 digits from 0 to f.');
        return describe(await askDispatchers(explainWaiting, { accountSid: null, messageSid }));
      },
    },
  ];
}

function listOf({ groups, isComplete }: SurveyLanesReply): string {
  if (groups.length === 0) return 'Nothing waits.';
  const rows = groups.map(({ reason, channels, lanes, messages }) => [
    reason,
    channels.map(nameWithState).join(', '),
    String(lanes),
    String(messages),
  ]);
  const table = formatTable(['WAIT FOR', 'BY CHANNELS', 'LANES', 'MESSAGES'], rows);
  return isComplete ? table : `${table}\nThere are more lanes than are looked at: these are only some.`;
}

function describe(reply: ExplainWaitingReply): string {
  switch (reply.kind) {
    case 'waiting':
      return [
        `It waits: ${reply.reason}.`,
        reply.detail,
        reply.estimatedSendAt === null
          ? 'Nobody can tell when it goes out.'
          : `It goes out at ${reply.estimatedSendAt} at the earliest.`,
      ].join('\n');
    case 'with-channel':
      return `It does not wait: channel ${reply.channel} has it since ${reply.since}, and has not answered yet.`;
    case 'not-waiting':
      return `It does not wait: it is ${reply.status}.`;
    case 'unknown':
      throw new CommandFailure(UNKNOWN);
  }
}

const UNKNOWN =
  'No such message has come to the dispatchers. Check the SID; or it was accepted a moment ago, or is an inbound one.';

const nameWithState = ({ name, downReason }: WaitingChannel): string =>
  downReason === null ? name : `${name} (down: ${downReason})`;
