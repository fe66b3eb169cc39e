import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@heliograph/testing';
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import twilio from 'twilio';
import { AUTH_TOKEN, CallbacksWorld } from '../testing/callbacks-world.js';
import { accountSid, aStatusEvent } from '../testing/status-events.js';
import { TestReceiver } from '../testing/test-receiver.js';

const MESSAGE = { to: '+15558675309', from: '+14158141829' };

describe('the requests of callbacks', () => {
  let world: CallbacksWorld;
  let elsewhere: TestReceiver;
  let receiver: TestReceiver;

  beforeAll(async () => {
    world = await CallbacksWorld.start();
    receiver = world.receiver;
    elsewhere = new TestReceiver();
    await elsewhere.start();
  }, 60_000);
  afterAll(async () => {
    await world.stop();
    await elsewhere.stop();
  }, 60_000);
  afterEach(async () => {
    receiver.reset();
    elsewhere.reset();
    await world.postgres.database.query(`DELETE FROM deliveries`);
  });

  /** Tells of `sent`, and waits until so many attempts are noted. */
  const tell = async (statusCallback: string, attemptCount = 1) => {
    const event = aStatusEvent({ ...MESSAGE, statusCallback });
    await world.publish(event);
    const attempts = await eventually(async () => {
      const noted = await world.attemptsOf(event.data.messageSid);
      expect(noted.length).toBeGreaterThanOrEqual(attemptCount);
      return noted;
    });
    return { sid: event.data.messageSid, attempts };
  };

  it("have Twilio's body byte for byte", async () => {
    const { sid } = await tell(receiver.url());
    expect(receiver.met[0]!.body).toBe(
      `SmsSid=${sid}&SmsStatus=sent&MessageStatus=sent&To=%2B15558675309&MessageSid=${sid}` +
        `&AccountSid=${accountSid}&From=%2B14158141829&ApiVersion=2010-04-01`,
    );
  });

  it('can be ordered, told apart and dated by their headers, on every attempt', async () => {
    let failures = 1;
    receiver.answer = () => (failures-- > 0 ? 500 : 204);
    const event = aStatusEvent({ statusCallback: receiver.url() });
    const { messageSid } = event.data;
    await world.publish(
      event,
      aStatusEvent({ messageSid, sequence: 2, status: 'delivered', statusCallback: receiver.url() }),
    );
    await eventually(() => expect(receiver.met).toHaveLength(3));
    const headers = receiver.met.map((callback) => callback.headers);
    expect(headers.map((each) => each['x-heliograph-sequence'])).toEqual(['1', '1', '2']);
    const ids = headers.map((each) => String(each['webhook-id']));
    expect([ids[1], new Set(ids).size]).toEqual([ids[0], 2]);
    for (const each of headers) {
      expect(each['webhook-id']).toBe(`HC${String(each['i-twilio-idempotency-token']).replaceAll('-', '')}`);
      const age = Date.now() / 1_000 - Number(each['webhook-timestamp']);
      expect(Math.abs(age)).toBeLessThan(10);
    }
    // As the standardwebhooks libraries verify: the secret is `whsec_` and the auth token in base64.
    const key = Buffer.from(`${Buffer.from(AUTH_TOKEN).toString('base64')}`, 'base64');
    for (const callback of receiver.met) {
      const signed = `${callback.headers['webhook-id'] as string}.${callback.headers['webhook-timestamp'] as string}.${callback.body}`;
      const signature = createHmac('sha256', key).update(signed).digest('base64');
      expect(callback.headers['webhook-signature']).toBe(`v1,${signature}`);
    }
  });

  describe('with connection overrides', () => {
    it('are retried within the attempt as the policy says, and the fragment is neither sent nor signed', async () => {
      let failures = 3;
      receiver.answer = () => (failures-- > 0 ? 503 : 204);
      const { attempts } = await tell(`${receiver.url('/status?a=1')}#rc=5&rp=5xx`);
      expect(attempts).toMatchObject([{ number: 1, request_count: 4, status: 204, error_code: null }]);
      expect(receiver.met.map(({ path }) => path)).toEqual(Array(4).fill('/status?a=1'));
      const { headers, parameters } = receiver.met[3]!;
      const signature = String(headers['x-twilio-signature']);
      const url = receiver.url('/status?a=1');
      expect(twilio.validateRequest(AUTH_TOKEN, signature, url, Object.fromEntries(parameters))).toBe(true);
      expect(new Set(receiver.met.map((each) => each.headers['i-twilio-idempotency-token'])).size).toBe(1);
    });

    it.each([
      ['', 500, 1],
      ['#rc=3', 500, 1],
      ['#rc=3&rp=4xx', 500, 1],
      ['#rc=2&rp=4xx', 404, 3],
      ['#rc=2&rp=all', 500, 3],
      ['#rc=0&rp=all', 500, 1],
    ])('%s: an answer of %i takes %i requests', async (fragment, status, requestCount) => {
      receiver.answer = () => status;
      const { attempts } = await tell(receiver.url() + fragment);
      expect(attempts[0]).toMatchObject({ status, request_count: requestCount, error_code: 11_200 });
    });

    it('try a connection that fails once more, and as often as they say', async () => {
      const [byDefault, thrice] = [await tell('http://127.0.0.1:9/'), await tell('http://127.0.0.1:9/#rc=3')];
      const failed = { status: null, error: 'connect-failed: ECONNREFUSED', error_code: 11_205 };
      expect(byDefault.attempts[0]).toMatchObject({ ...failed, request_count: 2 });
      expect(thrice.attempts[0]).toMatchObject({ ...failed, request_count: 4 });
    });

    it('do not wait for an answer longer than rt, and try again where the policy says so', async () => {
      receiver.answer = () => new Promise(() => undefined);
      const { attempts } = await tell(`${receiver.url()}#rt=150&rc=2&rp=rt`);
      expect(attempts[0]).toMatchObject({ error: 'timed-out: headers', error_code: 11_200, request_count: 3 });
      expect(receiver.met.length).toBeGreaterThanOrEqual(3);
    });

    it('end with tt, retries included', async () => {
      receiver.answer = () => new Promise((resolve) => setTimeout(() => resolve(500), 150));
      const startMs = performance.now();
      const { attempts } = await tell(`${receiver.url()}#tt=400&rc=5&rp=5xx`);
      expect(performance.now() - startMs).toBeLessThan(2_000);
      expect(attempts[0]!.request_count).toBeLessThanOrEqual(4);
      expect(attempts[0]).toMatchObject({ error: 'timed-out: headers' });
    });

    it('never ask again where the answer broke off: the receiver may have acted on it', async () => {
      const { server, url } = await listening('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
      const { attempts } = await tell(`${url}#rc=3&rp=all`);
      expect(attempts[0]).toMatchObject({ request_count: 1, status: null, error_code: 11_200 });
      server.close();
    });

    it('note a policy that is none with 11243, and are told all the same', async () => {
      const { attempts } = await tell(`${receiver.url()}#rp=5xx;4xx`);
      expect(attempts).toMatchObject([{ status: 204, error_code: 11_243 }]);
    });
  });

  describe('that are redirected', () => {
    it.each([
      [301, 'GET', ''],
      [302, 'GET', ''],
      [303, 'GET', ''],
      [307, 'POST', 'SmsSid='],
    ])('by %i follow with %s, signed for the URL that the customer gave', async (status, method, start) => {
      receiver.answer = () => ({ status, headers: { location: elsewhere.url('/moved') } });
      const { attempts } = await tell(receiver.url());
      expect(attempts).toMatchObject([{ status: 204, request_count: 1 }]);
      const [first, second] = [receiver.met[0]!, elsewhere.met[0]!];
      expect([second.method, second.path]).toEqual([method, '/moved']);
      expect(second.body.startsWith(start)).toBe(true);
      expect(second.body === '').toBe(start === '');
      expect(second.headers['x-twilio-signature']).toBe(first.headers['x-twilio-signature']);
    });

    it.each([304, 308, 300])('by %i are not: 11216', async (status) => {
      receiver.answer = () => ({ status, headers: { location: elsewhere.url('/moved') } });
      const { attempts } = await tell(receiver.url());
      expect(attempts[0]).toMatchObject({ status, error_code: 11_216 });
      expect(elsewhere.met).toEqual([]);
    });

    it('for ever are given up for this attempt: 11215', async () => {
      receiver.answer = () => ({ status: 302, headers: { location: '/again' } });
      const { attempts } = await tell(receiver.url());
      expect(attempts[0]).toMatchObject({ status: null, error: 'too-many-redirects', error_code: 11_215 });
      expect(receiver.metAbout(attempts[0] ? receiver.met[0]!.messageSid : '').length).toBeGreaterThan(0);
    });
  });

  describe('and their answers', () => {
    it('are logged: the address without credentials, the status, the first 4 kB', async () => {
      receiver.answer = () => ({ status: 404, body: `no such page: ${'x'.repeat(5_000)}` });
      const url = receiver.url('/status?a=1').replace('http://', 'http://jenny:s%40crt@');
      const { attempts } = await tell(url);
      expect(attempts[0]).toMatchObject({
        url: receiver.url('/status?a=1'),
        status: 404,
        error: null,
        error_code: 11_200,
        answer: `no such page: ${'x'.repeat(4_082)}`,
      });
    });

    it('that are no text are named', async () => {
      receiver.answer = () => ({ status: 200, body: Buffer.from([0, 1, 2, 255]) });
      expect((await tell(receiver.url())).attempts[0]).toMatchObject({ answer: '(binary, 4 bytes)', error_code: null });
    });

    it.each([
      ['http://nobody.invalid/', 'dns-failed', 11_210],
      ['http://127.0.0.2:9/', 'refused-address: loopback', 11_205],
    ])('from %s: %s, %i', async (url, error, errorCode) => {
      const { attempts } = await tell(url);
      expect(attempts[0]).toMatchObject({ status: null, error_code: errorCode, answer: null });
      expect(attempts[0]!.error).toMatch(new RegExp(`^${error}`));
    });

    it('without TLS: 11220', async () => {
      const { attempts } = await tell(receiver.url().replace('http://', 'https://'));
      expect(attempts[0]).toMatchObject({ error_code: 11_220 });
    });

    it('say when to come again: not before, and not as often as the schedule would', async () => {
      let failures = 1;
      receiver.answer = () => (failures-- > 0 ? { status: 503, headers: { 'retry-after': '1' } } : 204);
      await tell(receiver.url(), 2);
      const [first, second] = receiver.met;
      // The schedule of this test would have come back after 60 ms at most.
      expect(second!.atMs - first!.atMs).toBeGreaterThan(990);
    });
  });
});

/** A server that says this to whoever connects, and hangs up. */
async function listening(says: string): Promise<{ server: Server; url: string }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(says));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { server, url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/` };
}
