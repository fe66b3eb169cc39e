import { describe, expect, it } from '@jest/globals';
import { createServer } from 'node:net';
import { choosePorts, findFreePort } from './ports.js';

const occupying = async <Result>(port: number, work: () => Promise<Result>): Promise<Result> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  try {
    return await work();
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
};

describe('choosing ports', () => {
  it('gives every owner a port of its own', async () => {
    const ports = Object.values(await choosePorts({}, true));
    expect(new Set(ports).size).toBe(7);
  });

  it('does as the environment says', async () => {
    const port = await findFreePort();
    expect((await choosePorts({ HANDSETS_PORT: String(port) }, true))['channel-simulator']).toBe(port);
  });

  it('refuses a wish that is taken, twice given or no port', async () => {
    const port = await findFreePort();
    await occupying(port, () =>
      expect(choosePorts({ API_PORT: String(port) })).rejects.toThrow(`API_PORT asks for port ${port}`),
    );
    const same = { API_PORT: String(port), MEDIA_PORT: String(port) };
    await expect(choosePorts(same)).rejects.toThrow(`MEDIA_PORT asks for port ${port}`);
    await expect(choosePorts({ NATS_PORT: '70000' })).rejects.toThrow('no port number');
  });

  it('never gives a port on which something listens', async () => {
    const before = await choosePorts({});
    await occupying(before.api, async () => {
      const after = await choosePorts({});
      expect(after.api).not.toBe(before.api);
    });
  });
});
