// Times of the workspace's clock. Everything is UTC, because an incident is told in one time zone.

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const two = (n) => String(n).padStart(2, "0");

/** A Slack ts ("1397601873.000100") or a number of seconds as a Date. */
export const dateOf = (ts) => new Date(Math.floor(Number(ts) * 1000));

export const hhmm = (date) => `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
export const hhmmss = (date) => `${hhmm(date)}:${two(date.getUTCSeconds())}`;
export const isoDay = (date) => `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
export const fullTime = (date) => `${isoDay(date)} ${hhmmss(date)} UTC`;

function ordinal(n) {
  const ends = { 1: "st", 2: "nd", 3: "rd" };
  return `${n}${n % 100 > 10 && n % 100 < 14 ? "th" : (ends[n % 10] ?? "th")}`;
}

/** "Tuesday, 15 April 2014". */
export function dayName(date) {
  return `${DAYS[date.getUTCDay()]}, ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** Slack's `<!date^…>` format words, filled in UTC. Unknown words stay as they are. */
export function dateTokens(date, format) {
  const month = MONTHS[date.getUTCMonth()],
    day = date.getUTCDate(),
    year = date.getUTCFullYear();
  const long = `${DAYS[date.getUTCDay()]}, ${month} ${ordinal(day)}, ${year}`;
  const short = `${month.slice(0, 3)} ${day}, ${year}`;
  const words = {
    date: `${month} ${ordinal(day)}, ${year}`,
    date_pretty: `${month} ${ordinal(day)}, ${year}`,
    date_num: isoDay(date),
    date_slash: `${two(date.getUTCMonth() + 1)}/${two(day)}/${year}`,
    date_long: long,
    date_long_pretty: long,
    date_long_full: long,
    date_short: short,
    date_short_pretty: short,
    time: hhmm(date),
    time_secs: hhmmss(date),
    ago: hhmm(date),
    day_divider_pretty: dayName(date),
  };
  return format.replace(/\{(\w+)\}/g, (whole, word) => words[word] ?? whole);
}

/** A clock that runs from `now` (ISO) at `speed`, read with `.read()` -> Date. */
export function runningClock(now, speed) {
  const base_ms = Date.parse(now),
    from_ms = performance.now();
  return { speed, read: () => new Date(base_ms + (performance.now() - from_ms) * speed) };
}

/** "0.3 s", "12 s", "4 min": for the waiting of one command. */
export function span(ms) {
  if (ms < 950) return `${Math.round(ms)} ms`;
  return ms < 90_000 ? `${(ms / 1000).toFixed(ms < 9950 ? 1 : 0)} s` : `${Math.round(ms / 60_000)} min`;
}

/** "12 kB". */
export function sizeOf(bytes) {
  if (!Number.isFinite(bytes)) return "";
  return bytes < 1000
    ? `${bytes} B`
    : bytes < 1_000_000
      ? `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`
      : `${(bytes / 1e6).toFixed(1)} MB`;
}
