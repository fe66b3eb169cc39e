import { Logger } from '@heliograph/service-host';
import { errorEnvelope } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { Account } from '../accounts/account.js';
import { AuthenticateAccount } from '../accounts/authenticate-account.js';
import type { ApiConfig } from '../config.js';
import { answerUnmetExpectation } from '../errors/framework-errors.js';
import { RequestRefused } from '../errors/request-refused.js';
import { notFound } from './account-request.js';
import { decodeFormBody } from './decode-form.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is calling; set for every resource of an account before its handler runs. */
    account: Account | null;
    /** Code of the error it was answered with; 0 for none. */
    refusalCode: number;
  }
}

/** The accounts, one of them, and all that is its own. */
const ACCOUNT_RESOURCES = /^\/2010-04-01\/Accounts(?:\.json$|\/:accountSid(?:\.json$|\/))/;
const FORM = 'application/x-www-form-urlencoded';

/** The largest form that is read: above every parameter at its limit, percent-encoded. */
const MAX_BODY_BYTES = 256 * 1024;

/** A new `Twilio-Request-Id`: `RQ` and 32 hex digits. From a UUID, as Node draws the randomness for many of those at once. */
export const makeRequestId = (): string => `RQ${randomUUID().replaceAll('-', '')}`;

/** What every request passes before its handler: its id, who it is from, its body; and after: its headers, its line in the log. */
@Injectable()
export class RequestIntake {
  constructor(
    private readonly authenticateAccount: AuthenticateAccount,
    private readonly logger: Logger,
  ) {}

  /** Before the application starts to listen. */
  install(app: NestFastifyApplication, config: Readonly<ApiConfig>): void {
    const fastify = app.getHttpAdapter().getInstance();
    app.getHttpServer().requestTimeout = config.REQUEST_TIMEOUT_MS;
    app.getHttpServer().headersTimeout = config.REQUEST_TIMEOUT_MS;
    fastify.decorateRequest('account', null);
    fastify.decorateRequest('refusalCode', 0);
    app.getHttpServer().on('checkExpectation', answerUnmetExpectation);
    fastify.addHook('onRequest', async (request) => requireHost(request));
    // Before the body is read: nobody unknown gets a byte of it parsed.
    fastify.addHook('onRequest', (request) => this.authenticate(request));
    fastify.addHook('onSend', async (request, reply) => setHeaders(request, reply));
    fastify.addHook('onResponse', async (request, reply) => this.logAnswer(request, reply));
    installBodyParsers(app);
  }

  private async authenticate(request: FastifyRequest): Promise<void> {
    if (!ACCOUNT_RESOURCES.test(request.routeOptions.url ?? '')) return;
    const { accountSid = null } = request.params as { accountSid?: string };
    const result = await this.authenticateAccount.authenticate(request.headers.authorization, accountSid);
    if (result.kind === 'authenticated') request.account = result.account;
    else if (result.kind === 'unauthenticated') throw new RequestRefused(errorEnvelope('authenticationFailed'));
    else if (result.kind === 'inactive') throw new RequestRefused(errorEnvelope('accountNotActive'));
    else throw notFound(request);
  }

  /** One line each; those that succeeded only for who is debugging, as intake has a line for each commit. */
  private logAnswer(request: FastifyRequest, reply: FastifyReply): void {
    const level = reply.statusCode >= 500 ? 'warn' : reply.statusCode >= 400 ? 'info' : 'debug';
    if (!this.logger.isLevelEnabled(level)) return;
    const line = {
      requestId: request.id,
      accountSid: request.account?.sid,
      method: request.method,
      route: request.routeOptions.url,
      status: reply.statusCode,
      code: request.refusalCode || undefined,
      durationMs: Math.round(reply.elapsedTime),
    };
    this.logger[level](line, 'request.answered');
  }
}

/** RFC 9112 3.2: a request of HTTP/1.1 names its host. */
function requireHost({ raw }: FastifyRequest): void {
  if (raw.headers.host !== undefined || raw.httpVersion === '1.0') return;
  throw new RequestRefused(errorEnvelope('unreadableRequest', { reason: 'the Host header is missing' }));
}

function setHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('Twilio-Request-Id', request.id);
  reply.header('Twilio-Request-Duration', (reply.elapsedTime / 1_000).toFixed(3));
}

/** Forms are decoded. Anything else is read and dropped, so that its parameters are simply missing, as at Twilio. */
function installBodyParsers(app: NestFastifyApplication): void {
  app.getHttpAdapter().getInstance().removeAllContentTypeParsers();
  app.useBodyParser(FORM, { bodyLimit: MAX_BODY_BYTES }, (_request, body: Buffer, done) => {
    const decoding = decodeFormBody(body);
    if (decoding.kind === 'decoded') done(null, decoding.fields);
    else done(new RequestRefused(errorEnvelope('unreadableRequest', { reason: decoding.reason })), undefined);
  });
  app.useBodyParser('*', { bodyLimit: MAX_BODY_BYTES }, (_request, _body, done) => done(null, {}));
}
