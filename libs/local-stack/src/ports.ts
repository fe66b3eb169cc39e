import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** What listens on a port, with the port it has unless that is taken or another is asked for. */
export const DEFAULT_PORTS = {
  api: 4010,
  media: 4011,
  dispatcher: 4012,
  callbacks: 4013,
  'channel-simulator': 4014,
  postgres: 5450,
  nats: 4250,
} as const;

export type PortOwner = keyof typeof DEFAULT_PORTS;
export type Ports = Record<PortOwner, number>;

const PORT_VARIABLES: Record<PortOwner, string> = {
  api: 'API_PORT',
  media: 'MEDIA_PORT',
  dispatcher: 'DISPATCHER_PORT',
  callbacks: 'CALLBACKS_PORT',
  'channel-simulator': 'HANDSETS_PORT',
  postgres: 'POSTGRES_PORT',
  nats: 'NATS_PORT',
};

/** Below the range from which systems take the ports of outgoing connections, so that none of those comes in between. */
const FREE_PORT_RANGE = { from: 20_000, to: 32_000 };

/**
 * One port for each owner: the one in the environment (it must be free, or this throws), else the default, else a free one.
 * With `isRandom` the defaults are left out, so that several stacks can run on one machine.
 */
export const choosePorts = async (environment: NodeJS.ProcessEnv, isRandom = false): Promise<Ports> => {
  const taken = new Set<number>();
  const ports: Partial<Ports> = {};
  for (const owner of Object.keys(DEFAULT_PORTS) as PortOwner[]) {
    const port = await choosePort(owner, environment[PORT_VARIABLES[owner]], isRandom, taken);
    taken.add(port);
    ports[owner] = port;
  }
  return ports as Ports;
};

const choosePort = async (
  owner: PortOwner,
  wish: string | undefined,
  isRandom: boolean,
  taken: Set<number>,
): Promise<number> => {
  const variable = PORT_VARIABLES[owner];
  if (wish) {
    const port = Number(wish);
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      throw new Error(`${variable} is "${wish}", which is no port number.`);
    if (taken.has(port) || !(await isFree(port)))
      throw new Error(`${variable} asks for port ${port}, which is already in use.`);
    return port;
  }
  const preferred = DEFAULT_PORTS[owner];
  if (!isRandom && !taken.has(preferred) && (await isFree(preferred))) return preferred;
  return findFreePort(taken);
};

/** A port of 127.0.0.1 on which nothing listens at this moment, and not one of `taken`. */
export const findFreePort = async (taken: ReadonlySet<number> = new Set()): Promise<number> => {
  for (;;) {
    const port = randomInt(FREE_PORT_RANGE.from, FREE_PORT_RANGE.to);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
