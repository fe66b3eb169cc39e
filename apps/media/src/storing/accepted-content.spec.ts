import { describe, expect, it } from '@jest/globals';
import { judgeContent } from './accepted-content.js';

const bytes = Buffer.from('some text');
const binary = Buffer.from([0x42, 0x4d, 0, 0, 0]);

describe('judgeContent', () => {
  it.each([
    ['image/png', 'image/png', 'image/png'],
    ['Image/PNG; charset=binary', 'image/png', 'image/png'],
    ['image/png', 'image/apng', 'image/png'],
    ['image/jpeg', 'image/jpeg', 'image/jpeg'],
    ['image/jpg', 'image/jpeg', 'image/jpeg'],
    ['image/gif', 'image/gif', 'image/gif'],
    ['audio/mpeg', 'audio/mpeg', 'audio/mpeg'],
    ['audio/vnd.wave', 'audio/wav', 'audio/vnd.wave'],
    ['audio/ogg; codecs=opus', 'audio/ogg; codecs=opus', 'audio/ogg'],
    ['audio/3gpp', 'video/3gpp', 'audio/3gpp'],
    ['video/mp4', 'video/mp4', 'video/mp4'],
    ['video/H264', undefined, 'video/h264'],
    ['application/pdf', 'application/pdf', 'application/pdf'],
    ['application/vnd.apple.pkpass', 'application/zip', 'application/vnd.apple.pkpass'],
    ['text/vcard', 'text/vcard', 'text/vcard'],
    ['text/x-vcard', 'text/vcard', 'text/x-vcard'],
    ['text/csv', undefined, 'text/csv'],
    ['text/csv', 'image/bmp', 'text/csv'],
  ])('takes %s that looks like %s as %s', (header, sniffed, contentType) => {
    expect(judgeContent(header, sniffed, bytes)).toEqual({ kind: 'accepted', contentType });
  });

  it.each([
    [undefined, 'image/png', 'has no Content-Type'],
    ['', 'image/png', 'has no Content-Type'],
    [';charset=utf-8', 'image/png', 'has no Content-Type'],
    ['image/png', undefined, 'has the Content-Type image/png, but its content is not of that type'],
    ['image/png', 'image/jpeg', 'has the Content-Type image/png, but its content is image/jpeg'],
    ['image/jpeg', 'image/gif', 'has the Content-Type image/jpeg, but its content is image/gif'],
    [
      'image/gif',
      'application/x-msdownload',
      'has the Content-Type image/gif, but its content is application/x-msdownload',
    ],
    ['application/pdf', 'image/png', 'has the Content-Type application/pdf, but its content is image/png'],
    ['video/mp4', 'application/zip', 'has the Content-Type video/mp4, but its content is application/zip'],
    ['audio/mpeg', 'image/png', 'has the Content-Type audio/mpeg, but its content is image/png'],
    ['text/html', undefined, 'has the Content-Type "text/html", which is not accepted'],
    ['text/plain', undefined, 'has the Content-Type "text/plain", which is not accepted'],
    ['application/octet-stream', 'image/png', 'has the Content-Type "application/octet-stream", which is not accepted'],
    ['image/svg+xml', 'application/xml', 'has the Content-Type "image/svg+xml", which is not accepted'],
    ['image/png, text/html', 'image/png', 'has the Content-Type "image/png, text/html", which is not accepted'],
    ['__proto__', undefined, 'has the Content-Type "__proto__", which is not accepted'],
    ['constructor', undefined, 'has the Content-Type "constructor", which is not accepted'],
  ])('refuses %s that looks like %s', (header, sniffed, problem) => {
    expect(judgeContent(header, sniffed, bytes)).toEqual({ kind: 'refused', problem });
  });

  it.each([
    'application/pdf',
    'video/mp4',
    'video/quicktime',
    'audio/mpeg',
    'audio/ogg',
    'audio/amr',
    'image/bmp',
    'image/tiff',
  ])('refuses %s whose content looks like nothing known, as such content would be known', (header) => {
    expect(judgeContent(header, undefined, bytes).kind).toBe('refused');
  });

  it.each(['text/vcard', 'text/csv', 'application/vcard'])('refuses %s that a browser might run', (header) => {
    expect(judgeContent(header, undefined, Buffer.from('\n <html><script>')).kind).toBe('refused');
    expect(judgeContent(header, undefined, Buffer.from('BEGIN:VCARD, a < b')).kind).toBe('accepted');
  });

  it('refuses a picture called text', () => {
    expect(judgeContent('text/csv', 'image/bmp', binary).kind).toBe('refused');
  });

  it('refuses what is empty', () => {
    expect(judgeContent('text/csv', undefined, Buffer.alloc(0))).toEqual({ kind: 'refused', problem: 'is empty' });
  });
});
