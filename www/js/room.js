// One open room: from feed and outbox into the history, from there to the list.

import { NIL, readPage } from "./api.js";
import { openFeed } from "./feed.js";
import { History, toItems } from "./history.js";

const KEEP_MESSAGES = 1_000;

/** @param {string} room @param {RoomParts} parts */
export function openRoom(room, { outbox, list, rooms, status, alerts, me }) {
	const history = new History();
	const keys = new Map(); // of messages sent from here, by id
	/** @type {ListView["older"]} */
	let older = "unknown";
	let unread = 0;
	let seen = rooms.seen();
	let isOpen = true;

	const feed = openFeed({
		room,
		onOpen(page) {
			addOlder(page);
			look();
		},
		onMessages: receive,
		onState: status.update,
	});

	function addOlder(page) {
		history.add(page);
		history.up();
		older = page.more ? "more" : "end";
		update();
	}

	async function showOlder() {
		if (history.up()) return update();
		if (older !== "more" && older !== "failed") return;
		older = "loading";
		update();
		try {
			addOlder(await readPage(room, { before: history.messages[0].id }));
		} catch {
			older = "failed";
			update();
		}
	}

	function receive(messages) {
		const before = newestId();
		const news = history.add(messages).filter(({ author }) => author === null || author !== me());
		if (news.length > 0 && !isLooking()) {
			if (unread === 0) seen = before;
			unread += news.length;
		}
		// A page left open for a month must not hold the month.
		if (list.follows() && older !== "loading" && history.keepNewest(KEEP_MESSAGES)) older = "more";
		history.fit(list.follows());
		update();
		look();
		if (news.length > 0 && feed.isLeader() && !document.hasFocus()) alerts.call(news.at(-1));
	}

	const newestId = () => history.messages.at(-1)?.id ?? NIL;
	const isLooking = () => !document.hidden && list.follows();

	function look() {
		if (!isLooking()) return;
		rooms.see(newestId());
		if (unread === 0) return;
		unread = 0;
		update();
	}

	function update() {
		if (!isOpen) return;
		const { reachesEnd, range, messages } = history;
		const { start, end } = range;
		const entries = reachesEnd ? outbox.entries().filter((entry) => entry.room === room) : [];
		const items = toItems(messages.slice(start, end), { above: messages[start - 1], entries, keys, seen, me: me() });
		list.update({ items, older, hasAbove: start > 0, reachesEnd, unread });
		alerts.showCount(room, unread);
	}

	return {
		update,
		look,
		showOlder,
		/** @param {"down" | "toEnd"} where */
		show(where) {
			history[where]();
			update();
		},
		newestId,
		wake: () => feed.wake(),

		// What the poll brought first is on the screen under its id.
		storeOwn(message, key) {
			seen = null;
			if (history.add([message]).length > 0) keys.set(message.id, key);
			history.fit(list.follows());
		},

		close() {
			isOpen = false;
			feed.stop();
		},
	};
}
