import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import twilio from 'twilio';
import { parseTwiml, type TwimlMessage, type TwimlParse } from './parse-twiml.js';

const { MessagingResponse } = twilio.twiml;
const HERE = 'https://customer.example/app/reply?tenant=7';
const parse = (text: string) => parseTwiml(text, HERE);
const verbsOf = (parsed: TwimlParse) => (parsed.kind === 'document' ? parsed.verbs : parsed);
const codesOf = (parsed: TwimlParse) =>
  parsed.kind === 'document' ? parsed.warnings.map(({ errorCode }) => errorCode) : parsed.errorCode;
const aMessage = (given: Partial<TwimlMessage>): TwimlMessage => ({
  kind: 'message',
  to: null,
  from: null,
  body: '',
  mediaUrls: [],
  action: null,
  method: 'POST',
  statusCallback: null,
  ...given,
});

describe('what the official builder makes', () => {
  it('is a message with text', () => {
    const response = new MessagingResponse();
    response.message('Jenny, I got your number <3 & "more"');
    expect(parse(response.toString())).toEqual({
      kind: 'document',
      verbs: [aMessage({ body: 'Jenny, I got your number <3 & "more"' })],
      warnings: [],
    });
  });

  it('is a message with everything that it may have', () => {
    const response = new MessagingResponse();
    const attributes = { to: '+15558675309', from: '+14158141829', action: '/sent', method: 'GET' };
    const message = response.message({ ...attributes, statusCallback: 'status#rc=2' }, '');
    message.body('Store: 123 ');
    message.body('Easy St.');
    message.media('https://demo.example/owl.png');
    message.media('https://demo.example/cat.png');
    expect(verbsOf(parse(response.toString()))).toEqual([
      aMessage({
        to: '+15558675309',
        from: '+14158141829',
        body: 'Store: 123 Easy St.',
        mediaUrls: ['https://demo.example/owl.png', 'https://demo.example/cat.png'],
        action: 'https://customer.example/sent',
        method: 'GET',
        statusCallback: 'https://customer.example/app/status#rc=2',
      }),
    ]);
  });

  it('is several messages, and a redirect that ends the document', () => {
    const response = new MessagingResponse();
    response.message('one');
    response.message('two');
    response.redirect({ method: 'GET' }, '../next?x=1&y=2');
    response.message('never');
    expect(verbsOf(parse(response.toString()))).toEqual([
      aMessage({ body: 'one' }),
      aMessage({ body: 'two' }),
      { kind: 'redirect', url: 'https://customer.example/next?x=1&y=2', method: 'GET' },
    ]);
  });

  it('is nothing at all', () => {
    expect(verbsOf(parse(new MessagingResponse().toString()))).toEqual([]);
  });

  it('comes out as it went in, whatever the text', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 200 }).filter(isXmlText);
    const url = fc.webUrl({ withQueryParameters: true, withFragments: true });
    fc.assert(
      fc.property(
        fc.array(fc.record({ text, media: fc.array(url, { maxLength: 3 }) }), { maxLength: 4 }),
        (messages) => {
          const response = new MessagingResponse();
          for (const { text, media } of messages) {
            const message = response.message({}, '');
            message.body(text);
            for (const url of media) message.media(url);
          }
          const expected = messages.map(({ text, media }) =>
            aMessage({ body: asXmlReads(text).trim(), mediaUrls: media }),
          );
          expect(parse(response.toString())).toEqual({ kind: 'document', verbs: expected, warnings: [] });
        },
      ),
    );
  });
});

/** XML 1.0 2.2 knows no other control characters; the builder does not write carriage returns as references. */
const isXmlText = (text: string): boolean =>
  !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text) && !/\p{Surrogate}/u.test(text);

/** XML 1.0 2.11: line ends become line feeds. */
const asXmlReads = (text: string): string => text.replaceAll(/\r\n?/g, '\n');

describe('a document written by hand', () => {
  it.each([
    ['layout around text', '<Response>\n  <Message>\n    Hello\n  </Message>\n</Response>', 'Hello'],
    ['comments and CDATA', '<Response><!-- x --><Message>a<!-- y --><![CDATA[<b>&]]></Message></Response>', 'a<b>&'],
    ['characters by number', '<Response><Message>&#x1F600;&#65;&lt;</Message></Response>', '😀A<'],
    ['layout between Bodies', '<Response><Message>\n <Body>a</Body>\n <Body>b</Body>\n</Message></Response>', 'ab'],
    ['text beside Media', '<Response><Message>Hi<Media>http://x.test/</Media></Message></Response>', 'Hi'],
    ['a byte order mark', '\uFEFF<?xml version="1.0"?><Response><Message>Hi</Message></Response>', 'Hi'],
    ['the verb of old', '<Response><Sms>Hi</Sms></Response>', 'Hi'],
    ['a default namespace', '<Response xmlns="urn:x" xml:lang="en"><Message>Hi</Message></Response>', 'Hi'],
  ])('may have %s', (_, text, body) => {
    const parsed = parse(text);
    expect([verbsOf(parsed), codesOf(parsed)]).toMatchObject([[{ kind: 'message', body }], []]);
  });

  it.each([
    ['an unclosed element', '<Response><Message>Hi</Response>', 12_100],
    ['an ampersand by itself', '<Response><Message>you & me</Message></Response>', 12_100],
    ['an attribute without quotes', '<Response><Message to=1>x</Message></Response>', 12_100],
    ['an attribute twice', '<Response><Message to="1" to="2">x</Message></Response>', 12_100],
    ['white space before the declaration', '\n<?xml version="1.0"?><Response/>', 12_100],
    ['two roots', '<Response/><Response/>', 12_100],
    ['text after the root', '<Response/>Hi', 12_100],
    ['no XML', 'Hello', 12_100],
    ['nothing but a declaration', '<?xml version="1.0"?>', 12_100],
    ['a control character', '<Response><Message>\u0001</Message></Response>', 12_100],
    ['an unknown entity', '<Response><Message>&nbsp;</Message></Response>', 12_100],
    ['a DOCTYPE', '<!DOCTYPE Response><Response/>', 12_100],
    ['HTML', '<!DOCTYPE html><html><body>Oops</body></html>', 12_100],
    [
      'an external entity',
      '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><Response><Message>&x;</Message></Response>',
      12_100,
    ],
    ['another version', '<?xml version="2.0"?><Response/>', 12_101],
    ['version 1.1', "<?xml version='1.1' encoding='UTF-8'?><Response/>", 12_101],
    ['another root', '<response><Message>x</Message></response>', 12_102],
    ['a root of HTML', '<html/>', 12_102],
  ])('with %s cannot be run', (_, text, errorCode) => {
    expect(parse(text)).toMatchObject({ kind: 'unusable', errorCode });
  });

  it('with an entity bomb is refused before anything is expanded', () => {
    const levels = Array.from({ length: 9 }, (_, level) => `<!ENTITY e${level + 1} "${`&e${level};`.repeat(10)}">`);
    const bomb = `<!DOCTYPE r [<!ENTITY e0 "ha">${levels.join('')}]><Response><Message>&e9;</Message></Response>`;
    expect(parse(bomb)).toMatchObject({ kind: 'unusable', errorCode: 12_100 });
  });

  it.each([
    ['an unknown verb', '<Response><Dance/><Message>Hi</Message></Response>', [12_200]],
    ['a verb in the wrong case', '<Response><message>x</message><Message>Hi</Message></Response>', [12_200]],
    ['a verb of calls', '<Response><Say>x</Say><Message>Hi</Message></Response>', [14_110]],
    ['an unknown attribute', '<Response><Message To="x">Hi</Message></Response>', [12_200]],
    ['an unknown element in a Message', '<Response><Message>Hi<b>x</b></Message></Response>', [12_200]],
    ['a Body in an Sms', '<Response><Sms>Hi<Body>x</Body></Sms></Response>', [12_200]],
    ['text outside of verbs', '<Response>x<Message>Hi</Message></Response>', [12_200]],
    ['another method', '<Response><Message method="PUT">Hi</Message></Response>', [14_104]],
    ['a method in the wrong case', '<Response><Message method="get">Hi</Message></Response>', [14_104]],
    ['a bad statusCallback', '<Response><Message statusCallback="http://[">Hi</Message></Response>', [14_105]],
  ])('with %s is run all the same, with a warning', (_, text, codes) => {
    const parsed = parse(text);
    expect([verbsOf(parsed), codesOf(parsed)]).toEqual([[aMessage({ body: 'Hi' })], codes]);
  });

  it('ends with the first action', () => {
    const parsed = parse('<Response><Message action="/a">one</Message><Message>two</Message></Response>');
    expect(verbsOf(parsed)).toMatchObject([{ body: 'one', action: 'https://customer.example/a' }]);
  });

  it('redirects to itself where the Redirect is empty, and keeps credentials for its own host', () => {
    const parsed = parseTwiml('<Response><Redirect/></Response>', 'https://jenny:x@customer.example/a?b=1#rc=2');
    expect(verbsOf(parsed)).toEqual([
      { kind: 'redirect', url: 'https://jenny:x@customer.example/a?b=1', method: 'POST' },
    ]);
  });
});

describe('hostile documents', () => {
  it('never throw, whatever they are', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parse(text)));
    const pieces = `<Response>|</Response>|<Message|<Message>|</Message>|to="|">|<!--|-->|<![CDATA[|]]>|&amp;|&|&#|;|<?|?>|<!DOCTYPE|[|]|\u0000|\ud800|Hi`;
    const soup = fc.array(fc.constantFrom(...pieces.split('|')), { maxLength: 40 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(soup, (text) => void parse(text)),
      { numRuns: 2_000 },
    );
  });

  it('may be as deep as 64 kB allow', () => {
    const depth = 9_000;
    const deep = `<Response>${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}</Response>`;
    expect(codesOf(parse(deep))).toEqual([12_200]);
  });

  it('are told of ten mistakes at most', () => {
    expect(codesOf(parse(`<Response>${'<a/>'.repeat(1_000)}</Response>`))).toHaveLength(10);
  });
});
