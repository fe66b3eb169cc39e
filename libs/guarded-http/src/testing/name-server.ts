import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import ipaddr from 'ipaddr.js';

/** What a name has. `silence` never answers a query, `failure` answers SERVFAIL; lists of lists are taken in turn, the last one stays. */
export interface NameRecords {
  A?: Answers;
  AAAA?: Answers;
  /** Stands in front of both. */
  CNAME?: string;
}
type Answers = string[] | string[][] | 'silence' | 'failure';

const TYPES: Record<number, 'A' | 'AAAA'> = { 1: 'A', 28: 'AAAA' };
const CNAME = 5;
const IN = 1;
const TTL_SECONDS = 0;
const HEADER_BYTES = 12;
/** A response, recursion desired and available (RFC 1035 section 4.1.1). */
const RESPONSE_FLAGS = 0x8180;
const SERVER_FAILURE = 2;
const NO_SUCH_NAME = 3;
/** Points to the name of the question (RFC 1035 section 4.1.4). */
const POINTER_TO_QUESTION = 0xc000 + HEADER_BYTES;

/** A name server for tests, on loopback over UDP. TTL 0 throughout. */
export class NameServer {
  /** Every question so far, as `A hooks.example.test`. */
  readonly questions: string[] = [];
  private readonly zone = new Map<string, NameRecords>();
  private readonly turns = new Map<string, number>();

  private constructor(private readonly socket: Socket) {
    socket.on('message', (query, { port, address }) => {
      const response = this.answer(query);
      if (response) socket.send(response, port, address);
    });
  }

  static async start(): Promise<NameServer> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 4_194_304 }).bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new NameServer(socket);
  }

  /** As `DnsResolver` takes it. */
  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  set(name: string, records: NameRecords): void {
    this.zone.set(name, records);
  }

  close(): void {
    this.socket.close();
  }

  private answer(query: Buffer): Buffer | undefined {
    const { name, end } = readName(query);
    const type = TYPES[query.readUInt16BE(end)];
    const question = query.subarray(HEADER_BYTES, end + 4);
    this.questions.push(`${type} ${name}`);
    const records = this.zone.get(name);
    if (!records || !type) return response(query, question, [], NO_SUCH_NAME);
    const answers = this.next(`${type} ${name}`, records[type] ?? []);
    if (answers === 'silence') return undefined;
    if (answers === 'failure') return response(query, question, [], SERVER_FAILURE);
    const owner = Buffer.alloc(2);
    owner.writeUInt16BE(POINTER_TO_QUESTION);
    const target = records.CNAME === undefined ? undefined : writeName(records.CNAME);
    const alias = target ? [record(owner, CNAME, target)] : [];
    const addresses = answers.map((text) =>
      record(target ?? owner, type === 'A' ? 1 : 28, Buffer.from(ipaddr.parse(text).toByteArray())),
    );
    return response(query, question, [...alias, ...addresses]);
  }

  private next(key: string, answers: Answers): string[] | 'silence' | 'failure' {
    if (typeof answers === 'string') return answers;
    const [first] = answers;
    if (!Array.isArray(first)) return answers as string[];
    const turn = this.turns.get(key) ?? 0;
    this.turns.set(key, turn + 1);
    return (answers as string[][])[Math.min(turn, answers.length - 1)] ?? [];
  }
}

function readName(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  // Resolvers may mix upper and lower case against forged answers.
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

function writeName(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.of(0)]);
}

function record(owner: Buffer, type: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(IN, 2);
  fixed.writeUInt32BE(TTL_SECONDS, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([owner, fixed, data]);
}

function response(query: Buffer, question: Buffer, records: Buffer[], code = 0): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(RESPONSE_FLAGS | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, question, ...records]);
}
