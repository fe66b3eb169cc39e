import { deflateSync } from 'node:zlib';

/** A red heart, 32 × 32 pixels: a real PNG (W3C PNG: signature, IHDR, IDAT, IEND). */
export function heartPng(): Buffer {
  const size = 32;
  const rows = Array.from({ length: size }, (_, y) => [
    0,
    ...Array.from({ length: size }, (_, x) => pixel(x, y, size)).flat(),
  ]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function pixel(column: number, row: number, size: number): number[] {
  const x = ((column + 0.5) / size) * 3 - 1.5;
  const y = 1.4 - ((row + 0.5) / size) * 2.8;
  const isInside = (x * x + y * y - 1) ** 3 - x * x * y ** 3 <= 0;
  return isInside ? [220, 20, 60] : [255, 255, 255];
}

function chunk(type: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, check]);
}

/** CRC-32 as PNG defines it. Node 20 has none in its library. */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
