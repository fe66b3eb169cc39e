import { createHash } from 'node:crypto';

const STYLE = `
:root { color-scheme: light dark; --ink: #1d2129; --soft: #5b6472; --paper: #f4f5f7; --card: #fff; --line: #dfe3e8; --link: #0b5cad; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eceff4; --soft: #a4adba; --paper: #14171c; --card: #1e232b; --line: #333b47; --link: #7db8f5; }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
main { max-width: 42rem; margin: 0 auto; padding: 1.25rem 0 2rem; }
h1 { margin: 0 1rem 1rem; font-size: 1.25rem; line-height: 1.3; }
p { margin: 0 1rem 1rem; }
ol { list-style: none; margin: 0; padding: 0; display: grid; gap: 1rem; }
figure { margin: 0; background: var(--card); border: solid var(--line); border-width: 1px 0; overflow: hidden; }
img, video { display: block; max-width: 100%; height: auto; margin: 0 auto; background: var(--line); }
video { width: 100%; }
audio { display: block; width: calc(100% - 2rem); margin: 1rem; }
figcaption { display: flex; justify-content: space-between; align-items: center; gap: 1rem; padding: .25rem 1rem; color: var(--soft); font-size: .875rem; }
a { color: var(--link); }
figcaption a { padding: .625rem 0; white-space: nowrap; }
.file { display: flex; justify-content: space-between; align-items: center; gap: 1rem; padding: 1.125rem 1rem; font-weight: 600; text-decoration: none; }
.file small { color: var(--soft); font-weight: 400; white-space: nowrap; }
footer { margin: 1.25rem 1rem 0; color: var(--soft); font-size: .875rem; }
.notice { max-width: 26rem; padding-top: 22vh; text-align: center; text-wrap: balance; }
@media (min-width: 42rem) { figure { border-width: 1px; border-radius: .75rem; } }
`;

/** Lets the page show what comes from this very place and its own style, and do nothing else. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "img-src 'self'",
  "media-src 'self'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A whole HTML page. `title` and `main` are HTML: whatever is not ours must have been escaped. */
export const layOut = (title: string, main: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
${main}
</body>
</html>
`;
