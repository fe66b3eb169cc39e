import { SaxesParser } from 'saxes';

/** An element of an XML document. Names and attributes as they are written: prefixes are part of them. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Elements and text, in the document's order; CDATA is text, and comments and processing instructions are left out. */
  readonly children: readonly (XmlElement | string)[];
}

/** `unsupported-version`: the declaration names another version than 1.0. */
export type XmlReading =
  | { readonly kind: 'read'; readonly root: XmlElement }
  | { readonly kind: 'unsupported-version'; readonly reason: string }
  | { readonly kind: 'malformed'; readonly reason: string };

const DECLARED_VERSION = /^<\?xml\s+version\s*=\s*(["'])(.*?)\1/;

/**
 * Reads a whole XML 1.0 document, strictly. A document type declaration is refused, and with it every entity but XML's own five and
 * characters by number: nothing can be expanded, and nothing is ever fetched.
 * @param text without a limit of its own: bound it first
 */
export function readXml(text: string): XmlReading {
  const version = DECLARED_VERSION.exec(text)?.[2] ?? '1.0';
  if (version !== '1.0') return { kind: 'unsupported-version', reason: `XML version ${version.slice(0, 20)}` };
  try {
    return { kind: 'read', root: parse(text) };
  } catch (error) {
    // The parser throws plain errors for what is not well formed: "line:column: what is wrong".
    return { kind: 'malformed', reason: error instanceof Error ? error.message : String(error) };
  }
}

interface OpenElement extends XmlElement {
  readonly children: (XmlElement | string)[];
}

function parse(text: string): XmlElement {
  const parser = new SaxesParser();
  const document: OpenElement = { name: '', attributes: {}, children: [] };
  const open: OpenElement[] = [document];
  const add = (child: OpenElement | string) => (open.at(-1) as OpenElement).children.push(child);
  parser.on('doctype', () => {
    throw new Error('a document type declaration (DOCTYPE) is not allowed');
  });
  parser.on('text', add);
  parser.on('cdata', add);
  parser.on('opentag', ({ name, attributes }) => {
    const element: OpenElement = { name, attributes, children: [] };
    add(element);
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  parser.write(text).close();
  const root = document.children.find((child) => typeof child !== 'string');
  if (root === undefined) throw new Error('there is no element');
  return root;
}
