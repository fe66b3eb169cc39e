/** Prints the status of every message: first what the last three days hold, or what came since it last ran, then as it happens. */
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

// docs/asyncapi.yaml has all three: the subject, the stream that keeps it, and the domain in which an observer may read streams.
const SUBJECT = `event.message.*.v1.${process.env.ACCOUNT_SID ?? '*'}`;
const STREAM = 'MESSAGE_STATUS';
const DOMAIN = 'heliograph';
/** How far it has read. Without this file it begins at the beginning. */
const POSITION_FILE = process.env.POSITION_FILE;
/** Where a notice of something new was missed, it is found after this. */
const LOOK_AGAIN_MS = 5_000;

const { username, password, host } = new URL(process.env.NATS_URL ?? 'nats://localhost:4250');
const nats = await connect({ servers: host, user: username, pass: decodeURIComponent(password) });
const { streams } = await jetstreamManager(nats, { domain: DOMAIN, checkAPI: false });
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void nats.close());

// What comes live only wakes us: the stream has it all, in order, also what came while nobody listened.
let wake = () => undefined;
nats.subscribe(SUBJECT, { callback: () => wake() });
void nats.closed().then(() => wake());

let position = POSITION_FILE && existsSync(POSITION_FILE) ? Number(readFileSync(POSITION_FILE, 'utf8')) : 0;
// A stream that is shorter than what we have read is a new one.
const { state } = await streams.info(STREAM);
if (state.last_seq < position) position = 0;

while (!nats.isClosed()) {
  const news = new Promise((resolve) => (wake = resolve));
  const message = await streams.getMessage(STREAM, { seq: position + 1, next_by_subj: SUBJECT }).catch((error) => {
    if (!nats.isClosed()) throw error;
  });
  if (message) {
    // An event may come twice; `id` tells.
    const { id, occurredAt, accountSid, data } = message.json();
    const { messageSid, status, to, errorCode, priceMicros, priceUnit } = data;
    console.log(
      JSON.stringify({ id, occurredAt, accountSid, messageSid, status, to, errorCode, priceMicros, priceUnit }),
    );
    position = message.seq;
    if (POSITION_FILE) writeFileSync(POSITION_FILE, String(position));
  } else if (!nats.isClosed()) {
    const timer = setTimeout(() => wake(), LOOK_AGAIN_MS);
    await news;
    clearTimeout(timer);
  }
}
