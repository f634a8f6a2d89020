// Parts of the server end while people write: nobody notices more than a moment's wait.

import assert from "node:assert/strict";
import { execSync } from "node:child_process";
import { bodiesIn, launchChromium, newRoom } from "./browser.js";
import { Person } from "./person.js";
import { after, before, test } from "./testing.js";

const CONTROL = process.env.CHAT_CONTROL;
const skip = !CONTROL && "CHAT_CONTROL is not set";
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
	browser = await launchChromium();
});
after(() => browser.close());

/** Both write, something happens in the middle of it, and both end with the same. */
async function talkWhile(about, command) {
	const room = newRoom(about);
	const ada = await Person.enter(browser, room, { name: "Ada" });
	const noor = await Person.enter(browser, room, { name: "Noor" });
	const troubles = [];
	for (const { page } of [ada, noor]) {
		page.on("response", (response) => response.ok() || troubles.push(response.status()));
		page.on("requestfailed", (request) => troubles.push(request.failure()?.errorText));
	}
	await ada.write("ada 0");
	await noor.sees(["ada 0"]);
	await ada.field.fill("ada ");
	execSync(`${CONTROL} ${command}`, { stdio: "inherit" });
	await ada.field.press("End");
	await ada.field.pressSequentially("1");
	await ada.field.press("Enter");
	for (const i of [1, 2, 3]) {
		await noor.write(`noor ${i}`);
		await ada.write(`ada ${i + 1}`);
	}
	await Promise.all([ada, noor].map((person) => person.rows("stored").nth(7).waitFor()));
	const all = await bodiesIn(room);
	await Promise.all([ada.sees(all), noor.sees(all)]);
	for (const name of ["ada", "noor"]) {
		const own = all.filter((body) => body.startsWith(name));
		assert.deepEqual(own, [...own].sort(), "everybody's messages are in the order of writing");
	}
	assert.equal(new Set(all).size, 8);
	await Promise.all([ada.leave(), noor.leave()]);
	return troubles;
}

test("a worker killed in between is not noticed", { skip }, async () => {
	assert.deepEqual(await talkWhile("killed", "kill-worker"), []);
});

test("a reload of nginx in between loses nothing", { skip }, async () => {
	await talkWhile("reloaded", "reload-nginx");
});

test("a restart of PostgreSQL in between loses nothing", { skip }, async () => {
	await talkWhile("restarted", "restart-postgres");
});
