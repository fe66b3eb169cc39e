/** How a browser shows a media: by itself, or by handing it to whatever program knows its type. */
export type Presentation = 'picture' | 'video' | 'audio' | 'file';

const WORDS = new Map<string, [presentation: Presentation, name: string, extension: string]>(
  Object.entries({
    'image/gif': ['picture', 'Picture', 'gif'],
    'image/jpeg': ['picture', 'Picture', 'jpg'],
    'image/png': ['picture', 'Picture', 'png'],
    'image/bmp': ['picture', 'Picture', 'bmp'],
    'image/tiff': ['file', 'Picture (TIFF)', 'tiff'],
    'video/mp4': ['video', 'Video', 'mp4'],
    'video/quicktime': ['video', 'Video', 'mov'],
    'video/webm': ['video', 'Video', 'webm'],
    'video/3gpp': ['video', 'Video', '3gp'],
    'video/3gpp2': ['video', 'Video', '3g2'],
    'video/mpeg': ['file', 'Video (MPEG)', 'mpg'],
    'audio/mpeg': ['audio', 'Sound', 'mp3'],
    'audio/mp4': ['audio', 'Sound', 'm4a'],
    'audio/aac': ['audio', 'Sound', 'aac'],
    'audio/ogg': ['audio', 'Sound', 'ogg'],
    'audio/vorbis': ['audio', 'Sound', 'ogg'],
    'audio/webm': ['audio', 'Sound', 'weba'],
    'audio/vnd.wave': ['audio', 'Sound', 'wav'],
    'audio/3gpp': ['audio', 'Sound', '3gp'],
    'audio/3gpp2': ['audio', 'Sound', '3g2'],
    'audio/amr': ['file', 'Sound (AMR)', 'amr'],
    'audio/amr-nb': ['file', 'Sound (AMR)', 'amr'],
    'audio/ac3': ['file', 'Sound (AC-3)', 'ac3'],
    'audio/basic': ['file', 'Sound', 'au'],
    'text/vcard': ['file', 'Contact card', 'vcf'],
    'text/x-vcard': ['file', 'Contact card', 'vcf'],
    'text/directory': ['file', 'Contact card', 'vcf'],
    'application/vcard': ['file', 'Contact card', 'vcf'],
    'text/calendar': ['file', 'Calendar entry', 'ics'],
    'text/csv': ['file', 'Table', 'csv'],
    'text/rtf': ['file', 'Document', 'rtf'],
    'text/richtext': ['file', 'Document', 'rtf'],
    'application/pdf': ['file', 'PDF document', 'pdf'],
    'application/vnd.apple.pkpass': ['file', 'Wallet pass', 'pkpass'],
  }),
);

/** How a media of this type is shown, what a person calls it, and what its file's name ends with. */
export function presentationOf(contentType: string): { presentation: Presentation; name: string; extension: string } {
  const [presentation, name, extension] = WORDS.get(contentType) ?? ['file', 'File', 'bin'];
  return { presentation, name, extension };
}
