import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ALL_EVENTS } from '@heliograph/contracts';
import { eventually, startTestStack } from '@heliograph/testing';
import { connect } from '@nats-io/transport-node';
import { Client } from 'pg';
import { rawRequest, sdkFor, type DemoAccount } from './support/customer.js';
import { FileServer, serve } from './support/file-server.js';
import { heartPng } from './support/heart.js';

/** What the stack promises to those who use it beside the API. */
describe('the local stack', () => {
  let stack: Awaited<ReturnType<typeof startTestStack>>;
  let account: DemoAccount;

  beforeAll(async () => {
    stack = await startTestStack();
    account = stack.endpoint.accounts.find(({ type }) => type === 'Full')!;
  }, 90_000);

  afterAll(async () => {
    await stack?.remove();
  }, 60_000);

  it('owns what the demo promises', () => {
    expect(account.phoneNumbers[0]).toBe('+14158141829');
    expect(account.phoneNumbers.length).toBeGreaterThanOrEqual(2);
    expect(account.shortCodes).toHaveLength(1);
    expect(stack.endpoint.accounts.map(({ type }) => type).sort()).toEqual(['Full', 'Trial']);
  });

  it('writes an endpoint file that only its owner can read', () => {
    const path = join(stack.dataFolder, 'endpoint.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(stack.endpoint);
    expect(statSync(join(stack.dataFolder, 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  it('lets an outside reader follow events, and do nothing else', async () => {
    const url = new URL(stack.endpoint.natsUrl);
    const nats = await connect({ servers: url.host, user: url.username, pass: decodeURIComponent(url.password) });
    const subjects: string[] = [];
    nats.subscribe(ALL_EVENTS, { callback: (_, message) => void subjects.push(message.subject) });
    await nats.flush();
    await sdkFor(stack.endpoint.apiUrl, account).messages.create({ from: '70707', to: '+15558675309', body: 'Hi' });
    await eventually(() =>
      expect(subjects).toEqual(
        expect.arrayContaining(
          ['accepted', 'sent', 'delivered'].map((status) => `event.message.${status}.v1.${account.sid}`),
        ),
      ),
    );
    const refusals: string[] = [];
    void (async () => {
      for await (const status of nats.status()) if (status.type === 'error') refusals.push(status.error.message);
    })();
    nats.publish('event.message.sent.v1.forged', '{}');
    nats.subscribe('task.>', { callback: () => undefined });
    await eventually(() => expect(refusals).toHaveLength(2));
    expect(refusals.join('\n')).toMatch(/publish[\s\S]*subscription/i);
    await nats.close();
  }, 30_000);

  it("keeps each service's tables from the others", async () => {
    const client = new Client({ connectionString: stack.databaseUrlOf('callbacks') });
    await client.connect();
    await expect(client.query('SELECT * FROM api.auth_tokens')).rejects.toThrow(/permission denied/);
    await expect(client.query('SELECT * FROM dispatcher.jobs')).rejects.toThrow(/permission denied/);
    await client.end();
  });

  it('keeps bodies, numbers and secrets out of the logs, and tokens out of the database', async () => {
    const client = sdkFor(stack.endpoint.apiUrl, account);
    await client.messages.create({ from: '70707', to: '+15558675301', body: 'a most secret body' });
    await rawRequest(`${stack.endpoint.apiUrl}/2010-04-01/Accounts/${account.sid}/Messages.json`, { as: account });
    for (const service of Object.values(stack.services)) await service.restart();
    const logs = Object.values(stack.services)
      .map((service) => readFileSync(service.logFile, 'utf8'))
      .join('\n');
    expect(logs).toContain('service.ready');
    for (const secret of [
      'a most secret body',
      '+15558675301',
      account.authToken,
      new URL(stack.servicesNatsUrl).password,
    ]) {
      expect(logs).not.toContain(secret);
    }
    const database = new Client({ connectionString: stack.endpoint.databaseUrl });
    await database.connect();
    const { rows } = await database.query<{ dump: string }>(
      `SELECT query_to_xml('SELECT * FROM api.accounts', true, false, '')::text ||
              query_to_xml('SELECT * FROM api.auth_tokens', true, false, '')::text AS dump`,
    );
    expect(rows[0]!.dump).toContain(account.sid);
    expect(rows[0]!.dump).not.toContain(account.authToken);
    await database.end();
  }, 60_000);

  it('allows customer URLs on this machine by default, and refuses them where the setting is empty', async () => {
    const files = await FileServer.start({ '/heart.png': serve(heartPng(), 'image/png') });
    const strict = await startTestStack({ serviceSettings: { media: { HTTP_ALLOW: '' } } });
    const message = { from: '70707', to: '+15558675309', mediaUrl: [files.url('/heart.png')] };
    await expect(sdkFor(stack.endpoint.apiUrl, account).messages.create(message)).resolves.toMatchObject({
      status: 'queued',
    });
    const owner = strict.endpoint.accounts.find(({ type }) => type === 'Full')!;
    const requestsBefore = files.requests.length;
    await expect(sdkFor(strict.endpoint.apiUrl, owner).messages.create(message)).rejects.toMatchObject({
      code: 21_620,
    });
    expect(files.requests).toHaveLength(requestsBefore);
    await strict.remove();
    await files.stop();
  }, 90_000);

  it('refuses to start a service without its settings, and names them all', () => {
    const { status, stderr } = spawnSync(process.execPath, ['apps/api/dist/main.js'], {
      cwd: join(import.meta.dirname ?? '.', '../..'),
      env: { PATH: process.env.PATH },
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    for (const variable of ['DATABASE_URL', 'NATS_URL', 'MASTER_KEY', 'HTTP_PORT']) expect(stderr).toContain(variable);
  });
});
