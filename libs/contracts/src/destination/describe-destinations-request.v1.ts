import { z } from 'zod';
import { address, imageLimits, senderType } from '../fields.js';
import { requestSubject } from '../subjects.js';

const describeDestinationsRequest = z.object({ numbers: z.array(address).min(1).max(500) });

const carrier = z.object({
  name: z.string(),
  /** ISO 3166-1 alpha-2. */
  country: z.string().length(2),
  hasMms: z.boolean(),
  /** Null where the carrier takes pictures of any size. */
  imageLimits: imageLimits.nullable(),
});

const destination = z.object({
  number: address,
  /**
   * The shortest start of the number, such as `+155`, beneath which carriers and rates make no further difference: every number that
   * starts with it has this description, until carriers or rates change. Never shorter than what decided the answer, and longer where a
   * more specific row lies beneath that: with rows `+1` and `+15005552011`, `+15558675309` has `+155`, and `+15005552012` has itself.
   * Empty where nothing distinguishes any two numbers. Where it is the whole number it stands for that number alone.
   */
  prefix: z.string(),
  /** Null where no carrier is known for the number. */
  carrier: carrier.nullable(),
  /** From which kinds of sender there is a price, for each kind of message; where there is none, nothing can be sent. */
  pricedSenders: z.object({ sms: z.array(senderType), mms: z.array(senderType) }),
});
export type DestinationDescription = z.infer<typeof destination>;

const describeDestinationsReply = z.object({ destinations: z.array(destination) });
export type DescribeDestinationsRequest = z.infer<typeof describeDestinationsRequest>;
export type DescribeDestinationsReply = z.infer<typeof describeDestinationsReply>;

/** Which carriers do these numbers belong to, and is there a price for them? One answer for each, in the same order. Answered by `dispatcher`. */
export const describeDestinations = {
  subject: requestSubject('destinations', 'describe', 1),
  request: describeDestinationsRequest,
  reply: describeDestinationsReply,
};
