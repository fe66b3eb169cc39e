import { randomBytes, randomUUID } from 'node:crypto';
import { submitTask, type OutgoingMessage, type SubmitTaskData } from '@heliograph/contracts';
import { makeSid } from '@heliograph/domain';
import { CHANNEL } from '../channel.js';

export const accountSid = makeSid('AC', new Uint8Array(16).fill(7));

/** A task for the carrier, and its data. */
export type TestTask = OutgoingMessage & { readonly data: SubmitTaskData };

/** Valid as it is; name only what the test is about. */
export function aSubmitTask(given: Partial<SubmitTaskData> = {}): TestTask {
  const data = { ...someData(), ...given };
  return compose(`task-${data.submissionId}`, data);
}

/** The same task under another envelope, as the dispatcher drives it again. */
export const drivenAgain = ({ data }: TestTask): TestTask => compose(`again-${randomUUID()}`, data);

const someData = (): SubmitTaskData => ({
  submissionId: randomUUID(),
  messageSid: makeSid('SM', randomBytes(16)),
  attempt: 1,
  kind: 'sms',
  to: '+15558675309',
  from: '+14158141829',
  senderType: 'long-code',
  body: 'Jenny, call me back',
  encoding: 'gsm7',
  numSegments: 1,
  media: [],
});

function compose(id: string, data: SubmitTaskData): TestTask {
  const fields = {
    id,
    occurredAt: new Date().toISOString(),
    accountSid,
    correlationId: `correlation-${data.messageSid}`,
    causationId: null,
  };
  return { ...submitTask.compose(submitTask.subject(CHANNEL), fields, data), data };
}
