import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import sharp from 'sharp';
import { serve } from '../support/file-server.js';
import { heartPng } from '../support/heart.js';

export const HEART = heartPng();
export const PDF = Buffer.from('%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n');
const MAX_MEDIA_BYTES = 5 * 1024 * 1024;
const CREDENTIALS = `Basic ${Buffer.from('jenny:8675309').toString('base64')}`;

/** Noise compresses badly: a picture far above what a small phone's carrier takes. */
const largePicture = (widthPx: number, heightPx: number): Promise<Buffer> =>
  sharp(randomBytes(widthPx * heightPx * 3), { raw: { width: widthPx, height: heightPx, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();

/** What a customer's server has. */
export async function pictureRoutes(): Promise<Record<string, RequestListener>> {
  const large = await largePicture(1_600, 1_200);
  return {
    '/heart.png': serve(HEART, 'image/png'),
    '/large.jpg': serve(large, 'image/jpeg'),
    '/cut-off.jpg': serve(large.subarray(0, 10_000), 'image/jpeg'),
    '/menu.pdf': serve(PDF, 'application/pdf'),
    '/largest.pdf': serve(Buffer.concat([PDF, Buffer.alloc(MAX_MEDIA_BYTES - PDF.length)]), 'application/pdf'),
    '/too-large.pdf': serve(Buffer.concat([PDF, Buffer.alloc(MAX_MEDIA_BYTES - PDF.length + 1)]), 'application/pdf'),
    '/png-as.jpg': serve(HEART, 'image/jpeg'),
    '/text-as.png': serve(Buffer.from('This is not a picture.'), 'image/png'),
    '/program': serve(Buffer.from('MZ'), 'application/x-msdownload'),
    '/no-type': (_, response) => void response.writeHead(200).end(HEART),
    '/moved': (_, response) => void response.writeHead(302, { location: '/heart.png' }).end(),
    '/moved-inside': (_, response) => void response.writeHead(302, { location: 'http://10.0.0.1/heart.png' }).end(),
    '/round': (_, response) => void response.writeHead(302, { location: '/round' }).end(),
    '/private.png': (request, response) => {
      if (request.headers.authorization === CREDENTIALS) serve(HEART, 'image/png')(request, response);
      else response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
    },
  };
}
