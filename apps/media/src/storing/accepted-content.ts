/**
 * Which content a message may carry, by Twilio's "Accepted Content Types for Media"
 * (https://www.twilio.com/docs/messaging/guides/accepted-mime-types), the types for MMS: image/jpeg, image/jpg, image/gif and image/png are
 * formatted for handsets, and must be exactly what their header says; the audio, video, text, vCard, PDF and other types below are handed on
 * as they are.
 */
import { isFormatted } from '../adapting/picture.js';

/** Handed on as they are. The right side: what the sniffing library (file-type) calls bytes that may honestly carry this name. */
const PASSED_ON = new Map<string, readonly string[]>(
  Object.entries({
    'audio/basic': [],
    'audio/l24': [],
    'audio/mp4': ['audio/x-m4a', 'video/mp4'],
    'audio/mpeg': [],
    'audio/ogg': ['video/ogg', 'application/ogg'],
    'audio/vorbis': ['audio/ogg', 'application/ogg'],
    'audio/vnd.rn-realaudio': ['application/vnd.rn-realmedia'],
    'audio/vnd.wave': ['audio/wav'],
    'audio/3gpp': ['video/3gpp'],
    'audio/3gpp2': ['video/3gpp2'],
    'audio/ac3': ['audio/vnd.dolby.dd-raw'],
    'audio/aac': [],
    'audio/webm': ['video/webm'],
    'audio/amr': [],
    'audio/amr-nb': ['audio/amr'],
    'video/mpeg': ['video/mp1s', 'video/mp2p', 'video/mp2t'],
    'video/mp4': ['video/x-m4v', 'audio/x-m4a', 'audio/mp4'],
    'video/quicktime': [],
    'video/webm': [],
    'video/3gpp': [],
    'video/3gpp2': [],
    'video/3gpp-tt': ['video/3gpp'],
    'video/h261': [],
    'video/h263': [],
    'video/h263-1998': [],
    'video/h263-2000': [],
    'video/h264': [],
    'image/bmp': [],
    'image/tiff': [],
    'text/vcard': [],
    'text/x-vcard': ['text/vcard'],
    'text/csv': [],
    'text/rtf': ['application/rtf'],
    'text/richtext': ['application/rtf'],
    'text/calendar': [],
    'text/directory': ['text/vcard'],
    'application/pdf': [],
    'application/vcard': ['text/vcard'],
    'application/vnd.apple.pkpass': ['application/zip'],
  }),
);

/** Types whose bytes begin with nothing that the library could know them by; of these, any bytes may be honest. */
const WITHOUT_SIGNATURE = new Set([
  'audio/basic',
  'audio/l24',
  'audio/vnd.rn-realaudio',
  'video/3gpp-tt',
  'video/h261',
  'video/h263',
  'video/h263-1998',
  'video/h263-2000',
  'video/h264',
]);

/** Another name for the same bytes: in headers, and for animated PNG, which every reader of PNG shows. */
const SAME_AS = new Map([
  ['image/jpg', 'image/jpeg'],
  ['image/apng', 'image/png'],
]);

export type ContentVerdict = { kind: 'accepted'; contentType: string } | { kind: 'refused'; problem: string };

const refused = (problem: string): ContentVerdict => ({ kind: 'refused', problem });

/**
 * Compares what a server says with what it sent.
 * @param header the Content-Type header, if there was one
 * @param sniffedType what the bytes look like, or nothing if they look like nothing known
 * @returns the type without parameters, in lower case, or the problem as the end of a sentence about the URL
 */
export function judgeContent(
  header: string | undefined,
  sniffedType: string | undefined,
  bytes: Uint8Array,
): ContentVerdict {
  const declared = canonical(header ?? '');
  if (declared === '') return refused('has no Content-Type');
  if (!isFormatted(declared) && !PASSED_ON.has(declared))
    return refused(`has the Content-Type ${shown(declared)}, which is not accepted`);
  if (bytes.length === 0) return refused('is empty');
  const sniffed = sniffedType === undefined ? undefined : canonical(sniffedType);
  const matches = isFormatted(declared) ? sniffed === declared : isHonest(declared, sniffed, bytes);
  if (matches) return { kind: 'accepted', contentType: declared };
  return refused(`has the Content-Type ${declared}, but its content is ${sniffed ?? 'not of that type'}`);
}

function isHonest(declared: string, sniffed: string | undefined, bytes: Uint8Array): boolean {
  if (declared === sniffed) return true;
  if (isText(declared)) return isHonestText(declared, sniffed, bytes);
  if (sniffed === undefined) return WITHOUT_SIGNATURE.has(declared);
  return PASSED_ON.get(declared)?.includes(sniffed) ?? false;
}

/** A text has no signature, and two letters at its start are enough to be taken for a picture ("BM" for BMP); but it holds no NUL. */
function isHonestText(declared: string, sniffed: string | undefined, bytes: Uint8Array): boolean {
  if (bytes.subarray(0, 4_096).includes(0)) return false;
  if (sniffed === undefined || PASSED_ON.get(declared)?.includes(sniffed)) return !isMarkup(bytes);
  return !isText(sniffed);
}

const isText = (type: string): boolean => type.startsWith('text/') || type === 'application/vcard';

/** What a browser might run: none of the accepted texts begins with a tag. */
function isMarkup(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 256)).trimStart();
  return /^<[a-z!?/]/i.test(start);
}

function canonical(contentType: string): string {
  const essence = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  return SAME_AS.get(essence) ?? essence;
}

const shown = (contentType: string): string => JSON.stringify(contentType.slice(0, 80));
