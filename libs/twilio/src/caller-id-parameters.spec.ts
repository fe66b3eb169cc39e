import { describe, expect, it } from '@jest/globals';
import { parseCallerIdRequest } from './caller-id-parameters.js';
import type { FormFields } from './form-fields.js';

describe('parseCallerIdRequest', () => {
  it.each<[FormFields, string, string]>([
    [{ PhoneNumber: '+15558675309' }, '+15558675309', '(555) 867-5309'],
    [{ PhoneNumber: '+447700900123', FriendlyName: '' }, '+447700900123', '+447700900123'],
    [{ PhoneNumber: '+15558675309', FriendlyName: 'Jenny' }, '+15558675309', 'Jenny'],
    [
      {
        PhoneNumber: '+15558675309',
        FriendlyName: 'x'.repeat(64),
        CallDelay: '60',
        Extension: '123',
        StatusCallback: 'https://example.com/verified',
        StatusCallbackMethod: 'GET',
      },
      '+15558675309',
      'x'.repeat(64),
    ],
  ])('takes %j', (fields, phoneNumber, friendlyName) => {
    expect(parseCallerIdRequest(fields)).toEqual({ kind: 'valid', request: { phoneNumber, friendlyName } });
  });

  it.each<[FormFields, number]>([
    [{}, 21401],
    [{ PhoneNumber: '' }, 21401],
    [{ PhoneNumber: '15558675309' }, 21401],
    [{ PhoneNumber: 'Jenny' }, 21401],
    [{ PhoneNumber: '70707' }, 21401],
    [{ FriendlyName: 'x'.repeat(65) }, 20002],
    [{ CallDelay: '61' }, 21454],
    [{ CallDelay: '-1' }, 21454],
    [{ CallDelay: '1.5' }, 21454],
    [{ CallDelay: 'soon' }, 21454],
    [{ StatusCallback: 'nowhere' }, 21456],
    [{ StatusCallback: 'https://an_underscore.example.com/' }, 21456],
    [{ StatusCallbackMethod: 'PUT' }, 21403],
  ])('refuses %j with %i', (fields, code) => {
    const complete = 'PhoneNumber' in fields || code === 21401 ? fields : { PhoneNumber: '+15558675309', ...fields };
    expect(parseCallerIdRequest(complete)).toMatchObject({ kind: 'refused', error: { code } });
  });
});
