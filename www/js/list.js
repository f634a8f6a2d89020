// Follows the newest message for a reader at the bottom, holds still for others.

import { createRow } from "./row.js";
import { byId, setText, texts } from "./texts.js";

const AT_BOTTOM_PX = 48;
const NEAR_PX = 800;

export function mountList({ room, onAct }) {
	const [log, list, older, beginning, jump, template] = ["log", "rows", "older", "beginning", "jump", "row"].map(byId);
	let rows = new Map();
	/** @type {ListView} */
	let shown;
	let isFollowing = true;
	let bottom = 0; // where following has scrolled to

	const below = () => log.scrollHeight - log.scrollTop - log.clientHeight;
	log.onscroll = look;
	new ResizeObserver(() => follows() && toBottom()).observe(log);
	older.onclick = () => room().showOlder();
	jump.onclick = () => {
		toEnd();
		log.focus(); // the button goes away
	};
	log.onkeydown = ({ key }) => {
		if (key === "End") toEnd();
	};
	list.onclick = ({ target }) => {
		const { action } = target.dataset;
		if (!action) return look(); // a text may have unfolded
		onAct(action, target.closest(".row").dataset.key);
		log.focus();
	};

	function look() {
		isFollowing = shown.reachesEnd && below() < AT_BOTTOM_PX;
		room().look();
		// After a failure scrolling would ask without end.
		if (log.scrollTop < NEAR_PX && shown.older !== "failed") room().showOlder();
		else if (!shown.reachesEnd && below() < NEAR_PX) room().show("down");
	}

	// The event of scrolling comes late.
	function follows() {
		isFollowing &&= log.scrollTop >= bottom || below() < AT_BOTTOM_PX;
		return isFollowing;
	}

	function toBottom() {
		log.scrollTop = log.scrollHeight;
		bottom = log.scrollTop;
	}

	function toEnd() {
		isFollowing = true;
		bottom = 0;
		room().show("toEnd");
	}

	/** @param {ListView} view */
	function update(view) {
		const { items, older: state, reachesEnd, unread } = view;
		shown = view;
		// A screen reader keeps silent over pages and rows that come back.
		log.ariaLive = follows() ? "polite" : "off";
		log.ariaBusy = state === "unknown" || state === "loading";
		const anchor = isFollowing ? undefined : lastVisibleText();
		const top = anchor?.getBoundingClientRect().top;
		updateRows(items);
		updateTop(view);
		if (isFollowing) toBottom();
		else if (anchor?.isConnected) log.scrollTop += anchor.getBoundingClientRect().top - top;
		jump.hidden = unread === 0 && reachesEnd;
		setText(jump, unread > 0 ? texts.newMessages(unread) : texts.newest);
	}

	// The text, since rows may lose their heads
	function lastVisibleText() {
		const edge = log.getBoundingClientRect().bottom;
		const visible = Array.from(list.children).findLast((row) => row.getBoundingClientRect().top < edge);
		return visible?.querySelector(".body");
	}

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

	function updateTop({ items, older: state, hasAbove }) {
		const hadFocus = document.activeElement === older;
		older.hidden = !hasAbove && (state === "unknown" || state === "end");
		setText(older, state === "loading" ? texts.loading : state === "failed" ? texts.failedOlder : texts.older);
		beginning.hidden = hasAbove || state !== "end";
		setText(beginning, items.length === 0 ? texts.empty : texts.beginning);
		if (hadFocus && older.hidden) log.focus();
	}

	return { update, toEnd, follows };
}
