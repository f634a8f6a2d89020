// Whose turn it is, and when. Without Web Locks (plain http) every tab works for itself.

// An origin's chats share its storage, locks and channels.
export const SCOPE = new URL("..", import.meta.url).pathname.slice(1);
const BACKOFF_CAP_MS = 30_000;
const webLocks = globalThis.navigator?.locks;

/** @param {LockManager | undefined} [locks] */
export function makeLead(name, onChange, locks = webLocks) {
	const lead = { isLeader: false, seek, stop };
	let claim = new AbortController();

	// The tab that is looked at steals: one in the background may be frozen.
	function seek(steal = false) {
		if (lead.isLeader) return;
		if (!locks) return become(true);
		claim.abort();
		claim = new AbortController();
		const { signal } = claim;
		locks
			.request(SCOPE + name, steal ? { steal } : { signal }, () => hold(signal))
			.catch(() => {
				if (signal.aborted) return;
				become(false); // stolen: queue for it
				seek();
			});
	}

	function stop() {
		claim.abort();
		become(false);
	}

	function hold(signal) {
		if (signal.aborted) return;
		become(true);
		return new Promise((resolve) => signal.addEventListener("abort", resolve));
	}

	function become(isLeader) {
		if (lead.isLeader === isLeader) return;
		lead.isLeader = isLeader;
		onChange();
	}

	return lead;
}

export function ifFree(name, work, otherwise, locks = webLocks) {
	return locks ? locks.request(name, { ifAvailable: true }, (lock) => (lock ? work() : otherwise())) : otherwise();
}

export function openChannel(name, onWord) {
	if (!globalThis.BroadcastChannel) return { postMessage(_word) {}, close() {} };
	return Object.assign(new BroadcastChannel(SCOPE + name), { onmessage: ({ data }) => onWord(data) });
}

export class Pause {
	#end = () => {};

	/** @returns {Promise<boolean>} whether it was not woken */
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

// Random: pages that lost the server together must not return together.
export function pauseMs(failures, askedMs, random = Math.random) {
	const backoffMs = (Math.min(BACKOFF_CAP_MS, 500 * 2 ** failures) * (1 + random())) / 2;
	return Math.round(Math.max(backoffMs, askedMs && askedMs + random() * 1_000));
}
