import { errorEnvelope } from '@heliograph/twilio';
import { describe, expect, it } from '@jest/globals';
import { NotFoundException } from '@nestjs/common';
import { describeFailure } from './describe-failure.js';
import { RequestRefused } from './request-refused.js';
import { Unavailable } from './unavailable.js';

const routed = { path: '/2010-04-01/Accounts/AC1/Messages.json', isUnrouted: false };
const outage = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

describe('describeFailure', () => {
  it.each<[string, unknown, number, number]>([
    ['a refusal', new RequestRefused(errorEnvelope('toMissing')), 400, 21604],
    ['a database that is away', outage, 503, 20503],
    ['a wrapped outage', new Error('not accepted', { cause: outage }), 503, 20503],
    ['too much to do', new Unavailable('too many wait'), 503, 20503],
    ['a body that is too large', Object.assign(new Error(), { statusCode: 413 }), 413, 20413],
    ['a body of the wrong length', Object.assign(new Error(), { statusCode: 400 }), 400, 20422],
    ['anything else', new Error('password is hunter2'), 500, 20500],
    ['what is not even an error', undefined, 500, 20500],
  ])('answers %s', (_, error, status, code) => {
    const envelope = describeFailure(error, routed);
    expect([envelope.status, envelope.code]).toEqual([status, code]);
    expect(JSON.stringify(envelope)).not.toContain('hunter2');
  });

  it.each<[string, number]>([
    ['/2010-04-01/Accounts/AC1/Messages.json', 405],
    ['/2010-04-01/Accounts/AC1/Messages/SM1.json', 405],
    ['/2010-04-01/Accounts/AC1/Messages', 404],
    ['/2010-04-01/Accounts/AC1/messages.json', 404],
    ['/2010-04-01/Accounts.json', 405],
    ['/2010-04-01/Accounts/AC1.json', 405],
    ['/2010-04-01/Accounts/AC1/Messages/SM1/Media.json', 405],
    ['/2010-04-01/Accounts/AC1/Messages/SM1/Media/ME1', 405],
    ['/2010-04-01/Accounts/AC1/Messages/SM1/Waiting.json', 405],
    ['/2010-04-01/Accounts/AC1/Messages/SM1/Waiting', 404],
    ['/2010-04-01/Accounts/AC1/IncomingPhoneNumbers/PN1.json', 405],
    ['/2010-04-01/Accounts/AC1/Messages/SM1/Feedback.json', 404],
    ['/2010-04-01/Accounts/AC1/Messages/SM1/Callbacks.json', 405],
    ['/2010-04-01/Accounts/AC1/Callbacks/HC1.json', 405],
    ['/2010-04-01/Accounts/AC1/Callbacks/HC1/Replay.json', 405],
    ['/2010-04-01/Accounts/AC1/CallbackReplays.json', 405],
    ['/2010-04-01/Accounts/AC1/CallbackEndpoints.json', 405],
    ['/2010-04-01/Accounts/AC1/CallbackEndpoints/HE1/Resume.json', 405],
    ['/2010-04-01/Accounts/AC1/Callbacks.json', 404],
    ['/2010-04-01/Accounts/AC1/Calls.json', 404],
    ['/2010-04-01/Accounts', 404],
    ['/2010-04-01/Messages.json', 404],
    ['/', 404],
  ])('tells a wrong method from a wrong path: %s', (path, status) => {
    expect(describeFailure(new NotFoundException(), { path, isUnrouted: true }).status).toBe(status);
  });

  it('lets a wrong path come before a body that cannot be read', () => {
    const refusal = new RequestRefused(errorEnvelope('unreadableRequest', { reason: 'malformed' }));
    expect(describeFailure(refusal, { path: '/nothing', isUnrouted: true }).status).toBe(404);
  });
});
