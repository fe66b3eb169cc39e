import type { AccountSid } from '@heliograph/domain';
import { z } from 'zod';
import { accountSid, instant } from './fields.js';

/**
 * What every event and task is wrapped in.
 *
 * - `id`: unique; the `Nats-Msg-Id` it is published under, and what a reader deduplicates by.
 * - `type`: noun, participle and version, e.g. `message.accepted.v1`. Within a version only optional fields are added.
 * - `occurredAt`: when the fact became true, RFC 3339 in UTC.
 * - `accountSid`: whose it is; null only where a kind of message comes before any account is known.
 * - `correlationId`: the same on everything that follows from one API request or inbound message.
 * - `causationId`: the `id` of the event or task this one follows from; null at the start of a chain.
 */
export interface Envelope<Type extends string, Data, Owner extends AccountSid | null = AccountSid> {
  readonly id: string;
  readonly type: Type;
  readonly occurredAt: string;
  readonly accountSid: Owner;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly data: Data;
}

/** What a producer brings beside the data; clock and ids are the caller's. */
export type EnvelopeFields<Owner extends AccountSid | null = AccountSid> = Omit<
  Envelope<string, unknown, Owner>,
  'type' | 'data'
>;

/** A message ready to be published: `id` becomes its `Nats-Msg-Id`. */
export interface OutgoingMessage {
  readonly id: string;
  readonly subject: string;
  readonly payload: string;
}

/**
 * One kind of event or task. `compose` is the only way to build one, so subject, type and data cannot drift apart; `decode` is the
 * only way to read one.
 */
export interface MessageDefinition<Type extends string, Data, Owner extends AccountSid | null = AccountSid> {
  readonly type: Type;
  readonly schema: z.ZodType<Envelope<Type, Data, Owner>>;
  /** @throws nothing: the data's shape is the compiler's business; readers validate. */
  compose(subject: string, fields: EnvelopeFields<Owner>, data: Data): OutgoingMessage;
  /** @throws {z.ZodError} when the value is not such a message */
  decode(value: unknown): Envelope<Type, Data, Owner>;
}

/** Defines one kind of message that belongs to an account, from its type name and the schema of its data. */
export function defineMessage<Type extends string, Data>(
  type: Type,
  data: z.ZodType<Data>,
): MessageDefinition<Type, Data> {
  return define(type, data, accountSid);
}

/** Defines one kind of message that comes before it is known whose it is. */
export function defineUnownedMessage<Type extends string, Data>(
  type: Type,
  data: z.ZodType<Data>,
): MessageDefinition<Type, Data, null> {
  return define(type, data, z.null());
}

function define<Type extends string, Data, Owner extends AccountSid | null>(
  type: Type,
  data: z.ZodType<Data>,
  owner: z.ZodType<Owner>,
): MessageDefinition<Type, Data, Owner> {
  const schema = z.object({
    /** Unique: deduplicate by it. It is also the `Nats-Msg-Id`. */
    id: z.string().min(1),
    /** Noun, participle and version. */
    type: z.literal(type),
    /** When the fact became true, RFC 3339 in UTC. */
    occurredAt: instant,
    /** Whose it is; null where that is not known. */
    accountSid: owner,
    /** The same on everything that follows from one API request or inbound message. */
    correlationId: z.string().min(1),
    /** The `id` of the event or task that this one follows from; null at the start of a chain. */
    causationId: z.string().nullable(),
    data,
  }) as unknown as z.ZodType<Envelope<Type, Data, Owner>>;
  return {
    type,
    schema,
    compose: (subject, fields, payload) => ({
      id: fields.id,
      subject,
      payload: JSON.stringify({ ...fields, type, data: payload } satisfies Envelope<Type, Data, Owner>),
    }),
    decode: (value) => schema.parse(value),
  };
}
