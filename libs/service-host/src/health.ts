import { Module } from '@nestjs/common';
import type { DynamicModule, InjectionToken, ModuleMetadata } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { maskText } from './mask.js';

/** One thing the service works with. `check` resolves when it is there and rejects with the reason when it is not. */
export interface ReadinessCheck {
  name: string;
  /** False where the service can take work without it: then it is reported only. True by default. */
  required?: boolean;
  check(): Promise<void>;
}

export interface ReadinessReport {
  status: 'ready' | 'not-ready' | 'starting' | 'draining';
  /** By the check's name: `ok`, or why not. */
  checks: Record<string, string>;
}

const CHECK_TIMEOUT_MS = 2_000;

/** Whether the service takes work: it runs, is not going down, and every required check passes. */
export class Readiness {
  private phase: 'starting' | 'running' | 'draining' = 'starting';
  private readonly checks: ReadinessCheck[] = [];
  private underWay: Promise<ReadinessReport> | undefined;

  add(checks: readonly ReadinessCheck[]): void {
    this.checks.push(...checks);
  }

  started(): void {
    if (this.phase === 'starting') this.phase = 'running';
  }

  draining(): void {
    this.phase = 'draining';
  }

  /** Probes that arrive together share one run of the checks. */
  report(): Promise<ReadinessReport> {
    this.underWay ??= this.runChecks().finally(() => (this.underWay = undefined));
    return this.underWay;
  }

  private async runChecks(): Promise<ReadinessReport> {
    const results = await Promise.all(
      this.checks.map(async (check) => ({ ...check, outcome: await outcomeOf(check) })),
    );
    const allOk = results.every(({ outcome, required = true }) => outcome === 'ok' || !required);
    const status = this.phase === 'running' ? (allOk ? 'ready' : 'not-ready') : this.phase;
    return { status, checks: Object.fromEntries(results.map(({ name, outcome }) => [name, outcome])) };
  }
}

async function outcomeOf({ check }: ReadinessCheck): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${CHECK_TIMEOUT_MS} ms`), CHECK_TIMEOUT_MS);
  });
  const asked = Promise.resolve()
    .then(check)
    .then(
      () => 'ok',
      (error: unknown) => maskText(error instanceof Error && error.message ? error.message : String(error)),
    );
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}

/** Outside Nest's router, so that no prefix, guard or filter of a service changes them. */
export function registerHealthRoutes(app: NestFastifyApplication, readiness: Readiness): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.get('/healthz', async () => ({ status: 'ok' }));
  fastify.get('/readyz', async (_request, reply) => {
    const report = await readiness.report();
    return reply.code(report.status === 'ready' ? 200 : 503).send(report);
  });
}

export interface HealthOptions<Dependencies extends unknown[]> {
  imports?: ModuleMetadata['imports'];
  /** What `useFactory` is given, in order. */
  inject: InjectionToken[];
  useFactory: (...dependencies: Dependencies) => ReadinessCheck[];
}

/** Contributes readiness checks; any module may import it, with the checks it knows of. */
@Module({})
export class HealthModule {
  static forRoot<Dependencies extends unknown[]>({
    imports,
    inject,
    useFactory,
  }: HealthOptions<Dependencies>): DynamicModule {
    const contribution = {
      provide: Symbol('readiness checks'),
      inject: [Readiness, ...inject],
      useFactory: (readiness: Readiness, ...dependencies: Dependencies) =>
        readiness.add(useFactory(...dependencies)) ?? true,
    };
    return { module: HealthModule, imports, providers: [contribution] };
  }
}
