/**
 * Builds every NATS subject of Heliograph; no subject string exists anywhere else.
 *
 * - `event.<noun>.<participle>.v<N>.<scope>`: facts, for many readers, also outside ones. The scope is the AccountSid, or the
 *   channel's name where the account is not known yet (inbound messages).
 * - `task.<verb>.<channel>.v<N>`: work that exactly one consumer takes.
 * - `request.<noun>.<verb>.v<N>`: request/reply between services.
 * - `signal.<noun>.<participle>.v<N>.<scope>`: what is true at this moment, on core NATS; nobody keeps it, and it may be missed. The
 *   scope is the name of what it is about, and is left out where it is about no one in particular.
 * - `dead.<stream>.<durable>`: what a consumer gave up on.
 */
export const eventSubject = (noun: string, participle: string, version: number, scope: string): string =>
  `event.${noun}.${participle}.v${version}.${scope}`;

/** Matches the event for every scope. */
export const anyEventSubject = (noun: string, participle: string, version: number): string =>
  eventSubject(noun, participle, version, '*');

export const taskSubject = (verb: string, channel: string, version: number): string =>
  `task.${verb}.${channel}.v${version}`;

export const requestSubject = (noun: string, verb: string, version: number): string =>
  `request.${noun}.${verb}.v${version}`;

/** Without a scope where the signal is about no one in particular. */
export const signalSubject = (noun: string, participle: string, version: number, scope?: string): string =>
  `signal.${noun}.${participle}.v${version}${scope === undefined ? '' : `.${scope}`}`;

/** Matches the signal for every scope. */
export const anySignalSubject = (noun: string, participle: string, version: number): string =>
  signalSubject(noun, participle, version, '*');

export const deadLetterSubject = (stream: string, durable: string): string => `dead.${stream}.${durable}`;

/** All that an outside reader may subscribe to. */
export const ALL_EVENTS = 'event.>';
