/**
 * Twilio has codes of its own for what is wrong with a reply in TwiML, beside those of the REST API: 14101 Invalid "To" attribute, 14102
 * Invalid "From" attribute, 14103 Invalid Body, 14108 From phone number not SMS capable (or not MMS capable), 14111 Invalid To phone
 * number for Trial mode.
 */
const REPLY_CODES: ReadonlyMap<number, number> = new Map([
  [21_211, 14_101],
  [21_604, 14_101],
  [21_212, 14_102],
  [21_603, 14_102],
  [21_606, 14_102],
  [21_602, 14_103],
  [21_617, 14_103],
  [21_621, 14_108],
  [21_608, 14_111],
]);

/** The code of a reply that was refused. @param apiCode what a create request would have been refused with */
export const replyErrorCode = (apiCode: number): number => REPLY_CODES.get(apiCode) ?? apiCode;
