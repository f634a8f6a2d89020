// The messages in memory, the stretch of them that is in the page, its rows.

const STEP = 50;
const GROUP_MS = 5 * 60_000;
export const MOST_ROWS = 250;

export class History {
	/** @type {Message[]} */
	messages = [];
	/** @type {string | null} the first id in the page */
	#first = null;
	/** @type {string | null} null: whatever comes */
	#last = null;

	get reachesEnd() {
		return this.#last === null;
	}

	// In any order, and more than once; returns those that are new.
	add(messages) {
		return messages.filter((message) => {
			const at = this.place(message.id);
			return this.messages[at]?.id !== message.id && this.messages.splice(at, 0, message);
		});
	}

	keepNewest(most) {
		return this.messages.splice(0, Math.max(0, this.messages.length - most)).length > 0;
	}

	// From the end, where nearly all belong
	place(id) {
		return this.messages.findLastIndex((message) => message.id < id) + 1;
	}

	get range() {
		const end = this.#last === null ? this.messages.length : this.place(this.#last) + 1;
		return { start: this.#first === null ? 0 : this.place(this.#first), end };
	}

	// For a reader who does not follow, what is new stays out.
	fit(isFollowing) {
		const { start, end } = this.range;
		if (isFollowing) this.#show(end - MOST_ROWS, end, start);
		else this.#show(start, start + MOST_ROWS);
	}

	// Returns whether there was more above.
	up() {
		const { start, end } = this.range;
		const from = Math.max(0, start - STEP);
		this.#show(from, Math.min(end, from + MOST_ROWS));
		return start > 0;
	}

	down() {
		const { start, end } = this.range;
		this.#show(end + STEP - MOST_ROWS, end + STEP, start);
	}

	toEnd() {
		const { length } = this.messages;
		this.#show(length - MOST_ROWS, length, this.range.start);
	}

	#show(start, end, least = 0) {
		this.#first = this.messages[Math.max(start, least)]?.id ?? null;
		this.#last = end < this.messages.length ? this.messages[end - 1].id : null;
	}
}

// Swedish writes dates as <time datetime> does.
export const localDay = new Intl.DateTimeFormat("sv").format;

/** @param {Message[]} messages @param {Context} context @returns {Item[]} */
export function toItems(messages, { above, entries = [], keys = new Map(), seen = null, me = null } = {}) {
	const items = [
		...messages.map((message) => toItem(keys.get(message.id) ?? message.id, message.created_at, message)),
		...withoutTwins(entries, messages, keys, me).map((entry) => toItem(entry.key, entry.createdAt, entry, entry)),
	];
	const firstNew = seen && (above ?? messages[0])?.id <= seen ? messages.findIndex(({ id }) => id > seen) : -1;
	let last = above && toItem("", above.created_at, above);
	for (const [i, item] of items.entries()) {
		item.startsNews = i === firstNew;
		item.startsDay = !last || localDay(last.at) !== localDay(item.at);
		if (last && !item.startsDay && !item.startsNews) item.isContinued = isContinued(last, item);
		last = item;
	}
	return items;
}

const isContinued = (last, item) => last.author === item.author && Math.abs(item.at - last.at) < GROUP_MS;

// The poll may be faster than the answer to a POST. A failed one stays: better twice than lost.
function withoutTwins(entries, messages, keys, me) {
	const used = new Set(keys.keys());
	return entries.filter(({ state, body, author, after }) => {
		const isTwin = (other) => other.body === body && (other.author === author || other.author === me);
		const twin = messages.find((message) => message.id > after && !used.has(message.id) && isTwin(message));
		if (twin) used.add(twin.id);
		return !twin || state === "failed";
	});
}

function toItem(key, at, /** @type {any} */ { author, body, state = "stored" }, entry = undefined) {
	return { key, author, body, at: new Date(at), state, entry, startsDay: false, startsNews: false, isContinued: false };
}
