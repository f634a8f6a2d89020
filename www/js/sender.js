// Sends the outbox: one message at a time, in the order of writing, each until it is stored or
// refused. One tab does it for all. If two ever did, the keys would still keep every message
// single, and nobody sends one before all before it are stored.

import { postMessage } from "./api.js";
import { Pause, pauseMs } from "./retry.js";
import { Leadership } from "./share.js";

export class Sender {
	#isBusy = false;
	#pause = new Pause();
	#lead = new Leadership("chat-sender", () => this.run());

	/**
	 * @param {import("./outbox.js").Outbox} outbox
	 * @param {(message: Message, entry: Entry) => void} onStored  before the entry leaves the outbox
	 */
	constructor(outbox, onStored, post = postMessage) {
		this.#outbox = outbox;
		this.#onStored = onStored;
		this.#post = post;
	}
	#outbox;
	#onStored;
	#post;

	get isLeader() {
		return this.#lead.isLeader;
	}

	/** Begins; another tab may be at it. */
	start() {
		this.#lead.seek();
	}

	/** @param {Draft} draft */
	submit(draft) {
		this.#outbox.add(draft, makeKey());
		this.#lead.seek(true);
		this.run();
	}

	/** The network may be back, or the reader wants it: what waits is tried at once, from here. */
	wake() {
		this.#lead.seek(true);
		this.#pause.wake();
		this.run();
	}

	/** Sends until nothing is left to send; a second call while it runs adds nothing. */
	async run() {
		if (this.#isBusy) return;
		this.#isBusy = true;
		for (let entry = this.#next(); entry; entry = this.#next()) await this.#attempt(entry);
		this.#isBusy = false;
	}

	#next() {
		return this.isLeader ? this.#outbox.next() : undefined;
	}

	/** @param {Entry} entry */
	async #attempt(entry) {
		const { key } = entry;
		const tries = entry.tries + 1;
		this.#outbox.note(key, { state: "sending", tries });
		try {
			this.#onStored(await this.#post(entry), entry);
			this.#outbox.remove(key);
		} catch ({ isPassing, isBusy, message, askedMs }) {
			if (!isPassing) return this.#outbox.refused(key, message);
			// Safe to repeat whatever happened: the key makes the server store it once.
			const ms = pauseMs(tries, askedMs);
			this.#outbox.note(key, { state: "waiting", isBusy, retryAt: Date.now() + ms });
			await this.#pause.wait(ms);
		}
	}
}

/** Not crypto.randomUUID: that needs https, and this page is opened by plain http on a LAN. */
export function makeKey() {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
