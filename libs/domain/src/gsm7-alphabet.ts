/**
 * The GSM 7 bit default alphabet, by code (3GPP TS 23.038 section 6.2.1). Code 0x1B is the escape to the extension
 * table and stands for no character; U+001B keeps its place here.
 */
export const GSM7_BASIC =
  '@£$¥èéùìòÇ\nØø\rÅå' +
  'Δ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ' +
  ' !"#¤%&\'()*+,-./' +
  '0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNO' +
  'PQRSTUVWXYZÄÖÑÜ§' +
  '¿abcdefghijklmno' +
  'pqrstuvwxyzäöñüà';

export const GSM7_ESCAPE = 0x1b;

/** The extension table: character to the code that follows the escape (3GPP TS 23.038 section 6.2.1.1). */
export const GSM7_EXTENSION: ReadonlyMap<string, number> = new Map([
  ['\f', 0x0a],
  ['^', 0x14],
  ['{', 0x28],
  ['}', 0x29],
  ['\\', 0x2f],
  ['[', 0x3c],
  ['~', 0x3d],
  [']', 0x3e],
  ['|', 0x40],
  ['€', 0x65],
]);

/**
 * Septets by UTF-16 code unit: 1 for the basic table, 2 for the extension, 0 for what GSM-7 cannot write. One entry for every code
 * unit, so that a lookup is in bounds whatever the text.
 */
export const SEPTETS_BY_CHAR_CODE = septetTable();

function septetTable(): Uint8Array {
  const septets = new Uint8Array(0x10000);
  for (let code = 0; code < GSM7_BASIC.length; code++) {
    if (code !== GSM7_ESCAPE) septets[GSM7_BASIC.charCodeAt(code)] = 1;
  }
  for (const character of GSM7_EXTENSION.keys()) septets[character.charCodeAt(0)] = 2;
  return septets;
}
