import { describeDestinations, type DescribeDestinationsReply } from '@heliograph/contracts';
import { Controller } from '@nestjs/common';
import { MessagePattern, Payload, Transport } from '@nestjs/microservices';
import { CurrentCarriers } from '../carriers/current-carriers.js';
import { CurrentRateDeck } from '../pricing/current-rate-deck.js';
import { describeDestination } from './describe-destination.js';

/** Answers what other services ask about numbers. A request that breaks the contract is an error. */
@Controller()
export class DestinationRequestsController {
  constructor(
    private readonly carriers: CurrentCarriers,
    private readonly rateDeck: CurrentRateDeck,
  ) {}

  @MessagePattern(describeDestinations.subject, Transport.NATS)
  async describe(@Payload() payload: unknown): Promise<DescribeDestinationsReply> {
    const { numbers } = describeDestinations.request.parse(payload);
    const nowMs = Date.now();
    const [carriers, deck] = await Promise.all([this.carriers.get(), this.rateDeck.get(nowMs)]);
    return { destinations: numbers.map((number) => describeDestination(number, { carriers, deck, nowMs })) };
  }
}
