// What calls a reader who looks elsewhere: title and icon, and, when they are wanted, a
// notification and a sound. Both are off at first.

import { byId, setText, texts } from "./texts.js";

/** @param {Store} store */
export function mountAlerts(store) {
	/** @type {AudioContext | undefined} made by a click: browsers allow it no sooner */
	let audio;
	const mayNotify = () => globalThis.Notification?.permission === "granted";
	const isOn = (name) => store.get(name) === "on" && (name === "sound" || mayNotify());

	for (const name of ["notifications", "sound"]) {
		const button = byId(name);
		button.ariaPressed = String(isOn(name));
		button.onclick = async () => {
			const isWanted = !isOn(name);
			store.set(name, isWanted ? "on" : "off");
			if (isWanted && name === "sound") play();
			if (isWanted && name === "notifications") await globalThis.Notification?.requestPermission();
			if (isWanted && !isOn(name)) setText(byId("notice"), texts.denied);
			button.ariaPressed = String(isOn(name));
		};
	}

	/** @param {number} count  of what is unread */
	function showCount(room, count) {
		const title = `${count ? `(${count}) ` : ""}${room} · Chat`;
		if (document.title === title) return;
		document.title = title;
		byId("icon").href = `icons/${count ? "unread" : "chat"}.svg`;
		navigator.setAppBadge?.(count).catch(() => {});
	}

	/** @param {Message} message  the newest */
	async function call({ author, body, room }) {
		if (isOn("sound")) play();
		if (!isOn("notifications")) return;
		const title = `${author ?? texts.anonymous} · ${room}`;
		const options = { body: body.slice(0, 200), tag: room, data: room, icon: "icons/chat.png" };
		// Phones have them only through the service worker.
		const registration = await navigator.serviceWorker?.getRegistration();
		if (registration) registration.showNotification(title, options);
		else new Notification(title, options).onclick = () => window.focus();
	}

	function play() {
		audio ??= new AudioContext();
		const [tone, loudness, end] = [audio.createOscillator(), audio.createGain(), audio.currentTime + 0.4];
		tone.frequency.value = 660;
		loudness.gain.value = 0.15;
		loudness.gain.exponentialRampToValueAtTime(0.001, end);
		tone.connect(loudness).connect(audio.destination);
		tone.start();
		tone.stop(end);
	}

	return { showCount, call };
}
