import type { messageStatusChanged } from '@heliograph/contracts';
import { Database } from '@heliograph/postgres';
import { statusCallbackParameters } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import type { Delivery } from './delivery.js';
import { DeliveryLoop } from './delivery-loop.js';
import { DeliveriesRepository } from './deliveries.repository.js';

export type StatusEvent = ReturnType<typeof messageStatusChanged.decode>;

/** Notes what customers are to be told of: a delivery for every change of status that has a StatusCallback, each once. */
@Injectable()
export class QueueDeliveries {
  constructor(
    private readonly database: Database,
    private readonly deliveries: DeliveriesRepository,
    private readonly loop: DeliveryLoop,
  ) {}

  async queue(events: readonly StatusEvent[]): Promise<void> {
    const deliveries = events.flatMap(toDelivery);
    if (deliveries.length === 0) return;
    await this.database.transaction((tx) => this.deliveries.add(tx, deliveries));
    this.loop.wake();
  }
}

function toDelivery({ accountSid, data }: StatusEvent): Delivery[] {
  const { messageSid, sequence, status, statusCallback: url, statusCallbackOn } = data;
  if (url === null || !statusCallbackOn.includes(status)) return [];
  const parameters = statusCallbackParameters({ ...data, accountSid });
  const host = URL.canParse(url) ? new URL(url).host : '';
  return [{ messageSid, sequence, accountSid, status, url, host, parameters }];
}
