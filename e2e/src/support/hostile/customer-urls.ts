import type { World } from './world.js';

const FETCH_FAILED = '400/11200';
const NOT_CONNECTED = '400/11205';
const HOST_UNKNOWN = '400/11210';
const WRONG_TYPE = '400/12300';
const TOO_LARGE = '400/11751';
const REFUSED = '400/21620';

/** Paths that the file server must answer with a picture. */
export const PICTURE_PATHS = ['/heart.png', '/heart%20with%20space.png', '/heart.png?a=b&c=%26', '/to-heart'];

const NO_URLS = [
  'heart.png',
  '/heart.png',
  '//127.0.0.1/heart.png',
  'http:',
  'http://',
  'http:///heart.png',
  'https://?',
  'http://#',
  'http:\\\\127.0.0.1\\heart.png',
  'http://[::1',
  'http://[::g]/',
  'http://127.0.0.1:99999/',
  'http://127.0.0.1:port/',
  'http://exa mple.invalid/',
  'http://%00/',
  'http://a..b.invalid/',
  'http://-/',
  'http://.',
  'http://256.256.256.256/',
  'ftp://127.0.0.1/heart.png',
  'file:///etc/passwd',
  'gopher://127.0.0.1:70/_',
  'data:image/png;base64,iVBORw0KGgo=',
  'javascript:alert(1)',
  'dict://127.0.0.1:11211/stats',
  'blob:http://127.0.0.1/x',
  ' http://127.0.0.1/heart.png',
  'http://127.0.0.1/heart.png\n',
  'ht\ttp://127.0.0.1/',
  'null',
  'undefined',
  '{}',
  '\u202ehttp://127.0.0.1/',
  `http://${'a'.repeat(300)}.invalid/`,
];

/** Nobody has laid down how long one may be. */
const LONG_URL = `http://127.0.0.1:9/${'a'.repeat(9_000)}`;

/** Each names an address that is not public; the last ones only in another notation. */
const INSIDE_HOSTS = [
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '255.255.255.255',
  '224.0.0.1',
  '192.0.2.1',
  '[::]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[fe80::1]',
  '[ff02::1]',
  '[::ffff:10.0.0.1]',
  '[::ffff:a9fe:a9fe]',
  '[64:ff9b::10.0.0.1]',
  '[2002:0a00:0001::1]',
  '0x0a000001',
  '167772161',
  '012.0.0.1',
  '0xa9.0xfe.0xa9.0xfe',
  '10.1',
  '1０.0.0.1',
  '①⑥⑨.254.169.254',
];

/**
 * @param files where the pictures are served, on 127.0.0.1
 * @param callbacks where status callbacks are heard, on 127.0.0.1
 * @param trap a server that no request may ever reach: its address is inside and not allowed
 */
export function knownUrls(files: string, callbacks: string, trap: string): Pick<World, 'mediaUrls' | 'callbackUrls'> {
  const port = new URL(files).port;
  const inside = [
    ...INSIDE_HOSTS.map((host) => `http://${host}/heart.png`),
    `${trap}/heart.png`,
    trap.replace('//', '//user:secret@'),
  ];
  const withCredentials = files.replace('//', '//user:p%40ss%3Aword@');
  const mediaUrls: World['mediaUrls'] = new Map([
    ...PICTURE_PATHS.map((path) => [`${files}${path}`, []] as const),
    [`${withCredentials}/heart.png`, []],
    [`${files}/heart.png#fragment`, []],
    [`HTTP://127.0.0.1:${port}/heart.png`, []],
    [`http://127.1:${port}/heart.png`, []],
    [`http://2130706433:${port}/heart.png`, []],
    [`${files}/missing.png`, [FETCH_FAILED]],
    [`${files}/text.png`, [WRONG_TYPE]],
    [`${files}/no-type`, [WRONG_TYPE]],
    [`${files}/program`, [WRONG_TYPE]],
    [`${files}/bad-type`, [WRONG_TYPE]],
    [`${files}/empty`, [WRONG_TYPE, FETCH_FAILED]],
    [`${files}/broken-off`, [FETCH_FAILED]],
    [`${files}/too-large`, [TOO_LARGE]],
    [`${files}/to-trap`, [REFUSED]],
    [`${files}/to-itself`, ['400/11215']],
    ['http://127.0.0.1:9/heart.png', [NOT_CONNECTED, FETCH_FAILED]],
    ['http://no-such-host.invalid/heart.png', [HOST_UNKNOWN, NOT_CONNECTED]],
    [LONG_URL, [REFUSED, NOT_CONNECTED]],
    ...NO_URLS.map((url) => [url, [REFUSED]] as const),
    ...inside.map((url) => [url, [REFUSED]] as const),
  ] as [string, `${number}/${number}`[]][]);
  const callbackUrls: World['callbackUrls'] = new Map([
    [callbacks, 'fine'],
    [`${callbacks}?tenant=7&q=%20`, 'fine'],
    [callbacks.replace('//', '//user:p%40ss@'), 'fine'],
    ['http://127.0.0.1:9/status', 'fine'],
    ['http://under_score.invalid/status', 'refused'],
    ...NO_URLS.map((url) => [url, 'refused'] as const),
    ...[LONG_URL, ...inside].map((url) => [url, 'open'] as const),
  ]);
  return { mediaUrls, callbackUrls };
}

/** All that a MediaUrl may be refused with that nobody knows. */
export const ANY_MEDIA_REFUSAL = [FETCH_FAILED, NOT_CONNECTED, HOST_UNKNOWN, '400/11220', WRONG_TYPE, REFUSED] as const;
