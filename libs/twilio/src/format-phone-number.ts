const NORTH_AMERICAN = /^\+1([0-9]{3})([0-9]{3})([0-9]{4})$/;

/** A number as Twilio names it where its owner gives it no name: `(415) 815-0000` in North America, as it is elsewhere. */
export function formatPhoneNumber(phoneNumber: string): string {
  return phoneNumber.replace(NORTH_AMERICAN, '($1) $2-$3');
}
