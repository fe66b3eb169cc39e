import { Database } from '@heliograph/postgres';
import { Logger } from '@heliograph/service-host';
import { Injectable } from '@nestjs/common';
import { MediaStore, type MediaStoring } from '../messages/media-store.js';
import { ArrivalsRepository, type WaitingArrival } from './arrivals.repository.js';
import type { ReceivedMessage } from './received-message.js';
import { RecipientsRepository } from './recipients.repository.js';
import { StoreReceivedMessages } from './store-received-messages.js';

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;
/** With the delays above, about a quarter of an hour. */
const MOST_ATTEMPTS = 20;

/**
 * Has the media of an inbound message fetched from its channel and kept, and stores the message. Media that cannot be had are left out, so
 * that the customer at least gets the text.
 */
@Injectable()
export class CollectInboundMedia {
  constructor(
    private readonly database: Database,
    private readonly arrivals: ArrivalsRepository,
    private readonly recipients: RecipientsRepository,
    private readonly media: MediaStore,
    private readonly storeReceived: StoreReceivedMessages,
    private readonly logger: Logger,
  ) {}

  async collect(arrival: WaitingArrival): Promise<void> {
    const { accountSid, messageSid, data, attempt } = arrival;
    const urls = data.media.map(({ url }) => url);
    const storing = await this.media.store({ accountSid, messageSid, urls, imageLimits: null, origin: 'channel' });
    if (storing.kind === 'unavailable' && attempt < MOST_ATTEMPTS) {
      const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), LONGEST_DELAY_MS);
      return await this.arrivals.postpone(arrival, delayMs);
    }
    if (storing.kind !== 'stored') this.logger.warn({ messageSid, accountSid, storing }, 'message.media-lost');
    await this.finish(arrival, storing);
  }

  private async finish(arrival: WaitingArrival, storing: MediaStoring): Promise<void> {
    const { accountSid, data } = arrival;
    const recipient = (await this.recipients.find([data.to])).get(data.to);
    const received: ReceivedMessage = {
      ...arrival,
      numSegments: 1,
      missingSegments: 0,
      media: storing.kind === 'stored' ? storing.media : [],
      // The number may belong to somebody else by now: the message still belongs to whom it was sent.
      webhook: recipient?.accountSid === accountSid ? recipient.webhook : null,
    };
    await this.database.transaction(async (tx) => {
      if (await this.arrivals.finish(tx, arrival)) await this.storeReceived.store(tx, [received]);
    });
  }
}
