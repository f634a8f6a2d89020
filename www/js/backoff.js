// How long to wait before the next try.

const FIRST_MS = 1_000;
const CAP_MS = 30_000;
// A broken or hostile Retry-After must not silence the page for a day.
const RETRY_AFTER_CAP_MS = 120_000;

/**
 * Doubles with every failure up to a cap. Half of it is random: pages that lost
 * the same server at the same moment must not come back at the same moment.
 * @param {number} failures  how many tries have failed in a row, from 1
 * @param {() => number} [random]
 */
export function backoffMs(failures, random = Math.random) {
  const ceiling = Math.min(CAP_MS, FIRST_MS * 2 ** (failures - 1));
  return Math.round(ceiling / 2 + (random() * ceiling) / 2);
}

/**
 * @param {string | null} value  the header: seconds, or an HTTP date
 * @param {number} nowMs
 * @returns {number | null} milliseconds from now
 */
export function retryAfterMs(value, nowMs) {
  if (value === null || value.trim() === "") return null;
  const ms = /^\s*\d+\s*$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - nowMs;
  if (Number.isNaN(ms)) return null;
  return Math.min(Math.max(ms, 0), RETRY_AFTER_CAP_MS);
}

/**
 * Never sooner than the server asked for, and not all at that very moment.
 * @param {number} failures
 * @param {number | null} askedMs  what Retry-After said
 * @param {() => number} [random]
 */
export function pauseMs(failures, askedMs, random = Math.random) {
  const own = backoffMs(failures, random);
  return askedMs === null ? own : Math.max(own, askedMs + Math.round(random() * FIRST_MS));
}
