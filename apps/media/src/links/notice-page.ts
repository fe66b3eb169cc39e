import { layOut } from './page-layout.js';

/** Why there is nothing to see behind a link. */
export type Notice = 'unknown' | 'expired' | 'removed' | 'limited';

const WORDS: Record<Notice, [title: string, text: string]> = {
  unknown: [
    'Nothing is here',
    'Please check the link: it ends with 7 letters and digits, and capital letters are not the same as small ones.',
  ],
  expired: [
    'This link has expired',
    'What it showed could be seen for a few days only. Please ask the sender for it once more.',
  ],
  removed: ['This is no longer here', 'The sender has removed what this link showed.'],
  limited: [
    'Please wait a minute',
    'Too many links that lead nowhere were opened from your network. Try yours again a little later.',
  ],
};

/** A friendly page for a link that shows nothing. */
export function noticePage(notice: Notice): string {
  const [title, text] = WORDS[notice];
  return layOut(title, `<main class="notice">\n<h1>${title}</h1>\n<p>${text}</p>\n</main>`);
}
