// Times as people near the reader write them.

const clockTime = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const exactTime = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
// Never "today": a page left open overnight would go on saying it.
const dayThisYear = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const dayOtherYear = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });

/** @param {Date} date */
export function formatTime(date) {
  return clockTime.format(date);
}

/** @param {Date} date */
export function formatExact(date) {
  return exactTime.format(date);
}

/** @param {Date} date @param {Date} [now] */
export function formatDay(date, now = new Date()) {
  return (date.getFullYear() === now.getFullYear() ? dayThisYear : dayOtherYear).format(date);
}

/** @param {Date} date @returns {string} the local day, for comparing and for <time datetime> */
export function localDay(date) {
  const pad = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}
