import { describe, expect, it } from '@jest/globals';
import type { StreamDefinition } from '@heliograph/contracts';
import { OwnStreams } from './own-streams.js';

const stream = (name: string, ...subjects: string[]): StreamDefinition => ({
  name,
  subjects,
  retention: 'limits',
  discard: 'old',
  maxAgeMs: 1_000,
  requiredReaders: [],
});
const family = {
  forSubject: (subject: string) => (subject.startsWith('task.') ? stream('WORK', subject) : null),
  named: (name: string) => (name === 'WORK' ? stream('WORK', 'task.any') : null),
};
const streams = new OwnStreams([stream('SENT', 'event.sent.v1.*', 'event.$x.v1'), stream('ALL', 'dead.>')], [family]);

describe('the streams of a service', () => {
  it.each([
    ['event.sent.v1.AC1', 'SENT'],
    ['event.$x.v1', 'SENT'],
    ['dead.one', 'ALL'],
    ['dead.one.two', 'ALL'],
    ['task.work', 'WORK'],
    ['event.sent.v1', undefined],
    ['event.sent.v1.AC1.more', undefined],
    ['eventxsent.v1.AC1', undefined],
    ['dead', undefined],
    ['', undefined],
  ])('for %s: %s', (subject, name) => {
    expect(streams.forSubject(subject)?.name).toBe(name);
  });

  it('are found by name', () => {
    expect(['SENT', 'ALL', 'WORK', 'OTHER'].map((name) => streams.named(name)?.name)).toEqual([
      'SENT',
      'ALL',
      'WORK',
      undefined,
    ]);
  });
});
