import { ClientNats } from '@nestjs/microservices';
import { firstValueFrom, timeout } from 'rxjs';
import type { z } from 'zod';
import { parseNatsUrl } from './nats-address.js';

/** A kind of request between services, as the contracts define it. */
export interface RequestDefinition<Request, Reply> {
  readonly subject: string;
  readonly request: z.ZodType<Request>;
  readonly reply: z.ZodType<Reply>;
}

/** Asks other services over NestJS's NATS transport. It connects with the first request, and reconnects for ever. */
export class NatsRequests {
  private readonly client: ClientNats;

  /** @param service who asks, as it appears in NATS's list of connections */
  constructor(natsUrl: string, service: string) {
    this.client = new ClientNats({ ...parseNatsUrl(natsUrl), name: `${service} asks`, maxReconnectAttempts: -1 });
  }

  /**
   * @returns the answer, which fits the definition
   * @throws when nobody answers within `timeoutMs`, the other side failed, or its answer does not fit; always an Error
   */
  async ask<Request, Reply>(
    definition: RequestDefinition<Request, Reply>,
    request: Request,
    timeoutMs: number,
  ): Promise<Reply> {
    try {
      const answer = this.client.send<unknown>(definition.subject, request).pipe(timeout(timeoutMs));
      return definition.reply.parse(await firstValueFrom(answer));
    } catch (reason) {
      throw toError(reason);
    }
  }

  /** Ends the requests in hand with an error. */
  async close(): Promise<void> {
    await this.client.close();
  }
}

/** NestJS rejects with what the other side put into its answer, which need not be an error. */
const toError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(JSON.stringify(reason)));
