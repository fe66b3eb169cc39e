const KEPT_BYTES = 4_096;
/** Control characters but tab, line feed and carriage return: nothing that a terminal or a table would act on. */
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/**
 * The first 4,096 bytes of an answer as text that can be stored and shown: UTF-8, of which a last character that was cut is left out, with
 * U+FFFD for control characters. Anything else is named and not shown.
 */
export function answerExcerpt(body: Buffer, isTruncated: boolean): string {
  const size = isTruncated ? `more than ${body.length}` : String(body.length);
  const text = decoded(body.subarray(0, KEPT_BYTES), body.length > KEPT_BYTES || isTruncated);
  return text === null || text.includes('\0') ? `(binary, ${size} bytes)` : text.replace(CONTROL, '\ufffd');
}

/** Null where it is not UTF-8. */
function decoded(bytes: Buffer, isCut: boolean): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isCut });
  } catch {
    return null;
  }
}
