import type { ImageLimits } from '@heliograph/contracts';
import { countSegments, makeSid } from '@heliograph/domain';
import { CONFIG } from '@heliograph/service-host';
import {
  type CreateMessageRequest,
  errorEnvelope,
  type FormFields,
  type MessageRecord,
  parseCreateMessage,
  type Refusal,
  refused,
} from '@heliograph/twilio';
import { Inject, Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import type { Account } from '../accounts/account.js';
import type { ApiConfig } from '../config.js';
import { AcceptMessages, NotAccepted } from './accept-messages.js';
import { bodyToSend } from './body-to-send.js';
import { CheckRecipient } from './check-recipient.js';
import { CheckSender } from './check-sender.js';
import { ChooseStatusCallback, type StatusCallback } from './choose-status-callback.js';
import type { NewMessage } from './new-message.js';
import { StoreMessageMedia } from './store-message-media.js';

export type MessageCreation = { readonly kind: 'created'; readonly message: MessageRecord } | Refusal;

/** A request that is in order, and what follows from who and what it is about. */
interface AllowedMessage {
  readonly kind: 'allowed';
  readonly request: CreateMessageRequest;
  readonly body: string;
  readonly callback: StatusCallback;
  readonly imageLimits: ImageLimits | null;
}

/** A customer asks for a message to be sent: checks everything that can be checked now, and accepts it. */
@Injectable()
export class CreateMessage {
  constructor(
    @Inject(CONFIG) private readonly config: ApiConfig,
    private readonly checkSender: CheckSender,
    private readonly chooseStatusCallback: ChooseStatusCallback,
    private readonly checkRecipient: CheckRecipient,
    private readonly media: StoreMessageMedia,
    private readonly acceptMessages: AcceptMessages,
  ) {}

  /**
   * In order: the parameters by themselves, whether the account may send so, whether it can be sent there, and last the media, which take
   * a request to the customer's server. Nothing is kept of a message that is refused.
   * @throws NotAccepted, Unavailable when the message could not be stored
   */
  async create(account: Account, fields: FormFields, requestId: string): Promise<MessageCreation> {
    const allowed = await this.check(account, fields);
    if (allowed.kind === 'refused') return allowed;
    const { request, body, callback, imageLimits } = allowed;
    const sid = makeSid(request.mediaUrls.length > 0 ? 'MM' : 'SM', randomBytes(16));
    const named = { accountSid: account.sid, messageSid: sid };
    const stored = await this.media.storeAll({ ...named, urls: request.mediaUrls, imageLimits });
    if (stored.kind === 'refused') return stored;
    const message = await this.accept({
      sid,
      accountSid: account.sid,
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
      requestId,
    });
    return { kind: 'created', message };
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

  private async accept(message: NewMessage): Promise<MessageRecord> {
    try {
      return await this.acceptMessages.accept(message);
    } catch (error) {
      const mayBeStored = error instanceof NotAccepted && !error.isCertain;
      if (message.media.length > 0 && !mayBeStored) await this.media.discard(message.accountSid, message.sid);
      throw error;
    }
  }
}
