import type { ExplainWaitingReply, WaitingReason } from '@heliograph/contracts';
import type { AccountSid, MessageSid } from '@heliograph/domain';
import type { MessageRecord, WaitingRecord, WaitingWord } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { MessagesRepository } from '../messages/messages.repository.js';
import { WaitingSource } from './waiting-source.js';

const WORDS: Readonly<Record<WaitingReason, WaitingWord>> = {
  'channel-down': 'channel_down',
  'lane-pace': 'lane_pace',
  'awaiting-answer': 'awaiting_answer',
  'channel-ceiling': 'channel_ceiling',
  due: 'due',
};

/** A customer wants to know why a message has not been sent yet. */
@Injectable()
export class ReadWaiting {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly source: WaitingSource,
  ) {}

  /** Null where the account has no such message. Asks nobody about one that is past waiting. @throws Unavailable */
  async read(accountSid: AccountSid, messageSid: MessageSid): Promise<WaitingRecord | null> {
    const message = await this.messages.find(accountSid, messageSid);
    if (message === null) return null;
    if (message.status !== 'queued') return { ...toldOf(message), reason: null };
    return recordOf(message, await this.source.explain(accountSid, messageSid));
  }
}

const toldOf = ({ sid, accountSid, status, dateCreated }: MessageRecord): Omit<WaitingRecord, 'reason'> => ({
  messageSid: sid,
  accountSid,
  status,
  dateCreated,
  place: null,
});

/** A status that the dispatcher has announced may not have come here yet: its word is the newer one. */
function recordOf(message: MessageRecord, reply: ExplainWaitingReply): WaitingRecord {
  const told = toldOf(message);
  if (reply.kind === 'not-waiting') return { ...told, status: reply.status, reason: null };
  if (reply.kind === 'unknown') return { ...told, reason: 'accepted' };
  if (reply.kind === 'with-channel') return { ...told, reason: 'with_channel' };
  const { reason, position, isPositionExact, estimatedSendAt, expiresAt } = reply;
  const estimatedSendTime = estimatedSendAt === null ? null : new Date(estimatedSendAt);
  const place = { position, isPositionExact, estimatedSendTime, dateExpires: new Date(expiresAt) };
  return { ...told, reason: WORDS[reason], place };
}
