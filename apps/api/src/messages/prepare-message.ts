import type { ImageLimits } from '@heliograph/contracts';
import { countSegments, makeSid } from '@heliograph/domain';
import { CONFIG } from '@heliograph/service-host';
import {
  type CreateMessageRequest,
  errorEnvelope,
  type FormFields,
  parseCreateMessage,
  type Refusal,
  refused,
} from '@heliograph/twilio';
import { Inject, Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import type { Account } from '../accounts/account.js';
import type { ApiConfig } from '../config.js';
import { bodyToSend } from './body-to-send.js';
import { CheckRecipient } from './check-recipient.js';
import { CheckSender } from './check-sender.js';
import { ChooseStatusCallback, type StatusCallback } from './choose-status-callback.js';
import type { NewMessage } from './new-message.js';
import { StoreMessageMedia } from './store-message-media.js';

/** Why a message is made. */
export type MessageOrigin = Pick<NewMessage, 'direction' | 'correlationId' | 'causationId'>;

export type MessagePreparation = { readonly kind: 'prepared'; readonly message: NewMessage } | Refusal;

/** A request that is in order, and what follows from who and what it is about. */
interface AllowedMessage {
  readonly kind: 'allowed';
  readonly request: CreateMessageRequest;
  readonly body: string;
  readonly callback: StatusCallback;
  readonly imageLimits: ImageLimits | null;
}

/** Checks everything that can be checked of a message before it is stored, and has its media fetched: the same for whoever wants it sent. */
@Injectable()
export class PrepareMessage {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<ApiConfig, 'TRIAL_BODY_PREFIX'>,
    private readonly checkSender: CheckSender,
    private readonly chooseStatusCallback: ChooseStatusCallback,
    private readonly checkRecipient: CheckRecipient,
    private readonly media: StoreMessageMedia,
  ) {}

  /**
   * In order: the parameters by themselves, whether the account may send so, whether it can be sent there, and last the media, which take
   * a request to the customer's server. Nothing is kept of a message that is refused.
   */
  async prepare(account: Account, fields: FormFields, origin: MessageOrigin): Promise<MessagePreparation> {
    const allowed = await this.check(account, fields);
    if (allowed.kind === 'refused') return allowed;
    const { request, body, callback, imageLimits } = allowed;
    const sid = makeSid(request.mediaUrls.length > 0 ? 'MM' : 'SM', randomBytes(16));
    const named = { accountSid: account.sid, messageSid: sid };
    const stored = await this.media.storeAll({ ...named, urls: request.mediaUrls, imageLimits });
    if (stored.kind === 'refused') return stored;
    const message: NewMessage = {
      sid,
      accountSid: account.sid,
      ...origin,
      from: request.from.address,
      senderType: request.from.type,
      to: request.to,
      body,
      // A message with media is one MMS, whatever the length of its body.
      numSegments: stored.media.length > 0 ? 1 : countSegments(body).count,
      media: stored.media,
      shortLink: stored.shortLink,
      mayFallBackToSms: account.hasMmsFallback,
      statusCallback: callback.statusCallback,
      statusCallbackOn: callback.statusCallbackOn,
      maxPriceMicros: request.maxPriceMicros,
      validityPeriodS: request.validityPeriodS,
      failsWith: null,
      isFree: false,
    };
    return { kind: 'prepared', message };
  }

  /** Forgets what was kept of a message that was not stored after all. Never throws. */
  async discard({ accountSid, sid, media }: NewMessage): Promise<void> {
    if (media.length > 0) await this.media.discard(accountSid, sid);
  }

  private async check(account: Account, fields: FormFields): Promise<AllowedMessage | Refusal> {
    const parsed = parseCreateMessage(fields);
    if (parsed.kind === 'refused') return parsed;
    const { request } = parsed;
    const body = bodyToSend(request.body, account.type, this.config.TRIAL_BODY_PREFIX);
    if (body === null) return refused(errorEnvelope('bodyTooLong'));
    const senderError = await this.checkSender.check(account, request);
    if (senderError !== null) return refused(senderError);
    const callback = await this.chooseStatusCallback.choose(account.sid, request);
    if (callback.kind === 'refused') return callback;
    const destination = await this.checkRecipient.check(account, request);
    if (destination.kind === 'refused') return destination;
    return { kind: 'allowed', request, body, callback, imageLimits: destination.imageLimits };
  }
}
