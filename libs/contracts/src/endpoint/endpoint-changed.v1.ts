import { z } from 'zod';
import { defineMessage } from '../envelope.js';
import { endpointSid, instant } from '../fields.js';
import { anyEventSubject, eventSubject } from '../subjects.js';

const endpointPausedData = z.object({
  endpointSid,
  /** Host, and port where it is not the scheme's own. */
  host: z.string().min(1),
  /** The first failure that no success followed. */
  failingSince: instant,
  /** In words for the customer. */
  reason: z.string(),
});
export type EndpointPausedData = z.infer<typeof endpointPausedData>;

const endpointResumedData = z.object({
  endpointSid,
  host: z.string().min(1),
  pausedAt: instant,
  /** `success`: it answered an attempt. `request`: the customer or the operator wanted it. */
  cause: z.enum(['success', 'request']),
});
export type EndpointResumedData = z.infer<typeof endpointResumedData>;

/** An endpoint of an account has failed for too long: its callbacks wait. Producer: `callbacks`. */
export const endpointPaused = {
  ...defineMessage('endpoint.paused.v1', endpointPausedData),
  subject: (accountSid: string) => eventSubject('endpoint', 'paused', 1, accountSid),
  anySubject: anyEventSubject('endpoint', 'paused', 1),
};

/** The callbacks of an endpoint go out again. Producer: `callbacks`. */
export const endpointResumed = {
  ...defineMessage('endpoint.resumed.v1', endpointResumedData),
  subject: (accountSid: string) => eventSubject('endpoint', 'resumed', 1, accountSid),
  anySubject: anyEventSubject('endpoint', 'resumed', 1),
};
