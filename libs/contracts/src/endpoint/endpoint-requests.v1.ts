import { z } from 'zod';
import { accountSid, endpointSid, instant } from '../fields.js';
import { requestSubject } from '../subjects.js';

/** Where callbacks of an account go, while it fails: endpoints that answer are not kept. */
const endpoint = z.object({
  sid: endpointSid,
  /** Host, and port where it is not the scheme's own. */
  host: z.string().min(1),
  state: z.enum(['failing', 'paused', 'resuming']),
  /** The first failure that no success followed; null once it was resumed. */
  failingSince: instant.nullable(),
  /** How many attempts have failed since. */
  failureCount: z.number().int().nonnegative(),
  lastError: z.string().nullable(),
  pausedAt: instant.nullable(),
  /** Why it is paused, in words. */
  reason: z.string().nullable(),
  /** When one of its callbacks is tried next, while it is paused. */
  nextProbeAt: instant.nullable(),
});
export type Endpoint = z.infer<typeof endpoint>;

const listEndpointsRequest = z.object({ accountSid });
const listEndpointsReply = z.object({ endpoints: z.array(endpoint) });
export type ListEndpointsRequest = z.infer<typeof listEndpointsRequest>;
export type ListEndpointsReply = z.infer<typeof listEndpointsReply>;

/** Which of the account's endpoints fail? The longest failing first, at most 1,000. Answered by `callbacks`. */
export const listEndpoints = {
  subject: requestSubject('endpoints', 'list', 1),
  request: listEndpointsRequest,
  reply: listEndpointsReply,
};

const resumeEndpointRequest = z.object({ accountSid, endpointSid });
const resumeEndpointReply = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('resumed'), endpoint }),
  /** It fails, and is not paused. */
  z.object({ kind: z.literal('not-paused'), endpoint }),
  z.object({ kind: z.literal('unknown') }),
]);
export type ResumeEndpointRequest = z.infer<typeof resumeEndpointRequest>;
export type ResumeEndpointReply = z.infer<typeof resumeEndpointReply>;

/** Let the callbacks of a paused endpoint go out again. Answered by `callbacks`. */
export const resumeEndpoint = {
  subject: requestSubject('endpoint', 'resume', 1),
  request: resumeEndpointRequest,
  reply: resumeEndpointReply,
};
