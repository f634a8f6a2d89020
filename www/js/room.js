// One open room: what the server and the reader do goes into the history, the history to the screen.

import { NIL, PAGE_SIZE, readPage } from "./api.js";
import { toItems } from "./conversation.js";
import { openFeed } from "./feed.js";
import { History } from "./history.js";

const KEEP_MESSAGES = 1_000;

/** @param {string} room @param {RoomParts} parts */
export function openRoom(room, { outbox, list, seen, me, onState, onNews, onSeen, onUnread }) {
	const history = new History();
	/** @type {Map<string, string>} the keys of messages sent from here, by id */
	const keys = new Map();
	/** @type {ListView["older"]} */
	let older = "unknown";
	let unread = 0;
	let isOpen = true;

	const feed = openFeed({
		room,
		onOpen(page) {
			addOlder(page);
			look();
		},
		onMessages: receive,
		onState: (state) => isOpen && onState(state),
	});

	function addOlder(page) {
		history.add(page);
		history.up();
		older = page.length < PAGE_SIZE ? "end" : "more";
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
			older = "failed"; // the button says so
			update();
		}
	}

	function receive(messages) {
		const before = history.messages.at(-1)?.id ?? null;
		const news = history.add(messages).filter(({ author }) => author === null || author !== me());
		if (news.length > 0 && !isLooking()) {
			if (unread === 0) seen = before;
			unread += news.length;
		}
		// A reader at the bottom looks at the newest; the oldest may go, and can be read again.
		if (list.isFollowing() && older !== "loading" && history.keepNewest(KEEP_MESSAGES)) older = "more";
		history.fit(list.isFollowing());
		update();
		look();
		if (news.length > 0 && feed.isLeader()) onNews(news[news.length - 1]);
	}

	const isLooking = () => !document.hidden && list.isFollowing();

	/** What is on the screen while somebody looks at it is seen. */
	function look() {
		const newest = history.messages.at(-1);
		if (!newest || !isLooking()) return;
		onSeen(newest.id);
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
		onUnread(unread);
	}

	return {
		update,
		look,
		showOlder,
		showNewer() {
			history.down();
			update();
		},
		showEnd() {
			history.toEnd();
			update();
		},
		newestId: () => history.messages.at(-1)?.id ?? NIL,
		wake: () => feed.wake(),

		/** An own message that the poll brought first is already on the screen under its id. */
		storeOwn(message, key) {
			seen = null;
			if (history.add([message]).length > 0) keys.set(message.id, key);
			history.fit(list.isFollowing());
		},

		close() {
			isOpen = false;
			feed.stop();
		},
	};
}
