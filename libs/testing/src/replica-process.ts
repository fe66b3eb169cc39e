import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ConsumerDefinition, StreamDefinition } from '@heliograph/contracts';

const FIXTURE = fileURLToPath(new URL('./replica.fixture.ts', import.meta.url));
const PROJECT = fileURLToPath(new URL('../tsconfig.spec.json', import.meta.url));

/** What a replica does: it holds what it reads for ever, or commits to its outbox what it never publishes. */
export type ReplicaTask = {
  readonly natsUrl: string;
  readonly databaseUrl: string;
  readonly schema: string;
  readonly service: string;
} & (
  | { readonly holds: ConsumerDefinition }
  | { readonly commits: { readonly stream: StreamDefinition; readonly count: number } }
);

/** A replica of a service in a process of its own, which can be killed. */
export class ReplicaProcess {
  private output = '';
  private readonly exited: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    this.exited = once(child, 'exit');
  }

  /** @returns once it reads, or has committed */
  static async start(task: ReplicaTask): Promise<ReplicaProcess> {
    const child = spawn(
      process.execPath,
      ['--conditions=@heliograph/source', '--import', '@swc-node/register/esm-register', FIXTURE, JSON.stringify(task)],
      { env: { PATH: process.env.PATH, SWC_NODE_PROJECT: PROJECT }, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const replica = new ReplicaProcess(child);
    while (!/^(reads|committed)$/m.test(replica.output)) {
      const [first] = await Promise.race([once(child.stdout!, 'data'), replica.exited.then(() => [null])]);
      if (first === null) throw new Error('the replica ended before it was ready');
    }
    return replica;
  }

  /** The numbers of the samples that it has in hand. */
  get held(): number[] {
    return [...this.output.matchAll(/^\d+$/gm)].map(([number]) => Number(number));
  }

  /** It does nothing more, and its connections stay. */
  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  /** With SIGKILL: it can say nothing to anybody. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}
