import { announcedStatus, type StoredMedia } from '@heliograph/contracts';
import { countSegments, makeSid, type MessageSid } from '@heliograph/domain';
import {
  type CreateMessageRequest,
  errorEnvelope,
  type ErrorEnvelope,
  type FormFields,
  mediaErrorEnvelope,
  type MessageRecord,
  parseCreateMessage,
} from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import type { Account } from '../accounts/account.js';
import { VerifiedNumbersRepository } from '../caller-ids/verified-numbers.repository.js';
import { NumberDirectory } from '../numbers/number-directory.js';
import type { OwnedNumber } from '../numbers/owned-number.js';
import { AcceptMessages, NotAccepted } from './accept-messages.js';
import { MediaStore } from './media-store.js';

export type MessageCreation =
  | { readonly kind: 'created'; readonly message: MessageRecord }
  | { readonly kind: 'refused'; readonly error: ErrorEnvelope };

type Allowance = { readonly kind: 'allowed'; readonly sender: OwnedNumber } | Refusal;
type MediaVerdict = { readonly kind: 'stored'; readonly media: readonly StoredMedia[] } | Refusal;
type Refusal = { readonly kind: 'refused'; readonly error: ErrorEnvelope };

const refused = (error: ErrorEnvelope): Refusal => ({ kind: 'refused', error });

/** A customer asks for a message to be sent: checks everything that can be checked now, and accepts it. */
@Injectable()
export class CreateMessage {
  constructor(
    private readonly numbers: NumberDirectory,
    private readonly verifiedNumbers: VerifiedNumbersRepository,
    private readonly media: MediaStore,
    private readonly acceptMessages: AcceptMessages,
  ) {}

  /**
   * In order: the parameters by themselves, whether the account may send so, and last the media, which take a request to the
   * customer's server. Nothing is kept of a message that is refused.
   * @throws NotAccepted, Unavailable when the message could not be stored
   */
  async create(account: Account, fields: FormFields, requestId: string): Promise<MessageCreation> {
    const parsed = parseCreateMessage(fields);
    if (parsed.kind === 'refused') return parsed;
    const { request } = parsed;
    const allowance = await this.checkAllowance(account, request);
    if (allowance.kind === 'refused') return allowance;
    const sid = makeSid(request.mediaUrls.length > 0 ? 'MM' : 'SM', randomBytes(16));
    const verdict = await this.storeMedia(account, sid, request.mediaUrls);
    if (verdict.kind === 'refused') return verdict;
    const message = await this.accept(account, sid, request, allowance.sender, verdict.media, requestId);
    return { kind: 'created', message };
  }

  private async checkAllowance(account: Account, request: CreateMessageRequest): Promise<Allowance> {
    const from = request.from.address;
    const sender = await this.numbers.findOwned(account.sid, from);
    if (sender === null || !sender.canSendSms) return refused(errorEnvelope('fromNotOwned', { from }));
    if (request.mediaUrls.length > 0 && !sender.canSendMms) return refused(errorEnvelope('fromWithoutMms', { from }));
    if (account.type === 'Trial' && !(await this.verifiedNumbers.isVerified(account.sid, request.to))) {
      return refused(errorEnvelope('toUnverified', { to: request.to }));
    }
    return { kind: 'allowed', sender };
  }

  private async storeMedia(account: Account, messageSid: MessageSid, urls: readonly string[]): Promise<MediaVerdict> {
    if (urls.length === 0) return { kind: 'stored', media: [] };
    const storing = await this.media.store({
      accountSid: account.sid,
      messageSid,
      urls: [...urls],
      imageLimits: null,
    });
    if (storing.kind === 'stored') return storing;
    if (storing.kind === 'refused') return refused(mediaErrorEnvelope(storing.errorCode, storing.reason));
    // It would keep what nobody will ask for. Not awaited: the caller has waited long enough.
    if (storing.mayBeKept) void this.media.discard(account.sid, messageSid);
    return refused(errorEnvelope('serviceUnavailable'));
  }

  private async accept(
    account: Account,
    sid: MessageSid,
    request: CreateMessageRequest,
    sender: OwnedNumber,
    media: readonly StoredMedia[],
    requestId: string,
  ): Promise<MessageRecord> {
    // A message with media is one MMS, whatever the length of its body.
    const numSegments = media.length > 0 ? 1 : countSegments(request.body).count;
    const { to, body, statusCallback } = request;
    const message = {
      sid,
      accountSid: account.sid,
      from: sender.address,
      senderType: sender.type,
      to,
      body,
      statusCallback,
      statusCallbackOn: announcedStatus.options,
      maxPriceMicros: null,
      mayFallBackToSms: true,
      shortLink: null,
    };
    try {
      return await this.acceptMessages.accept({ ...message, numSegments, media, requestId });
    } catch (error) {
      const mayBeStored = error instanceof NotAccepted && !error.isCertain;
      if (media.length > 0 && !mayBeStored) await this.media.discard(account.sid, sid);
      throw error;
    }
  }
}
