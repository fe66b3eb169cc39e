import { withoutCredentials } from '@heliograph/guarded-http';
import type { FormParameters, TwimlParse } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { answerExcerpt } from '../attempts/answer-excerpt.js';
import { type SentWebhook, SendWebhook } from '../attempts/send-webhook.js';
import { composeWebhook } from '../attempts/webhook-request.js';
import type { NotedRequest } from '../notifications/notification.js';
import { SigningKeys } from '../signing/signing-keys.js';
import { cookieHeader, keepCookies } from './cookie-jar.js';
import { CookiesRepository } from './cookies.repository.js';
import type { ClaimedWebhook, DocumentRequest, Mistake, ReplyResult } from './inbound-webhook.js';
import { readDocument } from './read-document.js';
import { requestParameters } from './request-parameters.js';

/** How a request went, for its record. */
export interface DocumentRecord {
  readonly kind: DocumentRequest['kind'];
  readonly method: string;
  /** Without credentials. */
  readonly url: string;
  readonly startedAt: Date;
  readonly durationMs: number;
  /** The first, and the retries that the URL's connection overrides ask for. */
  readonly requestCount: number;
  /** Null where no answer came. */
  readonly status: number | null;
  readonly failure: Mistake | null;
}

export type RequestedDocument =
  /** Nothing was requested: the key to sign it with cannot be had just now. */
  | { readonly kind: 'postponed' }
  | {
      readonly kind: 'requested';
      readonly document: TwimlParse;
      readonly record: DocumentRecord;
      readonly noted: NotedRequest;
      /** A mistake in the URL that did not keep it from being requested. */
      readonly warning: Mistake | null;
    };

const EXCERPT_OF_HEADERS = 4_096;

/** Requests a document of a customer's server: signed, with its cookies, within Twilio's limits of time. */
@Injectable()
export class RequestDocument {
  constructor(
    private readonly signingKeys: SigningKeys,
    private readonly sendWebhook: SendWebhook,
    private readonly cookies: CookiesRepository,
  ) {}

  /** @param reply what became of the reply that an `action` is about */
  async request(
    webhook: ClaimedWebhook,
    request: DocumentRequest,
    reply: ReplyResult | null,
  ): Promise<RequestedDocument> {
    const key = await this.signingKeys.find(webhook.accountSid);
    if (key.kind === 'unavailable') return { kind: 'postponed' };
    const parameters = requestParameters(webhook.parameters, request, reply);
    const startedAt = new Date();
    const startMs = performance.now();
    const sent =
      key.kind === 'unknown'
        ? notSent('the account is not known any more', 11_200)
        : await this.send(webhook, request, parameters, key.authToken);
    const durationMs = Math.round(performance.now() - startMs);
    const { outcome, requestCount, warningCode } = sent;
    const document = readDocument(outcome, documentUrlOf(request, sent));
    const url = withoutCredentials(request.url);
    return {
      kind: 'requested',
      document,
      record: {
        kind: request.kind,
        method: request.method,
        url,
        startedAt,
        durationMs,
        requestCount,
        status: outcome.kind === 'answered' ? outcome.status : null,
        failure: document.kind === 'unusable' ? { errorCode: document.errorCode, reason: document.reason } : null,
      },
      noted: { url, method: request.method, variables: formOf(parameters), ...answerOf(sent) },
      warning: warningCode === null ? null : { errorCode: warningCode, reason: `the fragment of ${url}` },
    };
  }

  private async send(
    webhook: ClaimedWebhook,
    request: DocumentRequest,
    parameters: FormParameters,
    authToken: string,
  ): Promise<SentWebhook> {
    const { url, method } = request;
    if (!URL.canParse(url)) return notSent('it is not an absolute URL', 11_100);
    const jar = await this.cookies.read(webhook);
    const cookie = cookieHeader(jar, url, Date.now());
    const composed = composeWebhook(
      {
        method,
        url,
        parameters,
        id: `${webhook.messageSid}.${webhook.documentCount + 1}`,
        idempotencyToken: webhook.idempotencyToken,
        headers: cookie === null ? {} : { Cookie: cookie },
      },
      authToken,
      new Date(),
    );
    const sent = await this.sendWebhook.send(composed);
    if (sent.outcome.kind === 'answered') {
      const kept = keepCookies(jar, sent.outcome.url, sent.outcome.headers['set-cookie'], Date.now());
      if (kept !== jar) await this.cookies.keep(webhook, kept);
    }
    return sent;
  }
}

/** Relative addresses start from where the document was; credentials of the URL stay with it unless it redirected elsewhere. */
const documentUrlOf = ({ url }: DocumentRequest, { outcome }: SentWebhook): string =>
  outcome.kind === 'answered' && outcome.isRedirected ? outcome.url : url;

const notSent = (error: string, errorCode: number): SentWebhook => ({
  outcome: { kind: 'impossible', error, errorCode, retryReason: null },
  requestCount: 0,
  warningCode: null,
});

function answerOf({ outcome }: SentWebhook): Pick<NotedRequest, 'responseHeaders' | 'responseBody'> {
  if (outcome.kind !== 'answered') return { responseHeaders: '', responseBody: '' };
  const { headers, body, isTruncated } = outcome;
  const shown = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return {
    responseHeaders: answerExcerpt(Buffer.from(shown.join('\n').slice(0, EXCERPT_OF_HEADERS)), false),
    responseBody: answerExcerpt(body, isTruncated),
  };
}

const formOf = (parameters: FormParameters): string =>
  new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value])).toString();
