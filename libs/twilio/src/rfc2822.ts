/** A moment as Twilio's JSON writes it: `Thu, 24 Aug 2023 05:01:45 +0000`. Always GMT; parts of a second are dropped. */
export function formatRfc2822(moment: Date): string {
  // ECMAScript fixes the form of toUTCString; only the name of the zone differs from RFC 2822.
  return moment.toUTCString().replace('GMT', '+0000');
}
