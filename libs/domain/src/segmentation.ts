import { SEPTETS_BY_CHAR_CODE } from './gsm7-alphabet.js';

/**
 * How a body is cut for the radio. A segment carries 140 octets: 160 septets of GSM-7 or 70 UTF-16 units of UCS-2. Where one is not
 * enough, each gives six octets to the header that joins them, which leaves 153 and 67 (3GPP TS 23.040
 * section 9.2.3.24.1). Filled greedily; neither an escape pair nor a surrogate pair is ever cut in two.
 */
export type Encoding = 'gsm7' | 'ucs2';

/** Units in a message of one segment, and in each of several: septets for GSM-7, UTF-16 code units for UCS-2. */
export const SEGMENT_LIMITS = {
  gsm7: { single: 160, joined: 153 },
  ucs2: { single: 70, joined: 67 },
} as const;

export interface SegmentedText {
  readonly encoding: Encoding;
  /** In order; put together they are the body. An empty body is one empty segment. */
  readonly segments: string[];
}

export interface SegmentCount {
  readonly encoding: Encoding;
  /** At least 1. */
  readonly count: number;
}

/** The segments a body is sent as, and their encoding. GSM-7 where every character allows it, else UCS-2. */
export function segmentText(body: string): SegmentedText {
  const septets = septetsOf(body);
  const encoding = septets === NOT_GSM7 ? 'ucs2' : 'gsm7';
  if (fitsOne(body, septets)) return { encoding, segments: [body] };
  const segments: string[] = [];
  for (let start = 0; start < body.length; ) {
    const end = segmentEnd(body, start, encoding);
    segments.push(body.slice(start, end));
    start = end;
  }
  return { encoding, segments };
}

/** How many segments `segmentText` would make, without making them: for intake and pricing, where only the number counts. */
export function countSegments(body: string): SegmentCount {
  const septets = septetsOf(body);
  const encoding = septets === NOT_GSM7 ? 'ucs2' : 'gsm7';
  if (fitsOne(body, septets)) return { encoding, count: 1 };
  // Without an escape pair no segment ends early.
  if (septets === body.length) return { encoding, count: Math.ceil(septets / SEGMENT_LIMITS.gsm7.joined) };
  let count = 0;
  for (let start = 0; start < body.length; count++) start = segmentEnd(body, start, encoding);
  return { encoding, count };
}

const NOT_GSM7 = -1;

function septetsOf(body: string): number {
  let septets = 0;
  for (let index = 0; index < body.length; index++) {
    const cost = SEPTETS_BY_CHAR_CODE[body.charCodeAt(index)];
    if (cost === 0) return NOT_GSM7;
    septets += cost;
  }
  return septets;
}

function fitsOne(body: string, septets: number): boolean {
  if (septets === NOT_GSM7) return body.length <= SEGMENT_LIMITS.ucs2.single;
  return septets <= SEGMENT_LIMITS.gsm7.single;
}

function segmentEnd(body: string, start: number, encoding: Encoding): number {
  return encoding === 'gsm7' ? gsm7SegmentEnd(body, start) : ucs2SegmentEnd(body, start);
}

function gsm7SegmentEnd(body: string, start: number): number {
  let room = SEGMENT_LIMITS.gsm7.joined;
  let end = start;
  while (end < body.length) {
    room -= SEPTETS_BY_CHAR_CODE[body.charCodeAt(end)];
    if (room < 0) break;
    end++;
  }
  return end;
}

function ucs2SegmentEnd(body: string, start: number): number {
  const end = start + SEGMENT_LIMITS.ucs2.joined;
  if (end >= body.length) return body.length;
  const cutsPair = isHighSurrogate(body.charCodeAt(end - 1)) && isLowSurrogate(body.charCodeAt(end));
  return cutsPair ? end - 1 : end;
}

const isHighSurrogate = (unit: number): boolean => (unit & 0xfc00) === 0xd800;
const isLowSurrogate = (unit: number): boolean => (unit & 0xfc00) === 0xdc00;
