/** Twilio's "5 MB", for each media, read as a desktop shows it: 5 x 1024 x 1024 bytes. */
export const MAX_MEDIA_BYTES = 5_242_880;

/** The most media that one message can have. */
export const MAX_MEDIA_COUNT = 10;
