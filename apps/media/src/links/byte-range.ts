/** Which bytes of a file are asked for: all of them, those from `start` to before `end`, or some that it does not have. */
export type ByteRange = { kind: 'whole' } | { kind: 'part'; start: number; end: number } | { kind: 'unsatisfiable' };

/**
 * Reads a Range header as RFC 9110 section 14 says, for one range; phones ask for nothing else, and play no video without it. Several ranges,
 * and what is no range, are answered with the whole file.
 */
export function parseByteRange(header: string | undefined, byteSize: number): ByteRange {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? [];
  if (first === undefined || last === undefined || first + last === '') return { kind: 'whole' };
  // Without a first byte, the number is that of the last bytes.
  const start = first === '' ? Math.max(0, byteSize - Number(last)) : Number(first);
  const end = first === '' || last === '' ? byteSize : Math.min(byteSize, Number(last) + 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return { kind: 'whole' };
  return start < end ? { kind: 'part', start, end } : { kind: 'unsatisfiable' };
}
