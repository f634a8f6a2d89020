// What is not yet confirmed: an item of the storage for each, since tabs share it.

import { postMessage } from "./api.js";
import { makeLead, Pause, pauseMs } from "./share.js";

// The server keeps keys for two days; past one, only the reader may send again.
const KEY_IS_SAFE_MS = 24 * 3_600_000;
const PREFIX = "out:";

/** @param {Store} store */
export function openOutbox(store, onChange) {
	/** @type {Map<string, Trying>} by key */
	const trying = new Map();
	const places = () => store.names(PREFIX);
	const placeOf = (key) => places().find((place) => place.endsWith(`:${key}`));
	/** @returns {Entry[]} in the order of writing */
	const entries = () => places().flatMap((place) => read(place) ?? []);

	function read(place) {
		try {
			const saved = JSON.parse(store.get(PREFIX + place) ?? "");
			const now = trying.get(saved.key) ?? { tries: 0 };
			const isOld = !now.state && !(Date.now() - saved.createdAt < KEY_IS_SAFE_MS);
			const state = saved.refusal || isOld ? "failed" : (now.state ?? "queued");
			return saved.key && saved.room && saved.body && { ...saved, ...now, state };
		} catch {} // gone, or broken
	}

	function write(place, saved) {
		store.set(PREFIX + place, JSON.stringify(saved));
		onChange();
	}

	function amend(key, change) {
		const place = placeOf(key);
		trying.delete(key);
		if (place) write(place, { ...read(place), ...change });
	}

	return {
		entries,

		add(draft, key) {
			// Whatever the clock says
			const turn = Math.max(Date.now(), Number.parseInt(places().at(-1) ?? "0", 10) + 1);
			write(`${String(turn).padStart(15, "0")}:${key}`, { ...draft, key, createdAt: Date.now() });
		},

		next: () => entries().find(({ state }) => state !== "failed"),

		note(key, change) {
			trying.set(key, { tries: 0, ...trying.get(key), ...change });
			onChange();
		},

		refused: (key, refusal) => amend(key, { refusal }),
		again: (key) => amend(key, { refusal: undefined, createdAt: Date.now() }),

		remove(key) {
			trying.delete(key);
			store.remove(PREFIX + placeOf(key));
			onChange();
		},
	};
}

// One at a time, in the order of writing
export function makeSender(outbox, onStored, post = postMessage) {
	const pause = new Pause();
	const lead = makeLead("chat-sender", run);
	const next = () => (lead.isLeader ? outbox.next() : undefined);
	let isBusy = false;

	async function run() {
		if (isBusy) return;
		isBusy = true;
		for (let entry = next(); entry; entry = next()) await attempt(entry);
		isBusy = false;
	}

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
			// Safe to repeat: the key makes the server store it once.
			const ms = pauseMs(tries, askedMs);
			outbox.note(key, { state: "waiting", isBusy, retryAt: Date.now() + ms });
			await pause.wait(ms);
		}
	}

	return {
		run,
		lead,

		wake() {
			lead.seek(true);
			pause.wake();
			run();
		},

		submit(draft) {
			outbox.add(draft, makeKey());
			lead.seek(true);
			run();
		},
	};
}

// crypto.randomUUID needs https.
export function makeKey() {
	return crypto.getRandomValues(new Uint32Array(4)).join("-");
}
