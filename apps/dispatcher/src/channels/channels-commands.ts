import { listChannels, type ListedChannel } from '@heliograph/contracts';
import { formatTable, type OperatorCommand, UsageError } from '@heliograph/service-host';
import type { AskDispatchers } from '../ask-dispatchers.js';

/** What an operator can ask about channels; docs/operating.md. */
export function channelsCommands(askDispatchers: AskDispatchers): OperatorCommand[] {
  return [
    {
      usage: 'channels list',
      summary: 'every channel that a running dispatcher has heard of: up or why not, what it takes and how much of it',
      async run(args) {
        if (args.length > 0) throw new UsageError('This command takes nothing more.');
        const { channels } = await askDispatchers(listChannels, {});
        return channels.length === 0 ? NONE : tableOf(channels);
      },
    },
  ];
}

const NONE =
  'No channel has announced itself since the dispatcher started. Start one; docs/channels.md says what it must do.';

function tableOf(channels: readonly ListedChannel[]): string {
  const rows = channels.map(({ name, isUp, downReason, kinds, maxPerSecond, maxInFlight }) => [
    name,
    isUp ? 'up' : 'down',
    kinds.join(', '),
    maxPerSecond === null ? 'any' : String(maxPerSecond),
    maxInFlight === null ? 'any' : String(maxInFlight),
    downReason ?? '',
  ]);
  return formatTable(['CHANNEL', 'IS', 'TAKES', 'PER SECOND', 'IN FLIGHT', 'BECAUSE'], rows);
}
