/**
 * Builds every NATS subject of Heliograph; no subject string exists anywhere else.
 *
 * - `event.<noun>.<participle>.v<N>.<scope>`: facts, for many readers, also outside ones. The scope is the AccountSid, or the
 *   channel's name where the account is not known yet (inbound messages).
 * - `task.<verb>.<channel>.v<N>`: work that exactly one consumer takes.
 * - `request.<noun>.<verb>.v<N>`: request/reply between services.
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

export const deadLetterSubject = (stream: string, durable: string): string => `dead.${stream}.${durable}`;

/** All that an outside reader may subscribe to. */
export const ALL_EVENTS = 'event.>';
