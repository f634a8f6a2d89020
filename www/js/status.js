// One quiet line that says how it stands with the server, and a sentence about what could
// otherwise be overlooked.

import { byId, setText, texts } from "./texts.js";

export function mountStatus({ onNow }) {
	const [root, seen, spoken, now] = ["status", "status-seen", "status-spoken", "now"].map(byId);
	/** @type {FeedState} */
	let state = { name: "connecting" };
	now.onclick = onNow;
	setInterval(showText, 1_000);

	/** @param {FeedState} next */
	function update(next) {
		// A try that follows a failure is told as that failure until it has an outcome.
		if (next.name === "connecting" && state.retryAt) return;
		state = next;
		root.dataset.state = state.name;
		setText(spoken, sentence()); // without the countdown, which is for the eye only
		showText();
	}

	const sentence = () => (state.name === "refused" ? texts.refused(state.sentence) : texts[state.name]);

	function showText() {
		const left = Math.ceil(((state.retryAt ?? 0) - Date.now()) / 1_000);
		setText(seen, left > 0 ? `${sentence()} · ${texts.nextTry(left)}` : sentence());
		now.hidden = !state.retryAt;
	}

	return { update };
}

/** @param {Entry[]} entries @param {string | null} refused  what the address named instead of a room */
export function noticeOf(room, entries, refused) {
	const failed = entries.filter((entry) => entry.room === room && entry.state === "failed").length;
	const elsewhere = entries.filter((entry) => entry.room !== room).map((entry) => entry.room);
	return [
		refused !== null && texts.roomRefused(refused.slice(0, 64), room),
		failed && texts.failedHere(failed),
		elsewhere.length && texts.unsent(elsewhere.length, [...new Set(elsewhere)].join(", ")),
	]
		.filter(Boolean)
		.join(" ");
}
