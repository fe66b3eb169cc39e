import { describe, expect, it } from '@jest/globals';
import { parseNatsUrl } from './nats-address.js';

describe('parseNatsUrl', () => {
  it('takes credentials and addresses apart', () => {
    expect(parseNatsUrl('nats://me:p%40ss@one:4333, nats://two')).toEqual({
      servers: ['one:4333', 'two:4222'],
      user: 'me',
      pass: 'p@ss',
    });
  });

  it.each(['tls://me:secret@one', 'nats://me:secret@one,tls://two', 'tls://one'])(
    'insists on encryption for %s',
    (url) => {
      expect(parseNatsUrl(url)).toMatchObject({ tls: {} });
    },
  );
});
