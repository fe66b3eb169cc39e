import { describe, expect, it } from '@jest/globals';
import { submitTask, submitTaskStream, submitTaskStreams } from './index.js';

describe('the work queues of the channels', () => {
  it.each(['simulator', 'smpp-east-1', '2nd', 'a-', 'a--b', 'c'.repeat(32)])('are found for %s', (channel) => {
    const stream = submitTaskStream(channel);
    expect(submitTaskStreams.forSubject(submitTask.subject(channel))).toEqual(stream);
    expect(submitTaskStreams.named(stream.name)).toEqual(stream);
  });

  it.each([
    'task.submit.simulator.v2',
    'task.submit.simulator.v1.more',
    'task.submit.Simulator.v1',
    'task.submit.*.v1',
    'task.cancel.simulator.v1',
    'event.message.sent.v1.AC1',
    '',
  ])('take no %s', (subject) => {
    expect(submitTaskStreams.forSubject(subject)).toBeNull();
  });

  it.each(['SUBMIT_', 'SUBMIT', 'SUBMIT_a', 'SUBMIT_A-B', 'SUBMITXA', 'MESSAGE_STATUS', 'SUBMIT__A', ''])(
    'are never called %s',
    (name) => {
      expect(submitTaskStreams.named(name)).toBeNull();
    },
  );
});
