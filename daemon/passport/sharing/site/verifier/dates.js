// When does it hold? Dates read strictly; what has no zone is unclear, never local time (ISO 8601; RFC 7519, 4.1).

import { language } from "./speech.js";
import { answer } from "./owners.js";

const FORM = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?([Zz]| ?[+-]\d\d(?::?\d\d)?)?)?$/;
const HOUR = 3_600_000;

/** @typedef {{ earliest: number, latest: number, at: number, hasZone: boolean }} Instant milliseconds since 1970 */

/** @param {any} value @returns {Instant | null} null: it is no date that exists */
export function instantOf(value) {
  const seconds = typeof value === "number" ? value : /^-?\d{1,12}(\.0+)?$/.test(value) ? Number(value) : NaN;
  if (Number.isFinite(seconds)) return { at: seconds * 1000, earliest: seconds * 1000, latest: seconds * 1000, hasZone: true };
  const match = FORM.exec(String(value).trim());
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const fraction = Number(`0.${match[7] ?? 0}`) * 1000, zone = match[8];
  const point = new Date(Date.UTC(year ?? 0, (month ?? 1) - 1, day ?? 1));
  if (point.getUTCMonth() !== (month ?? 1) - 1 || (hour ?? 0) > 24 || (minute ?? 0) > 59 || (second ?? 0) > 60) return null;
  const local = point.getTime() + (hour ?? 0) * HOUR + (minute ?? 0) * 60_000 + (second ?? 0) * 1000 + Math.floor(fraction);
  const at = local - shift(zone ?? "Z");
  if (zone) return { at, earliest: at, latest: at, hasZone: true };
  return { at, earliest: at - 14 * HOUR, latest: at + (match[4] === undefined ? 36 : 12) * HOUR, hasZone: false };
}

/** @param {string} zone */
function shift(zone) {
  if (/z/i.test(zone)) return 0;
  const digits = zone.replace(/\D/g, "").padEnd(4, "0");
  return (zone.includes("-") ? -1 : 1) * (Number(digits.slice(0, 2)) * HOUR + Number(digits.slice(2)) * 60_000);
}

/** @param {number} at */
export function dayOf(at) {
  return new Date(at).toLocaleDateString(language(), { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}

/**
 * Whether a period holds at a moment.
 * @param {{ start?: any, end?: any, notBefore?: any, expires?: any, loose?: boolean }} period
 * @param {Date} now
 */
export function checkPeriod(period, now) {
  const start = period.start ? instantOf(period.start) : undefined, end = period.end ? instantOf(period.end) : undefined;
  const moment = now.getTime(), first = period.notBefore * 1000, last = period.expires * 1000;
  if (start === null || end === null) return answer("failed", "It names a date that does not exist.");
  if (start && end && end.latest < start.earliest) return answer("failed", "It ends before it begins.");
  if ((start && moment < start.earliest) || moment < first) {
    return answer("failed", `It is not valid before ${dayOf(start ? start.at : first)}.`);
  }
  if ((end && moment > end.latest) || moment >= last) {
    return answer("failed", `It was valid until ${dayOf(end && moment > end.latest ? end.at : last)} and has expired.`);
  }
  for (const one of [start, end]) {
    if (one && !one.hasZone && (!period.loose || (moment >= one.earliest && moment <= one.latest))) {
      return answer("unknown", "One of its dates has no time zone, so it is unclear when that is.");
    }
  }
  if (end) return answer("passed", `It is valid until ${dayOf(end.at)}.`);
  return answer("passed", last ? `It is valid until ${dayOf(last)}.` : "It has no end: it stays valid until the issuer takes it back.");
}
