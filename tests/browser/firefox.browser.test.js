// The page in Firefox, where there is one: what differs from browser to browser.

import assert from "node:assert/strict";
import axe from "axe-core";
import { bodiesIn, FIREFOX, launchChromium, launchFirefox, newRoom, post, postMany } from "./browser.js";
import { whyNotFirefox } from "./firefox.js";
import { Person } from "./person.js";
import { after, before, test } from "./testing.js";

const skip = whyNotFirefox(FIREFOX);
/** @type {import("playwright-core").Browser} */
let firefox;

before(async () => {
	if (!skip) firefox = await launchFirefox();
});
after(() => firefox?.close());

test("Firefox and Chromium talk, and see the same order", { skip }, async () => {
	const room = newRoom("firefox");
	const chromium = await launchChromium();
	const ada = await Person.enter(firefox, room, { name: "Ada" });
	const noor = await Person.enter(chromium, room, { name: "Noor" });
	await ada.write("Hello?");
	await noor.sees(["Hello?"]);
	await noor.write("Hello!");
	for (const person of [ada, noor]) await person.sees(["Hello?", "Hello!"]);
	await ada.page.reload();
	await ada.sees(["Hello?", "Hello!"]);
	assert.equal(await ada.page.getByLabel("Name", { exact: true }).inputValue(), "Ada");
	await Promise.all([ada.leave(), noor.leave()]);
	await chromium.close();
});

test("Firefox shows older messages without a jump", { skip }, async () => {
	const room = newRoom("older");
	const all = await postMany(room, 70);
	const ada = await Person.enter(firefox, room, { viewport: { width: 700, height: 500 } });
	await ada.row(all[69]).waitFor();
	assert.equal(await ada.fromBottom(), 0);
	await ada.scrollUpTo(all[0], all[30]);
	await ada.leave();
});

test("tabs of Firefox share what they write and what they hear", { skip }, async () => {
	const room = newRoom("shared");
	const one = await Person.enter(firefox, room);
	const other = await Person.openTab(one.page.context(), room);
	await one.write("a");
	await other.sees(["a"]);
	await other.write("b");
	await other.page.close();
	await one.sees(["a", "b"]);
	await post({ room, body: "c" });
	await one.sees(["a", "b", "c"]);
	assert.deepEqual(await bodiesIn(room), ["a", "b", "c"]);
	await one.leave();
});

test("axe finds nothing to blame in Firefox", { skip }, async () => {
	const room = newRoom("axe");
	for (const author of ["Ada", "Noor", "Jonas"]) await post({ room, author, body: "https://example.org/ `code`" });
	const ada = await Person.enter(firefox, room);
	await ada.rows("stored").nth(2).waitFor();
	await ada.page.evaluate(axe.source);
	const violations = await ada.page.evaluate(async () => (await globalThis.axe.run()).violations.map(({ id }) => id));
	assert.deepEqual(violations, []);
	await ada.leave();
});
