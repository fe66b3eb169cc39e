import type { Dispatcher } from 'undici';
import { failureOf } from './fetch-outcome.js';
import type { FetchFailure } from './fetch-outcome.js';
import type { RequestClock } from './request-clock.js';

/** An answer as it came: still encoded, and perhaps only its beginning. */
export interface RawAnswer {
  kind: 'answer';
  status: number;
  /** By lower-case name; repeated headers joined with a comma. */
  headers: Record<string, string>;
  body: Buffer;
  isCut: boolean;
}

export interface ExchangeLimits {
  /** The body is cut off after this. */
  maxBodyBytes: number;
  /** Whether the body is wanted, once the headers are here; otherwise the connection is given up. */
  wantsBody: (status: number, headers: Record<string, string>) => boolean;
}

/** Those of 1xx answers before the answer count as well. */
const MAX_HEADERS = 256;

/** Sends one request on one connection, and takes its answer. */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  clock: RequestClock,
  limits: ExchangeLimits,
): Promise<RawAnswer | FetchFailure> {
  return new Promise((resolve, reject) => {
    const handler = new ExchangeHandler(clock, limits, resolve, reject);
    clock.onExpiry = () => handler.expire();
    clock.enter('connect');
    dispatcher.dispatch(request, handler);
  });
}

/** What an exchange that is over gives its connection up with; nobody sees it. */
const OVER = new Error('the exchange is over');

class ExchangeHandler implements Dispatcher.DispatchHandler {
  private isOver = false;
  private controller: Dispatcher.DispatchController | undefined;
  private headerCount = 0;
  private status: number | undefined;
  private headers: Record<string, string> = {};
  private readonly chunks: Buffer[] = [];
  private byteSize = 0;

  constructor(
    private readonly clock: RequestClock,
    private readonly limits: ExchangeLimits,
    private readonly resolve: (result: RawAnswer | FetchFailure) => void,
    private readonly reject: (error: unknown) => void,
  ) {}

  expire(): void {
    const { status } = this;
    this.end({ kind: 'timed-out', stage: this.clock.stage, ...(status !== undefined && { status }) });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // It waited for a connection for too long, and now there is one.
    if (this.isOver) controller.abort(OVER);
    else this.clock.enter('headers');
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Dispatcher.ResponseData['headers'],
  ): void {
    if (this.isOver) return;
    this.headerCount += Object.values(headers).flat().length;
    if (this.headerCount > MAX_HEADERS) return this.end({ kind: 'broken', code: 'TOO_MANY_HEADERS' });
    if (status < 200) return;
    this.status = status;
    this.headers = plainHeaders(headers);
    if (!this.limits.wantsBody(status, this.headers)) this.end(this.answer(status));
    else this.clock.enter('body');
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.isOver || this.status === undefined) return;
    this.clock.touch();
    this.byteSize += chunk.length;
    this.chunks.push(chunk);
    if (this.byteSize > this.limits.maxBodyBytes) this.end(this.answer(this.status));
  }

  onResponseEnd(): void {
    if (this.isOver || this.status === undefined) return;
    this.isOver = true;
    this.resolve(this.answer(this.status));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    try {
      this.resolve(failureOf(error, this.clock.stage, this.status));
    } catch (mistake) {
      this.reject(mistake);
    }
  }

  private answer(status: number): RawAnswer {
    const { maxBodyBytes } = this.limits;
    const body = Buffer.concat(this.chunks).subarray(0, maxBodyBytes);
    return { kind: 'answer', status, headers: this.headers, body, isCut: this.byteSize > maxBodyBytes };
  }

  /** Settles, and gives the connection up: what is still to come on it may be endless. */
  private end(result: RawAnswer | FetchFailure): void {
    if (this.isOver) return;
    this.isOver = true;
    this.resolve(result);
    this.controller?.abort(OVER);
  }
}

function plainHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const entries = Object.entries(headers).filter(
    (entry): entry is [string, string | string[]] => entry[1] !== undefined,
  );
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]));
}
