const SCHEME_AND_HOST = /^https?:\/\/[^/?#]/i;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const LONGEST_HOST_NAME = 253;
/** What the client that requests it will take. */
const LONGEST_URL = 8_192;

/**
 * Whether the text is an absolute http or https URL with a valid host, that can be requested as it stands. Says nothing about where
 * it leads: the client that requests it refuses inside addresses.
 */
export function isCustomerUrl(text: string): boolean {
  const host = hostOf(text);
  return host !== null && isHost(host);
}

/** Whether the text can be a StatusCallback: as `isCustomerUrl`, and no underscore in the host, which Twilio refuses there. */
export function isStatusCallbackUrl(text: string): boolean {
  return isCustomerUrl(text) && !hostOf(text)?.includes('_');
}

function hostOf(text: string): string | null {
  // The URL parser silently drops white space, control characters and missing slashes; a customer's typing error should be told.
  if (text.length > LONGEST_URL || hasSpaceOrControl(text) || !SCHEME_AND_HOST.test(text)) return null;
  return URL.canParse(text) ? new URL(text).hostname : null;
}

function hasSpaceOrControl(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit <= 0x20 || unit === 0x7f) return true;
  }
  return false;
}

function isHost(host: string): boolean {
  if (host.startsWith('[')) return true;
  const name = host.endsWith('.') ? host.slice(0, -1) : host;
  return name.length <= LONGEST_HOST_NAME && name.split('.').every((label) => LABEL.test(label));
}
