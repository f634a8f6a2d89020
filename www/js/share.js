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

	/**
	 * @param {boolean} [steal]  take it from the tab that has it. The tab that is looked at does:
	 *   one in the background may be frozen, and would lead nobody.
	 */
	seek(steal = false) {
		if (this.isLeader) return;
		if (!this.locks) return this.#become(true);
		this.#claim.abort();
		const { signal } = (this.#claim = new AbortController());
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

	/** @param {AbortSignal} signal */
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
	if (!locks) return otherwise();
	return locks.request(name, { ifAvailable: true }, (lock) => (lock ? work() : otherwise()));
}

/** @param {(word) => void} onWord  gets what other tabs post */
export function openChannel(name, onWord) {
	if (!globalThis.BroadcastChannel) return { postMessage(_word) {}, close() {} };
	const channel = new BroadcastChannel(name);
	channel.onmessage = ({ data }) => onWord(data);
	return channel;
}
