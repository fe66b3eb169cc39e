/** A gif, png or jpeg, as a file. */
export interface Picture {
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** What a phone is to show of one picture, or why it cannot. `problem` is the end of a sentence about the media's URL. */
export type Adaptation =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'adapted'; readonly picture: Picture }
  | PictureRefusal
  /** Nothing is wrong with the picture: there was no time for it. */
  | { readonly kind: 'overloaded' };

export interface PictureRefusal {
  readonly kind: 'refused';
  /** Twilio's. */
  readonly errorCode: number;
  readonly problem: string;
}

const FORMATTED = new Set(['image/gif', 'image/jpeg', 'image/png']);

/** Whether content of this type is adapted for handsets; all other types are handed on as they are. */
export const isFormatted = (contentType: string): boolean => FORMATTED.has(contentType);
