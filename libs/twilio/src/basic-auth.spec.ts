import { describe, expect, it } from '@jest/globals';
import { parseBasicAuth } from './basic-auth.js';

const encoded = (text: string | Uint8Array) => Buffer.from(text).toString('base64');

describe('parseBasicAuth', () => {
  it.each([
    [`Basic ${encoded('AC1:secret')}`, 'AC1', 'secret'],
    [`basic  ${encoded('AC1:a:b')}`, 'AC1', 'a:b'],
    [`BASIC ${encoded(':')}`, '', ''],
    [`Basic ${encoded('jürgen:pä😀')}`, 'jürgen', 'pä😀'],
  ])('reads %s', (header, username, password) => {
    expect(parseBasicAuth(header)).toEqual({ username, password });
  });

  it.each([
    undefined,
    '',
    'Basic',
    'Basic ',
    'Bearer QUMxOnNlY3JldA==',
    'Basic !!!!',
    'Basic QUMxOnNlY3JldA',
    'Basic QUMxOnNlY3JldA== x',
    'Basic QUMx=nNl',
    `Basic ${encoded('no colon')}`,
    `Basic ${encoded(Uint8Array.of(0x41, 0x3a, 0xff, 0xfe))}`,
  ])('refuses %j', (header) => expect(parseBasicAuth(header)).toBeNull());
});
