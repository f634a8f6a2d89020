// The stream of events, read by clients of other hands: browsers' EventSource, and npm's.

import assert from "node:assert/strict";
import { execSync } from "node:child_process";
import { EventSource } from "eventsource";
import { CHAT_URL, FIREFOX, launchChromium, launchFirefox, newRoom, post } from "./browser.js";
import { whyNotFirefox } from "./firefox.js";
import { test } from "./testing.js";

const CONTROL = process.env.CHAT_CONTROL;
const DEADLINE_MS = 60_000;

/** What a client has heard, in order, and a way to wait for so many of them. */
class Heard {
	bodies = [];
	#waiting = null;

	add(/** @type {string} */ json) {
		this.bodies.push(JSON.parse(json).body);
		if (this.bodies.length >= (this.#waiting?.count ?? Infinity)) this.#waiting.resolve();
	}

	/** @param {number} count */
	async until(count) {
		if (this.bodies.length >= count) return;
		await new Promise((resolve, reject) => {
			const tooLate = () => reject(new Error(`still only ${this.bodies.length} of ${count}: ${this.bodies}`));
			const deadline = setTimeout(tooLate, DEADLINE_MS);
			const done = () => resolve(clearTimeout(deadline));
			this.#waiting = { count, resolve: done };
		});
	}
}

/** Says one thing before, and one after everything that held the stream has ended. */
async function talkAcrossRestarts(room, heard) {
	await post({ room, body: "one" });
	await heard.until(1);
	const said = ["one"];
	for (const command of CONTROL ? ["kill-worker", "reload-nginx", "restart-postgres"] : []) {
		execSync(`${CONTROL} ${command}`, { stdio: "inherit" });
		said.push(command);
		await post({ room, body: command });
		await heard.until(said.length);
	}
	assert.deepEqual(heard.bodies, said);
}

test("npm's eventsource hears everything once, whatever is restarted", async () => {
	const room = newRoom("eventsource");
	const heard = new Heard();
	const source = new EventSource(new URL(`messages?room=${room}`, CHAT_URL));
	source.addEventListener("message", ({ data }) => heard.add(data));
	await talkAcrossRestarts(room, heard).finally(() => source.close());
});

for (const [name, launch, skip] of [
	["Chromium", launchChromium, false],
	["Firefox", launchFirefox, whyNotFirefox(FIREFOX)],
]) {
	test(`${name}'s EventSource hears everything once, whatever is restarted`, { skip }, async () => {
		const room = newRoom("native");
		const browser = await launch();
		const page = await browser.newPage();
		const heard = new Heard();
		await page.exposeFunction("heard", (/** @type {string} */ data) => heard.add(data));
		await page.goto(CHAT_URL);
		await page.evaluate((query) => {
			const source = new EventSource(`messages?${query}`);
			source.onmessage = ({ data }) => window.heard(data);
		}, `room=${room}`);
		await talkAcrossRestarts(room, heard).finally(() => browser.close());
	});
}
