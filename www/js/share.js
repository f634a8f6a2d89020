// What one tab of a browser can do for all: Web Locks choose the tab, a BroadcastChannel tells
// the others. Where either is missing (plain http on a LAN), every tab does it for itself.

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

	/** The tab that is looked at steals: one in the background may be frozen, and would lead nobody. */
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

/** Does the work when no other tab is at it. */
export function ifFree(name, work, otherwise, locks = webLocks) {
	return locks ? locks.request(name, { ifAvailable: true }, (lock) => (lock ? work() : otherwise())) : otherwise();
}

/** @param {(word) => void} onWord  gets what other tabs post */
export function openChannel(name, onWord) {
	if (!globalThis.BroadcastChannel) return { postMessage(_word) {}, close() {} };
	return Object.assign(new BroadcastChannel(name), { onmessage: ({ data }) => onWord(data) });
}
