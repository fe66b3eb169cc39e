import { describe, expect, it } from '@jest/globals';
import { mediaResource } from './media-resource.js';

describe('mediaResource', () => {
  it("is Twilio's JSON", () => {
    const [accountSid, messageSid, sid] = [`AC${'0'.repeat(32)}`, `MM${'1'.repeat(32)}`, `ME${'2'.repeat(32)}`];
    const record = { sid, accountSid, messageSid, contentType: 'image/jpeg', dateCreated: new Date(1772442901999) };
    expect(mediaResource(record as never)).toEqual({
      sid,
      account_sid: accountSid,
      parent_sid: messageSid,
      content_type: 'image/jpeg',
      date_created: 'Mon, 02 Mar 2026 09:15:01 +0000',
      date_updated: 'Mon, 02 Mar 2026 09:15:01 +0000',
      uri: `/2010-04-01/Accounts/${accountSid}/Messages/${messageSid}/Media/${sid}.json`,
    });
  });
});
