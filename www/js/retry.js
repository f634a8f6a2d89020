// When to try again: how long to wait, and a pause that an event can end early.

const CAP_MS = 30_000;
// A broken or hostile Retry-After must not silence the page for a day.
const ASKED_CAP_MS = 120_000;

/** Half of it is random: pages that lost the server together must not come back together. */
export function backoffMs(failures, random = Math.random) {
	return Math.round((Math.min(CAP_MS, 500 * 2 ** failures) * (1 + random())) / 2);
}

/** @param {string | null} value  Retry-After: seconds, or an HTTP date */
export function retryAfterMs(value, nowMs = Date.now()) {
	const ms = /^\d+$/.test(value ?? "") ? Number(value) * 1_000 : Date.parse(value ?? "") - nowMs;
	return Math.min(Math.max(ms || 0, 0), ASKED_CAP_MS);
}

/** Never sooner than the server asked for, and not all at that very moment. */
export function pauseMs(failures, askedMs, random = Math.random) {
	return Math.max(backoffMs(failures, random), askedMs && askedMs + Math.round(random() * 1_000));
}

export class Pause {
	#end = () => {};

	/** @returns {Promise<boolean>} whether the time is over; else it was woken */
	wait(ms) {
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, ms, true);
			this.#end = () => resolve(clearTimeout(timer) ?? false);
		});
	}

	wake() {
		this.#end();
	}
}
