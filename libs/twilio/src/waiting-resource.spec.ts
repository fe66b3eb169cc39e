import { describe, expect, it } from '@jest/globals';
import { waitingResource, type WaitingRecord } from './waiting-resource.js';

const [accountSid, messageSid] = [`AC${'0'.repeat(32)}`, `SM${'1'.repeat(32)}`];
const aRecord = (record: Partial<WaitingRecord> = {}): WaitingRecord => ({
  ...({ accountSid, messageSid } as Pick<WaitingRecord, 'accountSid' | 'messageSid'>),
  status: 'queued',
  dateCreated: new Date('2026-03-02T09:15:01.999Z'),
  reason: 'lane_pace',
  place: {
    position: 3,
    isPositionExact: true,
    estimatedSendTime: new Date('2026-03-02T09:15:05.001Z'),
    dateExpires: new Date('2026-03-02T19:15:01.999Z'),
  },
  ...record,
});

describe('waitingResource', () => {
  it("is JSON in Twilio's style, with a time that is never too early", () => {
    expect(waitingResource(aRecord())).toEqual({
      message_sid: messageSid,
      account_sid: accountSid,
      status: 'queued',
      reason: 'lane_pace',
      position: 3,
      position_is_exact: true,
      estimated_send_time: 'Mon, 02 Mar 2026 09:15:06 +0000',
      explanation:
        'The turn of its sender has not come: it sends no faster than its pace allows. 3 messages of its sender go before it.',
      date_created: 'Mon, 02 Mar 2026 09:15:01 +0000',
      date_expires: 'Mon, 02 Mar 2026 19:15:01 +0000',
      uri: `/2010-04-01/Accounts/${accountSid}/Messages/${messageSid}/Waiting.json`,
    });
  });

  it.each([
    [0, true, 'once that is over.'],
    [1, true, 'once that is over. 1 message of its sender goes before it.'],
    [100_000, false, 'once that is over. At least 100000 messages of its sender go before it.'],
  ])('says that %i go before it (exactly: %s)', (position, isPositionExact, ending) => {
    const place = { ...aRecord().place!, position, isPositionExact, estimatedSendTime: null };
    const resource = waitingResource(aRecord({ reason: 'channel_down', place }));
    expect(resource).toMatchObject({ position, position_is_exact: isPositionExact, estimated_send_time: null });
    expect(resource.explanation.endsWith(ending)).toBe(true);
  });

  it('has no place where the message stands in no queue', () => {
    expect(waitingResource(aRecord({ status: 'delivered', reason: null, place: null }))).toMatchObject({
      status: 'delivered',
      reason: null,
      position: null,
      position_is_exact: null,
      estimated_send_time: null,
      date_expires: null,
      explanation: 'It does not wait: its status is delivered.',
    });
  });
});
