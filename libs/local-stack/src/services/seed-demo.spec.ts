import { describe, expect, it } from '@jest/globals';
import { readDemoAccounts } from './seed-demo.js';

describe('reading what the seed printed', () => {
  it('takes the JSON line from among others', () => {
    const account = { sid: 'AC1', authToken: 't', type: 'Full', phoneNumbers: ['+14158141829'], shortCodes: [] };
    expect(readDemoAccounts(`applying migrations\n${JSON.stringify({ accounts: [account] })}\n`)).toEqual([account]);
  });

  it.each(['', 'nothing to do\n', '{"accounts":[]}\n'])('refuses output without accounts: %j', (stdout) => {
    expect(() => readDemoAccounts(stdout)).toThrow('printed no accounts');
  });
});
