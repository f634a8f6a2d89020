// Sends the outbox: one message at a time, in the order of writing. One tab does it for all. If two
// did, the keys would keep every message single, and none goes before all before it are stored.

import { postMessage } from "./api.js";
import { Pause, pauseMs } from "./retry.js";
import { Leadership } from "./share.js";

/**
 * @param {ReturnType<typeof import("./outbox.js").openOutbox>} outbox
 * @param {(message: Message, entry: Entry) => void} onStored  before the entry leaves the outbox
 */
export function makeSender(outbox, onStored, post = postMessage) {
	const pause = new Pause();
	const lead = new Leadership("chat-sender", run);
	let isBusy = false;

	/** Sends until nothing is left to send; a second call while it runs adds nothing. */
	async function run() {
		if (isBusy) return;
		isBusy = true;
		for (let entry = next(); entry; entry = next()) await attempt(entry);
		isBusy = false;
	}

	const next = () => (lead.isLeader ? outbox.next() : undefined);

	/** @param {Entry} entry */
	async function attempt(entry) {
		const { key } = entry;
		const tries = entry.tries + 1;
		outbox.note(key, { state: "sending", tries });
		try {
			onStored(await post(entry), entry);
			outbox.remove(key);
		} catch ({ isPassing, isBusy, message, askedMs }) {
			if (!isPassing) return outbox.refused(key, message);
			// Safe to repeat whatever happened: the key makes the server store it once.
			const ms = pauseMs(tries, askedMs);
			outbox.note(key, { state: "waiting", isBusy, retryAt: Date.now() + ms });
			await pause.wait(ms);
		}
	}

	/** The network may be back, or the reader wants it: what waits is tried at once, from here. */
	function wake() {
		lead.seek(true);
		pause.wake();
		run();
	}

	return {
		run,
		wake,
		start: (isSeen) => lead.seek(isSeen),
		isLeader: () => lead.isLeader,

		/** @param {Draft} draft */
		submit(draft) {
			outbox.add(draft, makeKey());
			lead.seek(true);
			run();
		},
	};
}

/** Not crypto.randomUUID: that needs https, and this page is opened by plain http on a LAN. */
export function makeKey() {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
