// How it stands with the server, and what a reader could overlook.

import { SCOPE } from "./share.js";
import { byId, countdown, setText, texts } from "./texts.js";

export function mountStatus(onNow) {
	const [root, seen, spoken, now] = ["status", "seen", "spoken", "now"].map(byId);
	/** @type {FeedState} */
	let state = { name: "connecting" };
	now.onclick = onNow;
	setInterval(showText, 1_000);

	/** @param {FeedState} next */
	function update(next) {
		// A try that follows a failure has no outcome yet.
		if (next.name === "connecting" && state.retryAt) return;
		state = next;
		root.dataset.state = state.name;
		setText(spoken, sentence());
		showText();
	}

	const sentence = () => (state.name === "refused" ? texts.refused(state.sentence) : texts[state.name]);

	function showText() {
		setText(seen, sentence() + countdown(state.retryAt));
		now.hidden = !state.retryAt;
	}

	return { update };
}

/** @param {Entry[]} entries */
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

export function mountAlerts(store) {
	/** @type {AudioContext | undefined} */
	let audio;
	const isOn = (name) =>
		store.get(name) === "on" && (name === "sound" || globalThis.Notification?.permission === "granted");

	for (const name of ["notifications", "sound"]) {
		const button = byId(name);
		button.ariaPressed = isOn(name);
		button.onclick = async () => {
			const isWanted = !isOn(name);
			store.set(name, isWanted ? "on" : "off");
			if (isWanted) await (name === "sound" ? play() : globalThis.Notification?.requestPermission());
			if (isWanted && !isOn(name)) setText(byId("notice"), texts.denied);
			button.ariaPressed = isOn(name);
		};
	}

	function showCount(room, count) {
		const title = `${count ? `(${count}) ` : ""}${room} · Chat`;
		if (document.title === title) return;
		document.title = title;
		byId("icon").href = `icons/${count ? "unread" : "chat"}.svg`;
		navigator.setAppBadge?.(count).catch(() => {});
	}

	async function call({ author, body, room }) {
		if (isOn("sound")) play();
		if (!isOn("notifications")) return;
		const title = `${author ?? texts.anonymous} · ${room}`;
		const options = { body: body.slice(0, 200), tag: SCOPE + room, data: room, icon: "icons/chat.png" };
		// Phones have them only through the service worker.
		const registration = await navigator.serviceWorker?.getRegistration();
		if (registration) registration.showNotification(title, options);
		else new Notification(title, options).onclick = () => window.focus();
	}

	function play() {
		audio ??= new AudioContext();
		const [tone, loudness, end] = [audio.createOscillator(), audio.createGain(), audio.currentTime + 0.4];
		loudness.gain.value = 0.15;
		loudness.gain.exponentialRampToValueAtTime(0.001, end);
		tone.connect(loudness).connect(audio.destination);
		tone.start();
		tone.stop(end);
	}

	return { showCount, call };
}
