// The log: a row for each item, made once and changed only where it must be. It follows the
// newest message for a reader who is at the bottom, and holds still for any other.

import { createRow } from "./row.js";
import { byId, setText, texts } from "./texts.js";

const AT_BOTTOM_PX = 48;
const NEAR_PX = 800;

/** @param {ListEvents} events */
export function mountList({ onOlder, onNewer, onEnd, onMove, onAct }) {
	const [log, list, older, beginning, jump, template] = ["log", "rows", "older", "beginning", "jump", "row"].map(byId);
	let rows = new Map();
	let olderState = "unknown";
	let reachesEnd = true;
	let isFollowing = true;

	const below = () => log.scrollHeight - log.scrollTop - log.clientHeight;
	log.onscroll = look;
	// A phone's keyboard opens, the window is resized: the bottom stays in sight.
	new ResizeObserver(() => isFollowing && toBottom()).observe(log);
	older.onclick = onOlder;
	jump.onclick = () => {
		toEnd();
		log.focus(); // the button goes away under the keyboard
	};
	log.onkeydown = ({ key }) => {
		if (key === "End") toEnd();
	};
	list.onclick = ({ target }) => {
		if (!target.dataset.action) return look(); // a text may have unfolded
		onAct(target.dataset.action, target.closest(".row").dataset.key);
		log.focus(); // the button is gone
	};

	function look() {
		isFollowing = reachesEnd && below() < AT_BOTTOM_PX;
		onMove();
		// After a failure only the button asks again: scrolling would ask without end.
		if (log.scrollTop < NEAR_PX && olderState !== "failed") onOlder();
		else if (!reachesEnd && below() < NEAR_PX) onNewer();
	}

	function toBottom() {
		log.scrollTop = log.scrollHeight;
	}

	function toEnd() {
		isFollowing = true;
		onEnd(); // which leads to an update
	}

	/** @param {ListView} view */
	function update({ items, older: state, hasAbove, unread, ...view }) {
		({ reachesEnd } = view);
		olderState = state;
		// Pages are no news, nor are rows that come back: then a screen reader keeps silent.
		log.ariaLive = isFollowing ? "polite" : "off";
		log.ariaBusy = String(state === "unknown" || state === "loading");
		const anchor = isFollowing ? undefined : lastVisibleText();
		const top = anchor?.getBoundingClientRect().top;
		updateRows(items);
		updateTop(state, hasAbove, items.length === 0);
		if (isFollowing) toBottom();
		else if (anchor?.isConnected) log.scrollTop += anchor.getBoundingClientRect().top - top;
		jump.hidden = unread === 0 && reachesEnd;
		setText(jump, unread > 0 ? texts.newMessages(unread) : texts.newest);
	}

	/** The text, since its row may lose its head, and the last, since the rows above it may too. */
	function lastVisibleText() {
		const edge = log.getBoundingClientRect().bottom;
		const visible = Array.from(list.children).findLast((row) => row.getBoundingClientRect().top < edge);
		return visible?.querySelector(".body");
	}

	/** @param {Item[]} items */
	function updateRows(items) {
		const kept = new Map(items.map(({ key }) => [key, rows.get(key) ?? createRow(template)]));
		for (const [key, row] of rows) if (!kept.has(key)) row.element.remove();
		let place = list.firstElementChild;
		for (const item of items) {
			const row = kept.get(item.key);
			row.update(item);
			if (row.element === place) place = place.nextElementSibling;
			else list.insertBefore(row.element, place);
		}
		rows = kept;
	}

	function updateTop(state, hasAbove, isEmpty) {
		const hadFocus = document.activeElement === older;
		older.hidden = !hasAbove && (state === "unknown" || state === "end");
		setText(older, state === "loading" ? texts.loading : state === "failed" ? texts.failedOlder : texts.older);
		beginning.hidden = hasAbove || state !== "end";
		setText(beginning, isEmpty ? texts.empty : texts.beginning);
		if (hadFocus && older.hidden) log.focus();
	}

	return { update, toEnd, isFollowing: () => isFollowing };
}
