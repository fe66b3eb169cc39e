import type { JsMsg } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { type ConsumerDefinition, deadLetterStream, deadLetterSubject } from '@heliograph/contracts';
import type { JetStreamConnection } from './connection.js';
import type { Outcome } from './outcome.js';
import { ensureStream } from './provisioning.js';

/** An endless delay would reach the server as none at all. */
const MAX_RETRY_DELAY_MS = 24 * 3_600_000;

/** Carries out what a handler said: acknowledges, gives back, or moves to the dead letters. */
export async function settle(
  connection: JetStreamConnection,
  consumer: ConsumerDefinition,
  message: JsMsg,
  outcome: Outcome,
): Promise<void> {
  if (outcome.kind === 'done') return message.ack();
  if (outcome.kind === 'retry') return message.nak(Math.min(outcome.delayMs, MAX_RETRY_DELAY_MS));
  if (await buryInDeadLetters(connection, consumer, message, outcome.reason)) {
    // Without a reason: nats-server 2.9 does not understand a term that carries one, and gives the message out again.
    return message.term();
  }
  return message.nak(5_000);
}

async function buryInDeadLetters(
  connection: JetStreamConnection,
  consumer: ConsumerDefinition,
  message: JsMsg,
  reason: string,
): Promise<boolean> {
  const about = headers();
  about.set('Heliograph-Subject', message.subject);
  about.set('Heliograph-Reason', reason.replaceAll(/[\r\n]+/g, ' ').slice(0, 500));
  about.set('Heliograph-Deliveries', String(message.info.deliveryCount));
  try {
    await ensureStream(connection.streams, deadLetterStream);
    const subject = deadLetterSubject(consumer.stream.name, consumer.durable);
    // With the time, for in another life of the stream the sequence belongs to another message.
    const msgID = `${consumer.stream.name}.${consumer.durable}.${message.seq}.${message.timestampNanos}`;
    await connection.client.publish(subject, message.data, { headers: about, msgID });
    return true;
  } catch {
    return false;
  }
}
