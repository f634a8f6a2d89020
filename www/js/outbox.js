// What has been written here and not yet been confirmed, kept for all tabs of the browser: an
// item of the storage for each, so that two tabs never overwrite each other.

// The server keeps keys for two days; past one, only the reader may decide to send again.
const KEY_IS_SAFE_MS = 24 * 3_600_000;
const PREFIX = "out:";

export class Outbox {
	/** @type {Map<string, Trying>} by key */
	#trying = new Map();

	/** @param {Store} store @param {() => void} onChange */
	constructor(store, onChange) {
		this.#store = store;
		this.#onChange = onChange;
	}
	#store;
	#onChange;

	/** @returns {Entry[]} in the order of writing */
	get entries() {
		return this.#places.flatMap((place) => {
			const saved = this.#read(place);
			if (!saved) return [];
			const trying = this.#trying.get(saved.key) ?? { tries: 0 };
			const isOld = !trying.state && Date.now() - saved.createdAt > KEY_IS_SAFE_MS;
			return { ...saved, ...trying, state: saved.refusal || isOld ? "failed" : (trying.state ?? "queued") };
		});
	}

	/** @param {Draft} draft */
	add(draft, key) {
		// Never before what is there already, whatever the clock says.
		const turn = Math.max(Date.now(), Number.parseInt(this.#places.at(-1) ?? "0", 10) + 1);
		this.#write(`${String(turn).padStart(15, "0")}:${key}`, { ...draft, key, createdAt: Date.now() });
	}

	/** @returns {Entry | undefined} whose turn it is; failed ones stand aside until they are asked for */
	next() {
		return this.entries.find(({ state }) => state !== "failed");
	}

	/** @param {Partial<Trying>} change */
	note(key, change) {
		this.#trying.set(key, { tries: 0, ...this.#trying.get(key), ...change });
		this.#onChange();
	}

	/** The server will not have it, now or later. */
	refused(key, refusal) {
		this.#amend(key, { refusal });
	}

	/** It goes again under its key, at the reader's word. */
	again(key) {
		this.#amend(key, { refusal: undefined, createdAt: Date.now() });
	}

	/** It is stored, or the reader gave it up. */
	remove(key) {
		this.#trying.delete(key);
		this.#store.remove(PREFIX + this.#placeOf(key));
		this.#onChange();
	}

	get #places() {
		return this.#store.names(PREFIX);
	}

	#placeOf(key) {
		return this.#places.find((place) => place.endsWith(`:${key}`));
	}

	/** @returns {Saved | null} null when it is gone, or broken */
	#read(place) {
		try {
			const saved = JSON.parse(this.#store.get(PREFIX + place) ?? "");
			return saved.key && saved.room && saved.body && saved.createdAt > 0 ? saved : null;
		} catch {
			return null;
		}
	}

	#write(place, saved) {
		this.#store.set(PREFIX + place, JSON.stringify(saved));
		this.#onChange();
	}

	#amend(key, change) {
		const place = this.#placeOf(key);
		this.#trying.delete(key);
		if (place) this.#write(place, { ...this.#read(place), ...change });
	}
}
