// Writing and what becomes of it, in a real browser, against a running chat at CHAT_URL.

import assert from "node:assert/strict";
import { bodiesIn, launchChromium, newRoom, post } from "./browser.js";
import { Person } from "./person.js";
import { after, before, test } from "./testing.js";

/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
	browser = await launchChromium();
});
after(() => browser.close());

test("two people talk, and both see the same order", async () => {
	const room = newRoom("talk");
	const ada = await Person.enter(browser, room, { name: "Ada" });
	const noor = await Person.enter(browser, room, { name: "Noor" });
	await ada.write("Hello?");
	await noor.sees(["Hello?"]);
	await noor.write("Hello!");
	await ada.sees(["Hello?", "Hello!"]);
	await noor.sees(["Hello?", "Hello!"]);
	assert.deepEqual(await ada.page.locator(".author").allTextContents(), ["Ada", "Noor"]);
	await Promise.all([ada.leave(), noor.leave()]);
});

test("the name is asked for once, and who does not want one stays anonymous", async () => {
	const ada = await Person.enter(browser, newRoom("asked"));
	const question = ada.page.getByText("Who are you?");
	await question.waitFor();
	assert.equal(await ada.page.evaluate(() => document.activeElement?.id), "name");
	await ada.write("nobody");
	await ada.sees(["nobody"]);
	assert.equal(await question.isVisible(), false);
	assert.equal(await ada.page.locator(".author").textContent(), "anonymous");
	await ada.page.reload();
	await ada.sees(["nobody"]);
	assert.equal(await question.isVisible(), false);
	await ada.leave();
});

test("a reload shows the history and keeps name and draft", async () => {
	const ada = await Person.enter(browser, newRoom("reload"), { name: "Ada" });
	await ada.write("one");
	await ada.write("two");
	await ada.sees(["one", "two"]);
	await ada.field.fill("half a sent");
	await ada.page.reload();
	await ada.sees(["one", "two"]);
	assert.equal(await ada.page.getByLabel("Name", { exact: true }).inputValue(), "Ada");
	assert.equal(await ada.field.inputValue(), "half a sent");
	await ada.leave();
});

test("a message that the server refuses is shown as failed, and can be sent again or discarded", async () => {
	const room = newRoom("refused");
	const ada = await Person.enter(browser, room, { name: "Ada" });
	const keys = [];
	await ada.page.route(/\/messages$/, (route) => {
		keys.push(route.request().headers()["idempotency-key"]);
		return route.fulfill({ status: 403, json: { error: "Not today." } });
	});
	await ada.write("one");
	await ada.write("two");
	await ada.page.getByText("Not sent. Not today.").nth(1).waitFor();
	await ada.page.getByText("2 messages could not be sent.").waitFor();
	await ada.page.unroute(/\/messages$/);
	await ada.row("two").getByRole("button", { name: "Discard" }).click();
	const again = ada.page.waitForRequest(({ method }) => method !== "GET");
	await ada.page.getByRole("button", { name: "Send again" }).click();
	assert.equal((await again).headers()["idempotency-key"], keys[0]);
	await ada.sees(["one"]);
	assert.deepEqual(await bodiesIn(room), ["one"]);
	await ada.leave();
});

test("a message whose answer is lost is stored once", async () => {
	const room = newRoom("lost");
	const ada = await Person.enter(browser, room, { name: "Ada" });
	const keys = [];
	await ada.page.route(/\/messages$/, async (route) => {
		keys.push(route.request().headers()["idempotency-key"]);
		if (keys.length > 1) return route.continue();
		await route.fetch();
		await route.abort();
	});
	await ada.write("once, please");
	await ada.page.waitForResponse(/\/messages$/);
	await ada.sees(["once, please"]);
	assert.deepEqual(await bodiesIn(room), ["once, please"]);
	assert.deepEqual([keys.length, keys[0]], [2, keys[1]]);
	await ada.leave();
});

test("a message shows at once as pending, waits its turn, and arrives in order", async () => {
	const room = newRoom("pending");
	const ada = await Person.enter(browser, room);
	let release;
	const released = new Promise((resolve) => {
		release = resolve;
	});
	const sent = [];
	await ada.page.route(/\/messages$/, async (route) => {
		sent.push(route.request().postDataJSON().body);
		await released;
		await route.continue();
	});
	await ada.write("first");
	await ada.write("second");
	await ada.rows("sending").filter({ hasText: "first" }).waitFor();
	await ada.rows("queued").filter({ hasText: "second" }).waitFor();
	await post({ room, body: "from elsewhere" });
	await ada.rows("stored").filter({ hasText: "from elsewhere" }).waitFor();
	release();
	await ada.sees(["from elsewhere", "first", "second"]);
	assert.deepEqual(await bodiesIn(room), ["from elsewhere", "first", "second"]);
	assert.deepEqual(sent, ["first", "second"]);
	await ada.leave();
});

test("a server that is busy is asked again when it said so, under the same key, and the row says so", async () => {
	const ada = await Person.enter(browser, newRoom("busy"));
	const tries = [];
	await ada.page.route(/\/messages$/, (route) => {
		tries.push([route.request().headers()["idempotency-key"], Date.now()]);
		if (tries.length > 1) return route.continue();
		return route.fulfill({ status: 429, headers: { "Retry-After": "2" }, json: { error: "Slow down" } });
	});
	await ada.write("patience");
	await ada.page.getByText(/The server is busy · next try in \d s/).waitFor();
	await ada.sees(["patience"]);
	assert.equal(tries.length, 2);
	assert.equal(tries[0][0], tries[1][0]);
	assert.ok(tries[1][1] - tries[0][1] >= 2_000);
	await ada.leave();
});

test("a poll that is refused says when it is tried again, and can be told to now", async () => {
	const room = newRoom("now");
	const ada = await Person.enter(browser, room);
	await ada.page.route(/\/messages\?.*after/, (route) =>
		route.fulfill({ status: 503, headers: { "Retry-After": "100" }, json: { error: "Down" } }),
	);
	await post({ room, body: "ends the poll" });
	await ada.page.getByText(/The server is busy · next try in 1?\d\d s/).waitFor();
	await ada.page.unroute(/\/messages\?.*after/);
	await ada.page.getByRole("button", { name: "Now" }).click();
	await ada.seesState("connected");
	await post({ room, body: "heard" });
	await ada.sees(["ends the poll", "heard"]);
	await ada.leave();
});

test("a reload while the server is out of reach loses nothing", async () => {
	const room = newRoom("kept");
	const ada = await Person.enter(browser, room);
	await ada.page.route(/\/messages$/, (route) => route.abort());
	for (const text of ["one", "two", "three"]) await ada.write(text);
	await ada.rows("waiting").waitFor();
	await ada.page.reload();
	await ada.page.locator(".row").nth(2).waitFor();
	assert.deepEqual(await bodiesIn(room), []);
	await ada.page.unroute(/\/messages$/);
	await ada.page.getByRole("button", { name: "Send again" }).click();
	await ada.sees(["one", "two", "three"]);
	assert.deepEqual(await bodiesIn(room), ["one", "two", "three"]);
	await ada.leave();
});

test("offline while both write: afterwards both have the same, in one order, and nothing twice", async () => {
	const room = newRoom("offline");
	const ada = await Person.enter(browser, room);
	const noor = await Person.enter(browser, room);
	await ada.write("before");
	await noor.sees(["before"]);
	await ada.page.context().setOffline(true);
	await ada.seesState("offline");
	for (const i of [1, 2, 3]) {
		await noor.write(`noor ${i}`);
		await ada.write(`ada ${i}`);
	}
	await noor.sees(["before", "noor 1", "noor 2", "noor 3"]);
	await ada.rows("waiting").filter({ hasText: "ada 1" }).waitFor();
	await ada.page.context().setOffline(false);
	await ada.seesState("connected");
	const all = ["before", "noor 1", "noor 2", "noor 3", "ada 1", "ada 2", "ada 3"];
	await Promise.all([ada.sees(all), noor.sees(all)]);
	assert.deepEqual(await bodiesIn(room), all);
	await Promise.all([ada.leave(), noor.leave()]);
});

test("a name that the server insists on is shown, and cannot be changed", async () => {
	const room = newRoom("signed-in");
	const ada = await Person.enter(browser, room, { name: "Ada" });
	// As nginx does it for a user who signed in.
	await ada.page.route(/\/messages$/, (route) =>
		route.continue({ postData: { ...route.request().postDataJSON(), author: "ada@example.org" } }),
	);
	await ada.write("it is me");
	await ada.sees(["it is me"]);
	const name = ada.page.getByLabel("Name", { exact: true });
	assert.equal(await name.inputValue(), "ada@example.org");
	assert.equal(await name.isEditable(), false);
	assert.equal(await ada.page.locator(".author").textContent(), "ada@example.org");
	await ada.page.unroute(/\/messages$/);
	await ada.write("and now not");
	await ada.sees(["it is me", "and now not"]);
	assert.equal(await name.inputValue(), "Ada");
	await ada.leave();
});
