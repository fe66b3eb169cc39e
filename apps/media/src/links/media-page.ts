import { layOut } from './page-layout.js';
import { type Presentation, presentationOf } from './presentation.js';
import type { LinkedMedia, ShortLink } from './short-links.repository.js';

const PLURALS: Record<Presentation, [one: string, several: string]> = {
  picture: ['picture', 'pictures'],
  video: ['video', 'videos'],
  audio: ['sound', 'sounds'],
  file: ['file', 'files'],
};
const DATE = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' });

/**
 * The page with a message's media, one below the other. It holds nothing of the message, and nothing that a customer wrote.
 * @param token of the link; addresses on the page are relative to it
 */
export function mediaPage(token: string, { media, expiresAt }: ShortLink): string {
  const heading = headingOf(media);
  const items = media.map((each, index) => `<li>${figureOf(token, each, index, media.length)}</li>`).join('\n');
  const until = `<time datetime="${expiresAt.toISOString()}">${DATE.format(expiresAt)}</time>`;
  return layOut(
    heading,
    `<main>
<h1>${heading}</h1>
<ol>
${items}
</ol>
<footer>Sent to you as a link because your phone or its network could not take a picture message. It can be seen until ${until}.</footer>
</main>`,
  );
}

/** Such as "2 pictures and 1 file". */
function headingOf(media: readonly LinkedMedia[]): string {
  const counts = Object.entries(PLURALS).flatMap(([presentation, [one, several]]) => {
    const count = media.filter((each) => presentationOf(each.contentType).presentation === presentation).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : several}`];
  });
  return new Intl.ListFormat('en').format(counts);
}

function figureOf(token: string, { position, contentType, byteSize }: LinkedMedia, index: number, count: number) {
  const { presentation, name } = presentationOf(contentType);
  const address = `${token}/${position + 1}`;
  const label = count === 1 ? name : `${name}, ${index + 1} of ${count}`;
  const size = sizeOf(byteSize);
  const caption = `<figcaption><span>${label}</span><a href="${address}" download>Save (${size})</a></figcaption>`;
  switch (presentation) {
    case 'picture':
      // The first ones are fetched at once, those below the edge of the screen when they come near it.
      return `<figure><a href="${address}"><img src="${address}" alt="${label}"${index > 1 ? ' loading="lazy"' : ''}></a>${caption}</figure>`;
    case 'video':
      return `<figure><video src="${address}" controls playsinline preload="metadata" aria-label="${label}"></video>${caption}</figure>`;
    case 'audio':
      return `<figure><audio src="${address}" controls preload="metadata" aria-label="${label}"></audio>${caption}</figure>`;
    case 'file':
      return `<figure><a class="file" href="${address}" download><span>${label}</span><small>Save (${size})</small></a></figure>`;
  }
}

const sizeOf = (byteSize: number): string =>
  byteSize < 1_000_000 ? `${Math.max(1, Math.round(byteSize / 1_000))} kB` : `${(byteSize / 1_000_000).toFixed(1)} MB`;
