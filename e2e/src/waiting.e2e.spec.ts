import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestStack } from '@heliograph/testing';
import { sdkFor, type DemoAccount } from './support/customer.js';
import { operate } from './support/operator.js';

const FROM = '+14158141829';
const MESSAGES = 20;

/** As much of the resource as is looked at here; docs/api-extensions.md has all of it. */
interface Waiting {
  readonly status: string;
  readonly reason: string | null;
  readonly position: number | null;
  readonly estimated_send_time: string | null;
  readonly explanation: string;
}

/** Why messages wait, as the customer reads it by Twilio's SDK, and the operator from the command line. */
describe('why is it waiting?', () => {
  let stack: Awaited<ReturnType<typeof startTestStack>>;
  let account: DemoAccount;
  let stranger: DemoAccount;
  let sids: string[];

  beforeAll(async () => {
    stack = await startTestStack();
    account = stack.endpoint.accounts.find(({ type }) => type === 'Full')!;
    stranger = stack.endpoint.accounts.find(({ type }) => type === 'Trial')!;
  }, 90_000);

  afterAll(async () => {
    await stack?.remove();
  }, 60_000);

  const sendAll = async (): Promise<string[]> => {
    const { messages } = sdkFor(stack.endpoint.apiUrl, account);
    const sent: string[] = [];
    for (let index = 0; index < MESSAGES; index += 1)
      sent.push((await messages.create({ from: FROM, to: '+15550104711', body: `${index}` })).sid);
    return sent;
  };

  const read = async (sid: string, of = account, by = of) => {
    const uri = `${stack.endpoint.apiUrl}/2010-04-01/Accounts/${of.sid}/Messages/${sid}/Waiting.json`;
    const { statusCode, body } = await sdkFor(stack.endpoint.apiUrl, by).request({ method: 'get', uri });
    return { statusCode, body: body as Waiting & { code?: number } };
  };
  const waitingOf = async (sid: string): Promise<Waiting> => {
    const { statusCode, body } = await read(sid);
    expect(statusCode).toBe(200);
    return body;
  };

  it('is the pace, a second for each message before', async () => {
    sids = await sendAll();
    const [one, two, three] = await eventually(async () => {
      const waiting = await Promise.all(sids.slice(10, 13).map(waitingOf));
      const [position, time] = [waiting[0]!.position!, Date.parse(waiting[0]!.estimated_send_time!)];
      expect(waiting.map((each) => each.position)).toEqual([position, position + 1, position + 2]);
      expect(waiting.map((each) => Date.parse(each.estimated_send_time!) - time)).toEqual([0, 1_000, 2_000]);
      return waiting;
    });
    for (const { status, reason } of [one!, two!, three!]) expect([status, reason]).toEqual(['queued', 'lane_pace']);
    await eventually(async () =>
      expect(await waitingOf(sids[0]!)).toMatchObject({ status: 'delivered', reason: null }),
    );
  }, 60_000);

  it("is not told of what is not there, nor of another account's", async () => {
    expect(await read(`SM${'0'.repeat(32)}`)).toMatchObject({ statusCode: 404, body: { code: 20_404 } });
    expect(await read(sids[0]!, stranger)).toMatchObject({ statusCode: 404, body: { code: 20_404 } });
    expect(await read(sids[0]!, account, stranger)).toMatchObject({ statusCode: 404, body: { code: 20_404 } });
  });

  it('is the channel while that is down, and nothing once it is back', async () => {
    sids = await sendAll();
    await stack.services['channel-simulator'].kill('SIGKILL');
    const last = sids.at(-1)!;
    await eventually(
      async () => expect(await waitingOf(last)).toMatchObject({ reason: 'channel_down', estimated_send_time: null }),
      20_000,
    );
    const { explanation, position } = await waitingOf(last);
    expect([explanation.includes('simulator'), position! > 0]).toEqual([false, true]);
    const list = await operate(stack.dataFolder, '/', 'waiting', 'list');
    expect(list).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^WAIT FOR .*\nchannel-down +simulator \(down: .+\) +1 +\d+\n$/),
    });
    const show = await operate(stack.dataFolder, '/', 'waiting', 'show', last);
    expect(show).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('It waits: channel-down.') });

    await stack.services['channel-simulator'].start();
    await eventually(async () => {
      for (const sid of sids) expect(await waitingOf(sid)).toMatchObject({ status: 'delivered', reason: null });
    }, 90_000);
  }, 180_000);
});
