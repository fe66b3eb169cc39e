import { announcedStatus } from '@heliograph/contracts';
import {
  applyKeyword,
  classifyKeyword,
  countSegments,
  type KeywordClass,
  LONGEST_VALIDITY_PERIOD_S,
  makeSid,
  parsePhoneNumber,
} from '@heliograph/domain';
import type { Transaction } from '@heliograph/postgres';
import { CONFIG, Logger } from '@heliograph/service-host';
import { Inject, Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import type { ApiConfig } from '../config.js';
import type { NewMessage } from '../messages/new-message.js';
import { StoreMessages } from '../messages/store-messages.js';
import { OptOutDirectory } from '../opt-outs/opt-out-directory.js';
import { type OptOutPair, OptOutsRepository } from '../opt-outs/opt-outs.repository.js';
import type { Arrival } from './received-message.js';
import type { Recipient } from './recipients.repository.js';

interface Keyword extends Arrival {
  readonly keyword: KeywordClass;
  readonly pair: OptOutPair;
}

/**
 * STOP, START and HELP: the pair of handset and number is blocked or freed, and the handset told so by a message that is in nobody's list
 * and costs nothing. The keyword itself is received as any message is.
 */
@Injectable()
export class ObeyKeywords {
  private readonly answers: Readonly<Record<KeywordClass, string>>;

  constructor(
    @Inject(CONFIG) config: Pick<ApiConfig, 'STOP_ANSWER' | 'START_ANSWER' | 'HELP_ANSWER'>,
    private readonly optOuts: OptOutsRepository,
    private readonly directory: OptOutDirectory,
    private readonly storeMessages: StoreMessages,
    private readonly logger: Logger,
  ) {
    this.answers = { stop: config.STOP_ANSWER, start: config.START_ANSWER, help: config.HELP_ANSWER };
  }

  /** @param fresh arrivals that were not obeyed before; the transaction is the one that makes sure of that */
  async obey(tx: Transaction, fresh: readonly Arrival[], recipients: ReadonlyMap<string, Recipient>): Promise<void> {
    const keywords = fresh.filter(({ data }) => recipients.get(data.to)?.heedsKeywords).flatMap(toKeyword);
    // Most of what handsets send is no keyword.
    if (keywords.length === 0) return;
    const locked = await this.optOuts.lock(
      tx,
      keywords.map(({ pair }) => pair),
    );
    const states = new Map(locked.map((state) => [nameOf(state.pair), state]));
    const answers: NewMessage[] = [];
    for (const keyword of keywords) {
      const state = states.get(nameOf(keyword.pair))!;
      const times = { sentAtMs: Date.parse(keyword.data.receivedAt), nowMs: state.nowMs };
      const { optOut, answer } = applyKeyword(state.optOut, keyword.keyword, times);
      states.set(nameOf(keyword.pair), { ...state, optOut });
      if (answer !== null && recipients.get(keyword.data.to)?.canSend)
        answers.push(...answerTo(keyword, this.answers[answer]));
    }
    await this.optOuts.save(tx, [...states.values()]);
    await this.storeMessages.storeUnlisted(tx, answers);
    this.logger.info({ count: keywords.length, answerCount: answers.length }, 'keywords.obeyed');
  }

  /** Called when that is committed: what is sent by this replica from now on knows of it. */
  noteObeyed(fresh: readonly Arrival[]): void {
    for (const { pair } of fresh.flatMap(toKeyword)) this.directory.forget(pair);
  }
}

const nameOf = ({ number, recipient }: OptOutPair): string => `${number},${recipient}`;

function toKeyword(arrival: Arrival): Keyword[] {
  const { accountSid, data } = arrival;
  const keyword = classifyKeyword(data.body);
  return keyword === null ? [] : [{ ...arrival, keyword, pair: { accountSid, number: data.to, recipient: data.from } }];
}

/** The message that goes back; nothing where the sender is no phone that one could be sent to. */
function answerTo({ accountSid, eventId, data }: Keyword, body: string): NewMessage[] {
  const to = parsePhoneNumber(data.from);
  if (to === null) return [];
  return [
    {
      sid: makeSid('SM', randomBytes(16)),
      accountSid,
      direction: 'outbound-reply',
      from: data.to,
      senderType: 'long-code',
      to,
      body,
      numSegments: countSegments(body).count,
      media: [],
      statusCallback: null,
      statusCallbackOn: announcedStatus.options,
      maxPriceMicros: null,
      validityPeriodS: LONGEST_VALIDITY_PERIOD_S,
      mayFallBackToSms: false,
      shortLink: null,
      correlationId: data.inboundId,
      causationId: eventId,
      failsWith: null,
      isFree: true,
    },
  ];
}
