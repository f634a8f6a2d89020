// What is to be seen, in order: stored messages by id, then what is still on its way.

const GROUP_MS = 5 * 60_000;

/** The local day, for comparing and for <time datetime>. */
export function localDay(date) {
	return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
}

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

/**
 * The poll may bring an own message before its POST is answered: the entry steps back while a
 * message like it is shown. A failed one stays: better twice than lost.
 */
function withoutTwins(entries, messages, keys, me) {
	const used = new Set(keys.keys());
	return entries.filter(({ state, body, author, after }) => {
		const isTwin = (other) => other.body === body && (other.author === author || other.author === me);
		const twin = messages.find((message) => message.id > after && !used.has(message.id) && isTwin(message));
		if (twin) used.add(twin.id);
		return !twin || state === "failed";
	});
}

/** @returns {Item} */
function toItem(key, at, /** @type {any} */ { author, body, state = "stored" }, entry = undefined) {
	return { key, author, body, at: new Date(at), state, entry, startsDay: false, startsNews: false, isContinued: false };
}
