import type { ConsumerDefinition, StreamDefinition } from '@heliograph/contracts';
import { BatchConsumer, ExclusiveReader, JetStreamConnection } from '@heliograph/jetstream';
import { Database } from '@heliograph/postgres';
import { Logger } from '@nestjs/common';
import type { ReplicaTask } from './replica-process.js';
import { decodeSample, type Sample, sampleMessages } from './sample-stream.js';

/** A process, known to its peers, that reads and never finishes what it has read, or that commits messages and never publishes them. */
const task = JSON.parse(process.argv[2]!) as ReplicaTask;
Logger.overrideLogger(false);
const connection = await JetStreamConnection.open({ url: task.natsUrl, name: task.service });
connection.onPeerGone(() => undefined);
const database = await Database.connect({ url: task.databaseUrl, schema: task.schema, migrations: [] });
if ('holds' in task) await hold(task.holds);
else await commit(task.commits);

async function hold(definition: ConsumerDefinition): Promise<void> {
  const makeConsumer = () =>
    new BatchConsumer(connection, definition, {
      decode: decodeSample,
      isOutage: () => false,
      handle: async (batch) => {
        for (const { number } of batch as Sample[]) console.log(number);
        await new Promise(() => undefined);
      },
    });
  const reader = definition.isExclusive
    ? new ExclusiveReader(database, connection, definition, makeConsumer)
    : makeConsumer();
  await reader.start();
  console.log('reads');
}

/** No relay hears of it: so far a process comes that dies right after the commit. */
async function commit({ stream, count }: { stream: StreamDefinition; count: number }): Promise<void> {
  await database.transaction(async (tx) => tx.publish(...sampleMessages(stream, count)));
  console.log('committed');
}
