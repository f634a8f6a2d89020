// Starts browsers and opens rooms in it; shared by the tests and the screenshots.

import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { chromium, firefox } from "playwright-core";

export const CHAT_URL = process.env.CHAT_URL ?? "http://127.0.0.1:8080/";

export function launchChromium() {
	return chromium.launch({
		executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
		// --no-sandbox: test machines often run as root, where the sandbox cannot start.
		// The rest keeps the browser from calling home, which a closed network refuses loudly.
		args: [
			"--no-sandbox",
			"--disable-gpu",
			"--disable-quic",
			"--no-first-run",
			"--disable-background-networking",
			"--disable-component-update",
			"--disable-sync",
		],
	});
}

export const FIREFOX = process.env.FIREFOX ?? "/usr/bin/firefox-esr";

/** Debian's Firefox, by WebDriver BiDi. */
export function launchFirefox() {
	return firefox.launch({ channel: "moz-firefox", executablePath: FIREFOX });
}

/** A room of its own for every test, so that runs never meet. */
export function newRoom(/** @type {string} */ about) {
	return `${about}-${randomBytes(6).toString("hex")}`;
}

export function roomUrl(/** @type {string} */ room) {
	return new URL(`?room=${room}`, CHAT_URL).href;
}

/** Asks without a browser, as any client may; waits when the server is busy, and asks again when it went away. */
async function ask(/** @type {string} */ path, /** @type {RequestInit} */ options = {}, attempts = 100) {
	const response = await fetch(new URL(path, CHAT_URL), options).catch((failure) => {
		if (attempts === 1) throw failure;
	});
	if (!response) {
		await setTimeout(100);
		return ask(path, options, attempts - 1);
	}
	if (response.status === 429 || response.status === 503) {
		await setTimeout(Number(response.headers.get("Retry-After") ?? 1) * 1_000);
		return ask(path, options);
	}
	if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
	return response.json();
}

/**
 * @param {{ room: string, body: string, author?: string }} message
 * @param {Record<string, string>} more headers
 */
export function post(message, more = {}) {
	const key = randomBytes(16).toString("hex");
	const headers = { "Content-Type": "application/json", "Idempotency-Key": key, ...more };
	return ask("messages", { method: "POST", body: JSON.stringify(message), headers });
}

/** Stores many messages, in no order that could be relied on: as they are stored they are answered. */
export async function postMany(/** @type {string} */ room, /** @type {number} */ count) {
	const AT_ONCE = 50;
	for (let i = 1; i <= count; i += AT_ONCE) {
		const batch = Array.from({ length: Math.min(AT_ONCE, count - i + 1) }, (_, k) => `number ${i + k}`);
		await Promise.all(batch.map((body) => post({ room, author: "Ada", body })));
	}
	return bodiesIn(room);
}

/** The texts of all that is stored in a room, oldest first. */
export async function bodiesIn(/** @type {string} */ room) {
	const bodies = [];
	let after = "00000000-0000-0000-0000-000000000000";
	for (;;) {
		const page = await ask(`messages?room=${room}&timeout=0&after=${after}`);
		if (page.length === 0) return bodies;
		bodies.push(...page.map(({ body }) => body));
		after = page.at(-1).id;
	}
}
