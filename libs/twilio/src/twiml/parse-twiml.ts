import { isStatusCallbackUrl } from '../customer-url.js';
import type { WebhookMethod } from '../resource-parameters.js';
import { type XmlElement, readXml } from './xml-tree.js';

/** A reply that a document asks for. Whether it can be sent is not known yet. */
export interface TwimlMessage {
  readonly kind: 'message';
  /** As written; null for the sender of the inbound message. */
  readonly to: string | null;
  /** As written; null for the number that got the inbound message. */
  readonly from: string | null;
  readonly body: string;
  readonly mediaUrls: readonly string[];
  /** Where control passes once the reply was made; null where it stays with the document. */
  readonly action: string | null;
  readonly method: WebhookMethod;
  readonly statusCallback: string | null;
}

/** Control passes to another document. */
export interface TwimlRedirect {
  readonly kind: 'redirect';
  readonly url: string;
  readonly method: WebhookMethod;
}

export type TwimlVerb = TwimlMessage | TwimlRedirect;

/** Something wrong that does not stop the document. `errorCode` is Twilio's. */
export interface TwimlWarning {
  readonly errorCode: number;
  readonly reason: string;
}

export type TwimlParse =
  | { readonly kind: 'document'; readonly verbs: readonly TwimlVerb[]; readonly warnings: readonly TwimlWarning[] }
  /** Nothing of it can be run. */
  | { readonly kind: 'unusable'; readonly errorCode: number; readonly reason: string };

const NOT_WELL_FORMED = 12_100;
const VERSION_NOT_SUPPORTED = 12_101;
const WRONG_ROOT = 12_102;
const SCHEMA_WARNING = 12_200;
const INVALID_METHOD = 14_104;
const INVALID_STATUS_CALLBACK = 14_105;
const VERB_NOT_ALLOWED = 14_110;

/** TwiML verbs of other products: Twilio has a code of its own for them in an answer to a message. */
const VERBS_OF_CALLS = new Set(
  `Connect Dial Echo Enqueue Gather Hangup Leave Pause Pay Play Prompt Queue Record Refer Reject Say Start Stop Task`.split(
    ' ',
  ),
);

const NAMES_OF_MESSAGE = ['to', 'from', 'action', 'method', 'statusCallback'];

/**
 * Reads a TwiML document that answers an inbound message. Names are case sensitive. What TwiML does not know is passed over with a
 * warning; a Message with an `action`, and a Redirect, are the last verbs that count: control never comes back.
 *
 * `action`, `statusCallback` and the URL of a Redirect may be relative.
 * @param documentUrl where the document came from
 */
export function parseTwiml(text: string, documentUrl: string): TwimlParse {
  const reading = readXml(text.replace(/^\uFEFF/, ''));
  if (reading.kind === 'malformed') return unusable(NOT_WELL_FORMED, reading.reason);
  if (reading.kind === 'unsupported-version') return unusable(VERSION_NOT_SUPPORTED, reading.reason);
  const { root } = reading;
  if (root.name !== 'Response') return unusable(WRONG_ROOT, `the root element is <${shown(root.name)}>`);
  return new DocumentReader(documentUrl).read(root);
}

const unusable = (errorCode: number, reason: string): TwimlParse => ({ kind: 'unusable', errorCode, reason });

class DocumentReader {
  private readonly warnings: TwimlWarning[] = [];

  constructor(private readonly documentUrl: string) {}

  read(root: XmlElement): TwimlParse {
    this.expectAttributes(root, []);
    const verbs: TwimlVerb[] = [];
    for (const element of elementsOf(root)) {
      const verb = this.readVerb(element);
      if (verb !== null) verbs.push(verb);
      if (verb?.kind === 'redirect' || (verb?.kind === 'message' && verb.action !== null)) break;
    }
    if (textOf(root).trim() !== '') this.warn(SCHEMA_WARNING, 'there is text outside of every verb');
    return { kind: 'document', verbs, warnings: this.warnings };
  }

  private readVerb(element: XmlElement): TwimlVerb | null {
    if (element.name === 'Message' || element.name === 'Sms') return this.readMessage(element);
    if (element.name === 'Redirect') return this.readRedirect(element);
    const isOfCalls = VERBS_OF_CALLS.has(element.name);
    this.warn(isOfCalls ? VERB_NOT_ALLOWED : SCHEMA_WARNING, `<${shown(element.name)}> cannot answer a message`);
    return null;
  }

  private readMessage(element: XmlElement): TwimlMessage {
    this.expectAttributes(element, NAMES_OF_MESSAGE);
    const { to, from, action } = element.attributes;
    return {
      kind: 'message',
      to: to || null,
      from: from || null,
      ...this.readContent(element),
      action: action ? this.resolved(action) : null,
      method: this.readMethod(element),
      statusCallback: this.readStatusCallback(element),
    };
  }

  /** Text and Body elements make the body, in their order; white space around it is layout. */
  private readContent(message: XmlElement): Pick<TwimlMessage, 'body' | 'mediaUrls'> {
    const mediaUrls: string[] = [];
    let body = '';
    for (const child of message.children) {
      if (typeof child === 'string') body += child.trim() === '' && hasElements(message) ? '' : child;
      else if (child.name === 'Body' && message.name === 'Message') body += this.readText(child);
      else if (child.name === 'Media' && message.name === 'Message') mediaUrls.push(this.readText(child).trim());
      else this.warn(SCHEMA_WARNING, `<${shown(child.name)}> does not belong into <${message.name}>`);
    }
    return { body: body.trim(), mediaUrls };
  }

  private readRedirect(element: XmlElement): TwimlRedirect {
    this.expectAttributes(element, ['method']);
    return { kind: 'redirect', url: this.resolved(this.readText(element).trim()), method: this.readMethod(element) };
  }

  private readText(element: XmlElement): string {
    for (const { name } of elementsOf(element))
      this.warn(SCHEMA_WARNING, `<${shown(name)}> does not belong into <${element.name}>`);
    return textOf(element);
  }

  private readMethod({ name, attributes }: XmlElement): WebhookMethod {
    const { method = 'POST' } = attributes;
    if (method === 'GET' || method === 'POST') return method;
    this.warn(INVALID_METHOD, `the method "${shown(method)}" of <${name}> is neither GET nor POST; POST is used`);
    return 'POST';
  }

  private readStatusCallback({ attributes: { statusCallback = '' } }: XmlElement): string | null {
    if (statusCallback === '') return null;
    const url = this.resolved(statusCallback);
    if (isStatusCallbackUrl(url)) return url;
    this.warn(
      INVALID_STATUS_CALLBACK,
      `the statusCallback "${shown(statusCallback)}" is not a URL; there will be none`,
    );
    return null;
  }

  /** What is no URL stays as it is: whoever requests it says so. */
  private resolved(url: string): string {
    return URL.canParse(url, this.documentUrl) ? new URL(url, this.documentUrl).href : url;
  }

  private expectAttributes({ name, attributes }: XmlElement, known: readonly string[]): void {
    for (const attribute of Object.keys(attributes)) {
      const isOfXml = attribute === 'xmlns' || attribute.startsWith('xmlns:') || attribute.startsWith('xml:');
      if (!isOfXml && !known.includes(attribute))
        this.warn(SCHEMA_WARNING, `<${name}> has no attribute "${shown(attribute)}"`);
    }
  }

  private warn(errorCode: number, reason: string): void {
    if (this.warnings.length < MOST_WARNINGS) this.warnings.push({ errorCode, reason });
  }
}

/** A document full of mistakes is told of the first few. */
const MOST_WARNINGS = 10;

const elementsOf = ({ children }: XmlElement): XmlElement[] =>
  children.filter((child): child is XmlElement => typeof child !== 'string');

const hasElements = (element: XmlElement): boolean => elementsOf(element).length > 0;

const textOf = ({ children }: XmlElement): string => children.filter((child) => typeof child === 'string').join('');

const shown = (text: string): string => text.slice(0, 60);
