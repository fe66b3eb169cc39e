import { CreateMedia1795470000000 } from './1795470000000-create-media.js';
import { CreateDiscardedMessages1795470000001 } from './1795470000001-create-discarded-messages.js';
import { CreateShortLinks1795600000000 } from './1795600000000-create-short-links.js';
import { AddAdaptedPictures1795600000001 } from './1795600000001-add-adapted-pictures.js';

/** The media service's migrations, oldest first. */
export const migrations = [
  CreateMedia1795470000000,
  CreateDiscardedMessages1795470000001,
  CreateShortLinks1795600000000,
  AddAdaptedPictures1795600000001,
];
