import { describe, expect, it } from '@jest/globals';
import { deliveryErrorTitle } from './delivery-errors.js';
import { errorCatalogue, errorEnvelope, mediaErrorEnvelope } from './error-catalogue.js';

describe('errorEnvelope', () => {
  it('is what Twilio answers', () => {
    expect(errorEnvelope('toInvalid', { to: '123' })).toEqual({
      code: 21211,
      message: "The 'To' number 123 is not a valid phone number.",
      more_info: 'https://www.twilio.com/docs/errors/21211',
      status: 400,
    });
  });

  it('has a detail for failed authentication only', () => {
    expect(errorEnvelope('authenticationFailed')).toEqual({
      code: 20003,
      message: 'Authenticate',
      more_info: 'https://www.twilio.com/docs/errors/20003',
      status: 401,
      detail: 'Your AccountSid or AuthToken was incorrect.',
    });
    expect(errorEnvelope('notFound', { path: '/x.json' })).not.toHaveProperty('detail');
  });

  it('takes values as they are, also ones that look like a placeholder or a replacement pattern', () => {
    const { message } = errorEnvelope('pairNotRoutable', { to: '{from}', from: '$&', kind: 'SMS' });
    expect(message).toBe(
      "The 'To' phone number: {from}, is not currently reachable using the 'From' phone number: $& via SMS.",
    );
  });

  it.each([
    ['authenticationFailed', 20003, 401],
    ['methodNotAllowed', 20004, 405],
    ['pageSizeTooLarge', 20007, 400],
    ['notFound', 20404, 404],
    ['requestTooLarge', 20413, 413],
    ['unreadableRequest', 20422, 400],
    ['tooManyRequests', 20429, 429],
    ['internalError', 20500, 500],
    ['serviceUnavailable', 20503, 503],
    ['invalidPageToken', 21481, 400],
    ['contentMissing', 21602, 400],
    ['fromMissing', 21603, 400],
    ['toMissing', 21604, 400],
    ['fromNotOwned', 21606, 400],
    ['toUnverified', 21608, 400],
    ['statusCallbackInvalid', 21609, 400],
    ['bodyTooLong', 21617, 400],
    ['mediaUrlInvalid', 21620, 400],
    ['tooManyMedia', 21623, 400],
    ['validityPeriodInvalid', 21624, 400],
    ['schedulingNotSupported', 35118, 400],
  ] as const)('%s is %i with HTTP %i', (name, code, status) => {
    expect(errorCatalogue[name]).toMatchObject({ code, status });
  });
});

describe('mediaErrorEnvelope', () => {
  it('gives the reason with the title of the code', () => {
    expect(mediaErrorEnvelope(12300, 'a $& text called image/png')).toMatchObject({
      code: 12300,
      status: 400,
      message: 'Invalid Content-Type: a $& text called image/png',
    });
    expect(mediaErrorEnvelope(11237, 'no path to certificate')).toMatchObject({
      code: 11237,
      status: 400,
      message: 'no path to certificate',
      more_info: 'https://www.twilio.com/docs/errors/11237',
    });
  });
});

describe('deliveryErrorTitle', () => {
  it('knows every code that a message can end with', () => {
    expect(deliveryErrorTitle(30003)).toBe('Unreachable destination handset');
    const codes = [11200, 11205, 11210, 11215, 11220, 11751, 12300, 14107, 21408, 30010, 30011, 30036];
    for (const code of [...codes, ...Array.from({ length: 11 }, (_, index) => 30001 + index)]) {
      expect(deliveryErrorTitle(code)).toMatch(/\w/);
    }
    expect(deliveryErrorTitle(1)).toBeNull();
  });
});
