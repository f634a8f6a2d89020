// What has been written here and not yet been confirmed, kept for all tabs: an item of the
// storage for each, so that two tabs never overwrite each other.

// The server keeps keys for two days; past one, only the reader may decide to send again.
const KEY_IS_SAFE_MS = 24 * 3_600_000;
const PREFIX = "out:";

/** @param {Store} store @param {() => void} onChange */
export function openOutbox(store, onChange) {
	/** @type {Map<string, Trying>} by key */
	const trying = new Map();
	const places = () => store.names(PREFIX);
	const placeOf = (key) => places().find((place) => place.endsWith(`:${key}`));

	/** @returns {Entry[]} in the order of writing */
	const entries = () => places().flatMap((place) => read(place) ?? []);

	/** @returns {Entry | undefined} nothing when it is gone, or broken */
	function read(place) {
		try {
			const saved = JSON.parse(store.get(PREFIX + place) ?? "");
			const now = trying.get(saved.key) ?? { tries: 0 };
			const isOld = !now.state && !(Date.now() - saved.createdAt < KEY_IS_SAFE_MS);
			const state = saved.refusal || isOld ? "failed" : (now.state ?? "queued");
			return saved.key && saved.room && saved.body && { ...saved, ...now, state };
		} catch {}
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

		/** @param {Draft} draft */
		add(draft, key) {
			// Never before what is there already, whatever the clock says.
			const turn = Math.max(Date.now(), Number.parseInt(places().at(-1) ?? "0", 10) + 1);
			write(`${String(turn).padStart(15, "0")}:${key}`, { ...draft, key, createdAt: Date.now() });
		},

		/** Whose turn it is; failed ones stand aside until they are asked for. */
		next: () => entries().find(({ state }) => state !== "failed"),

		/** @param {Partial<Trying>} change */
		note(key, change) {
			trying.set(key, { tries: 0, ...trying.get(key), ...change });
			onChange();
		},

		/** The server will not have it, now or later. */
		refused: (key, refusal) => amend(key, { refusal }),

		/** It goes again under its key, at the reader's word. */
		again: (key) => amend(key, { refusal: undefined, createdAt: Date.now() }),

		/** It is stored, or the reader gave it up. */
		remove(key) {
			trying.delete(key);
			store.remove(PREFIX + placeOf(key));
			onChange();
		},
	};
}
