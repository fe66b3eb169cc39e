import { describe, expect, it } from '@jest/globals';
import { statusCallbackParameters } from './status-callback-parameters.js';

const delivered = {
  messageSid: 'SM1',
  accountSid: 'AC1',
  status: 'delivered',
  to: '+15558675309',
  from: '+14158141829',
  errorCode: null,
};

describe('statusCallbackParameters', () => {
  it('are in the order of captured requests', () => {
    expect(new URLSearchParams(statusCallbackParameters(delivered).map(([...pair]) => pair)).toString()).toBe(
      'SmsSid=SM1&SmsStatus=delivered&MessageStatus=delivered&To=%2B15558675309&MessageSid=SM1&AccountSid=AC1' +
        '&From=%2B14158141829&ApiVersion=2010-04-01',
    );
  });

  it('have an ErrorCode only where there is one', () => {
    const failed = statusCallbackParameters({ ...delivered, status: 'failed', errorCode: 30003 });
    expect(failed.at(-1)).toEqual(['ErrorCode', '30003']);
    expect(statusCallbackParameters(delivered).map(([name]) => name)).not.toContain('ErrorCode');
  });
});
