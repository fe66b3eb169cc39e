import type { z } from 'zod';

/** A signal ready to be sent. */
export interface OutgoingSignal {
  readonly subject: string;
  readonly payload: string;
}

/**
 * One kind of signal: what is true at this moment. Nobody keeps it, so it has no envelope: no id to deduplicate by, and no time, which
 * would be that of another host's clock. The payload is the data alone.
 */
export interface SignalDefinition<Data> {
  readonly schema: z.ZodType<Data>;
  /** @throws nothing: the data's shape is the compiler's business; readers validate. */
  compose(subject: string, data: Data): OutgoingSignal;
  /** @throws {z.ZodError} when the value is not such a signal */
  decode(value: unknown): Data;
}

/** Defines one kind of signal from the schema of its data. */
export const defineSignal = <Data>(schema: z.ZodType<Data>): SignalDefinition<Data> => ({
  schema,
  compose: (subject, data) => ({ subject, payload: JSON.stringify(data) }),
  decode: (value) => schema.parse(value),
});
