import { describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { standardWebhooksHeaders } from './standard-webhooks.js';

const TOKEN = '0123456789abcdef0123456789abcdef';
const content = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  sentAt: new Date(1_614_265_330_999),
  body: '{"test": 2432232314}',
};

describe('the headers of Standard Webhooks', () => {
  it("have the signature of the specification's own example", () => {
    const headers = standardWebhooksHeaders(Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64'), content);
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('are verified as the specification says, with the auth token as the secret', () => {
    const headers = standardWebhooksHeaders(TOKEN, content);
    expect(headers).toMatchObject({ 'webhook-id': content.id, 'webhook-timestamp': '1614265330' });
    expect(headers['webhook-signature']).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
    expect(verifies(headers, content.body, `whsec_${Buffer.from(TOKEN).toString('base64')}`)).toBe(true);
  });

  it.each([
    ['another body', {}, 'other'],
    ['another id', { 'webhook-id': 'other' }, content.body],
    ['another time', { 'webhook-timestamp': '1614265331' }, content.body],
  ])('do not fit %s', (_, changed, body) => {
    const headers = { ...standardWebhooksHeaders(TOKEN, content), ...changed };
    expect(verifies(headers, body, `whsec_${Buffer.from(TOKEN).toString('base64')}`)).toBe(false);
  });
});

/** What the standardwebhooks libraries do, but for the tolerance in time. */
function verifies(headers: Readonly<Record<string, string>>, body: string, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const expected = createHmac('sha256', key).update(signed).digest('base64');
  return headers['webhook-signature']!.split(' ').includes(`v1,${expected}`);
}
