/** A stretch of time that a date names: `end` is the first moment after it. */
export interface DatePeriod {
  readonly start: Date;
  readonly end: Date;
}

const MILLISECOND = 1;
const SECOND = 1_000;
const DAY = 86_400_000;

/** Zone names of RFC 2822 section 4.3, as minutes east of GMT. */
const ZONES: Readonly<Record<string, number>> = {
  Z: 0,
  UT: 0,
  GMT: 0,
  UTC: 0,
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const TIME = '(?<hour>\\d{2}):(?<minute>\\d{2})(?::(?<second>\\d{2})(?:[.,](?<fraction>\\d{1,9}))?)?';
const ZONE = '(?: ?(?<zone>[A-Z]{1,3}|[+-]\\d{2}:?\\d{2}))?';

/** The forms that Twilio's documents show, and ISO 8601 with offsets, which its libraries send. */
const FORMS = [
  new RegExp(`^(?<year>\\d{4})-(?<month>\\d{2})-(?<day>\\d{2})(?:[T ]${TIME}${ZONE})?$`),
  new RegExp(`^(?<month>\\d{2})/(?<day>\\d{2})/(?<year>\\d{4})(?: ${TIME}${ZONE})?$`),
  new RegExp(`^(?:[A-Z][a-z]{2}, )?(?<day>\\d{1,2}) (?<monthName>[A-Z][a-z]{2}) (?<year>\\d{4}) ${TIME}${ZONE}$`),
];

/**
 * The period that a date filter's value names: a whole day for a date, else the second (or millisecond) that was written, so that a bound
 * is inclusive at the precision it was given in. GMT where no zone is written. Null for anything else, and for dates that do not exist.
 */
export function parseDatePeriod(text: string): DatePeriod | null {
  for (const form of FORMS) {
    const parts = form.exec(text)?.groups;
    if (parts !== undefined) return periodOf(parts);
  }
  return null;
}

type DateParts = Readonly<Record<string, string | undefined>>;

function periodOf(parts: DateParts): DatePeriod | null {
  const midnight = midnightOf(parts);
  if (midnight === null) return null;
  if (parts['hour'] === undefined) return period(midnight, DAY);
  const offsetMinutes = offsetOf(parts['zone']);
  const timeOfDay = timeOfDayOf(parts);
  if (offsetMinutes === null || timeOfDay === null) return null;
  const precision = parts['fraction'] === undefined ? SECOND : MILLISECOND;
  return period(midnight + timeOfDay - offsetMinutes * 60 * SECOND, precision);
}

const period = (startMs: number, lengthMs: number): DatePeriod => ({
  start: new Date(startMs),
  end: new Date(startMs + lengthMs),
});

function midnightOf(parts: DateParts): number | null {
  const name = parts['monthName'];
  const month = name === undefined ? Number(parts['month']) : MONTHS.indexOf(name) + 1;
  const day = Number(parts['day']);
  const date = new Date(0);
  // Not Date.UTC, which reads the years 0 to 99 as 1900 to 1999.
  date.setUTCFullYear(Number(parts['year']), month - 1, day);
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? date.getTime() : null;
}

function timeOfDayOf(parts: DateParts): number | null {
  const [hour, minute, second] = [parts['hour'], parts['minute'], parts['second'] ?? '0'].map(Number);
  // 60 is a leap second, which becomes the first second of the next minute.
  if (hour > 23 || minute > 59 || second > 60) return null;
  const milliseconds = Number((parts['fraction'] ?? '').padEnd(3, '0').slice(0, 3));
  return ((hour * 60 + minute) * 60 + second) * SECOND + milliseconds;
}

function offsetOf(zone: string | undefined): number | null {
  if (zone === undefined) return 0;
  const numeric = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (numeric === null) return Object.hasOwn(ZONES, zone) ? ZONES[zone] : null;
  const minutes = Number(numeric[2]) * 60 + Number(numeric[3]);
  return numeric[1] === '-' ? -minutes : minutes;
}
