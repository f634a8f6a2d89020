// Whose turn it is, and when. Without Web Locks (plain http) every tab works for itself.

const BACKOFF_CAP_MS = 30_000;
const webLocks = globalThis.navigator?.locks;

export class Leadership {
	isLeader = false;
	#claim = new AbortController();

	/** @param {LockManager | undefined} [locks] */
	constructor(name, onChange, locks = webLocks) {
		this.name = name;
		this.onChange = onChange;
		this.locks = locks;
	}

	// The tab that is looked at steals: one in the background may be frozen.
	seek(steal = false) {
		if (this.isLeader) return;
		if (!this.locks) return this.#become(true);
		this.#claim.abort();
		this.#claim = new AbortController();
		const { signal } = this.#claim;
		this.locks
			.request(this.name, steal ? { steal } : { signal }, () => this.#hold(signal))
			.catch(() => {
				if (signal.aborted) return;
				this.#become(false); // stolen: queue for it
				this.seek();
			});
	}

	stop() {
		this.#claim.abort();
		this.#become(false);
	}

	#hold(signal) {
		if (signal.aborted) return;
		this.#become(true);
		return new Promise((resolve) => signal.addEventListener("abort", resolve));
	}

	#become(isLeader) {
		if (this.isLeader === isLeader) return;
		this.isLeader = isLeader;
		this.onChange();
	}
}

export function ifFree(name, work, otherwise, locks = webLocks) {
	return locks ? locks.request(name, { ifAvailable: true }, (lock) => (lock ? work() : otherwise())) : otherwise();
}

export function openChannel(name, onWord) {
	if (!globalThis.BroadcastChannel) return { postMessage(_word) {}, close() {} };
	return Object.assign(new BroadcastChannel(name), { onmessage: ({ data }) => onWord(data) });
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

// Partly random: pages that lost the server together must not come back together.
export function pauseMs(failures, askedMs, random = Math.random) {
	const backoffMs = (Math.min(BACKOFF_CAP_MS, 500 * 2 ** failures) * (1 + random())) / 2;
	return Math.round(Math.max(backoffMs, askedMs && askedMs + random() * 1_000));
}
