import { fileURLToPath } from 'node:url';

/** The root folder of this clone, with a slash at its end; the same from `src` and from `dist`. */
export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
