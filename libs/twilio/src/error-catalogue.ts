/** What Twilio's REST API answers when it refuses: the same shape for every error. */
export interface ErrorEnvelope {
  readonly code: number;
  readonly message: string;
  readonly more_info: string;
  /** Equals the HTTP status of the answer. */
  readonly status: number;
  /** Only with 20003. */
  readonly detail?: string;
}

/**
 * Every refusal of the REST API, by a name of ours. `{…}` in a message is filled in by `errorEnvelope`.
 *
 * Codes, HTTP status and, where one was captured, wording are Twilio's. `unreadableRequest` is our decision: Twilio documents no code
 * for a form that cannot be decoded (broken percent-encoding, bytes that are not UTF-8, NUL). 20001 is only a log
 * warning there; 20422 is titled "Invalid Parameter", which is what happened, so it is used with the 400 that Twilio gives
 * for every other invalid parameter. `requestTooLarge` is Twilio's 20413, "Request Entity Too Large", with the HTTP status it is named for.
 */
export const errorCatalogue = {
  authenticationFailed: { code: 20003, status: 401, message: 'Authenticate' },
  /** Twilio documents the code and not its status; 403, as the credentials are right. */
  accountNotActive: { code: 20005, status: 403, message: 'Account not active' },
  notFound: { code: 20404, status: 404, message: 'The requested resource {path} was not found' },
  methodNotAllowed: { code: 20004, status: 405, message: 'Method not allowed' },
  pageSizeTooLarge: { code: 20007, status: 400, message: 'Page size must not be greater than {maximum}' },
  invalidPageToken: { code: 21481, status: 400, message: 'Invalid PageToken' },
  unreadableRequest: { code: 20422, status: 400, message: 'Invalid Parameter: {reason}' },
  invalidParameter: { code: 20422, status: 400, message: "Invalid Parameter: '{parameter}' {reason}" },
  requestTooLarge: { code: 20413, status: 413, message: 'Request Entity Too Large' },
  tooManyRequests: { code: 20429, status: 429, message: 'Too Many Requests' },
  internalError: { code: 20500, status: 500, message: 'Internal Server Error' },
  serviceUnavailable: { code: 20503, status: 503, message: 'Service unavailable' },

  fromMissing: { code: 21603, status: 400, message: "A 'From' phone number is required." },
  toMissing: { code: 21604, status: 400, message: "A 'To' phone number is required." },
  contentMissing: { code: 21602, status: 400, message: 'Message body is required.' },
  toInvalid: { code: 21211, status: 400, message: "The 'To' number {to} is not a valid phone number." },
  toEqualsFrom: { code: 21211, status: 400, message: "'To' and 'From' number cannot be the same" },
  fromInvalid: {
    code: 21212,
    status: 400,
    message: "The 'From' number {from} is not a valid phone number, shortcode, or alphanumeric sender ID.",
  },
  fromNotOwned: {
    code: 21606,
    status: 400,
    message:
      'The From phone number {from} is not a valid, SMS-capable inbound phone number or short code for your account.',
  },
  toUnverified: {
    code: 21608,
    status: 400,
    message:
      'The number {to} is unverified. Trial accounts cannot send messages to unverified numbers; verify {to} with a POST to OutgoingCallerIds.json.',
  },
  statusCallbackInvalid: { code: 21609, status: 400, message: "The 'StatusCallback' URL {url} is not a valid URL." },
  pairNotRoutable: {
    code: 21612,
    status: 400,
    message:
      "The 'To' phone number: {to}, is not currently reachable using the 'From' phone number: {from} via {kind}.",
  },
  bodyTooLong: {
    code: 21617,
    status: 400,
    message: 'The concatenated message body exceeds the 1600 character limit.',
  },
  mediaUrlInvalid: { code: 21620, status: 400, message: 'Invalid media URL: {url}' },
  fromWithoutMms: { code: 21621, status: 400, message: "The 'From' number {from} has not been enabled for MMS" },
  tooManyMedia: { code: 21623, status: 400, message: 'Number of media files exceeds allowed limit of {maximum}' },

  applicationUnknown: { code: 21218, status: 400, message: 'ApplicationSid {sid} is invalid' },
  validityPeriodInvalid: {
    code: 21624,
    status: 400,
    message: "The 'ValidityPeriod' {validityPeriod} is not valid: it must be a whole number of seconds from 1 to 36000",
  },
  schedulingNotSupported: {
    code: 35118,
    status: 400,
    message: 'MessagingServiceSid is required to schedule a message',
  },
  maxPriceInvalid: {
    code: 21627,
    status: 400,
    message: "The 'MaxPrice' {maxPrice} is not valid: it must be above 0, with at most four decimals",
  },
  recipientOptedOut: { code: 21610, status: 400, message: 'Attempt to send to unsubscribed recipient' },
  regionNotEnabled: {
    code: 21408,
    status: 400,
    message: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {to}.",
  },
  /** Twilio documents the code and not its status; 409, as the request is right and comes too early. */
  notComplete: { code: 20009, status: 409, message: 'Cannot delete this resource before it is complete' },

  /** Ours, with Twilio's code for a conflict. */
  callbackHeld: {
    code: 20409,
    status: 409,
    message: 'Conflict: an earlier callback of the same message comes first; replay that one',
  },
  endpointNotPaused: { code: 20409, status: 409, message: 'Conflict: the endpoint is not paused' },

  friendlyNameInvalid: {
    code: 20002,
    status: 400,
    message: 'Invalid FriendlyName: it must have at most 64 characters',
  },
  urlInvalid: { code: 21402, status: 400, message: 'Invalid Url: {parameter} must be an absolute http or https URL' },
  methodInvalid: { code: 21403, status: 400, message: 'Invalid Method: {parameter} must be GET or POST' },
  voiceFallbackWithoutUrl: {
    code: 21405,
    status: 400,
    message: 'Cannot set VoiceFallbackUrl without setting VoiceUrl',
  },
  fallbackWithoutUrl: { code: 21406, status: 400, message: 'Cannot set SmsFallbackUrl without setting SmsUrl' },
  applicationNotAccessible: { code: 21420, status: 400, message: 'ApplicationSid {sid} is not accessible' },
  phoneNumberInvalid: { code: 21421, status: 400, message: 'PhoneNumber {phoneNumber} is invalid' },
  phoneNumberMissing: {
    code: 21421,
    status: 400,
    message: 'PhoneNumber is invalid: PhoneNumber or AreaCode is required',
  },
  areaCodeInvalid: { code: 21451, status: 400, message: 'Invalid area code {areaCode}: it must have three digits' },
  phoneNumberNotAvailable: { code: 21422, status: 400, message: 'PhoneNumber {phoneNumber} is not available' },
  noNumberInAreaCode: { code: 21452, status: 400, message: 'No phone numbers found in area code {areaCode}' },
  numberNotForTrial: { code: 21404, status: 400, message: 'Inbound Phone number not available to trial account' },
  callerIdInvalid: { code: 21401, status: 400, message: 'Invalid Phone Number: {phoneNumber}' },
  callerIdVerified: {
    code: 21450,
    status: 400,
    message: 'Phone number {phoneNumber} already validated on your account',
  },
  callDelayInvalid: { code: 21454, status: 400, message: 'Invalid CallDelay: it must be from 0 to 60 seconds' },
  callbackUrlInvalid: { code: 21456, status: 400, message: 'Invalid CallbackUrl' },
  statusInvalid: { code: 21475, status: 400, message: 'Unable to update Status, invalid Status.' },
  parentStatusUpdate: { code: 21477, status: 400, message: 'Unable to update Status for parent accounts' },

  mediaFetchFailed: { code: 11200, status: 400, message: 'HTTP retrieval failure: {reason}' },
  mediaConnectionFailed: { code: 11205, status: 400, message: 'HTTP connection failure: {reason}' },
  mediaHostUnknown: { code: 11210, status: 400, message: 'HTTP bad host name: {reason}' },
  mediaRedirectedTooOften: { code: 11215, status: 400, message: 'HTTP too many redirects: {reason}' },
  mediaTlsFailed: { code: 11220, status: 400, message: 'SSL/TLS Handshake Error: {reason}' },
  mediaTooLarge: { code: 11751, status: 400, message: 'Media exceeds messaging provider size limit: {reason}' },
  mediaContentTypeInvalid: { code: 12300, status: 400, message: 'Invalid Content-Type: {reason}' },
} as const;

export type ErrorName = keyof typeof errorCatalogue;

type Placeholders<Message extends string> = Message extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** What fills the `{…}` of one error's message; no argument where it has none. */
export type ErrorValues<Name extends ErrorName> = [Placeholders<(typeof errorCatalogue)[Name]['message']>] extends [
  never,
]
  ? []
  : [values: Record<Placeholders<(typeof errorCatalogue)[Name]['message']>, string | number>];

/** The answer to a refused request. Its `status` is the HTTP status to send it with. */
export function errorEnvelope<Name extends ErrorName>(name: Name, ...[values]: ErrorValues<Name>): ErrorEnvelope {
  const { code, status, message } = errorCatalogue[name];
  const filled = message.replace(/\{(\w+)\}/g, (_, key: string) => String((values as Record<string, unknown>)[key]));
  return envelope(code, status, filled);
}

/** The answer for media that could not be taken: the code comes from the service that fetched it. HTTP 400, as all refusals at create time. */
export function mediaErrorEnvelope(code: number, reason: string): ErrorEnvelope {
  const known = Object.values(errorCatalogue).find((error) => error.code === code);
  if (known === undefined) return envelope(code, 400, reason);
  return envelope(
    code,
    known.status,
    known.message.replace(/\{\w+\}/, () => reason),
  );
}

function envelope(code: number, status: number, message: string): ErrorEnvelope {
  const fields = { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
  const isAuthentication = code === errorCatalogue.authenticationFailed.code;
  return isAuthentication ? { ...fields, detail: 'Your AccountSid or AuthToken was incorrect.' } : fields;
}
