/** The most SIDs that one log line names. */
const MOST_SIDS = 20;

/** What a wide log line says of the messages of a unit of work. */
export function sidsFor(messages: readonly { readonly messageSid: string }[]): { messageSids: string[] } {
  return { messageSids: messages.slice(0, MOST_SIDS).map(({ messageSid }) => messageSid) };
}
