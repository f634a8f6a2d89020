// Several tabs and rooms of one browser, and a reader who looks elsewhere.

import assert from "node:assert/strict";
import { bodiesIn, CHAT_URL, launchChromium, newRoom, post, roomUrl } from "./browser.js";
import { Person } from "./person.js";
import { after, before, test } from "./testing.js";

/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
	browser = await launchChromium();
});
after(() => browser.close());

/** The long polls of a context that are in flight. */
function watchPolls(context) {
	const inFlight = new Set();
	const isPoll = (request) => /after=.*timeout=[1-9]/.test(request.url());
	context.on("request", (request) => isPoll(request) && inFlight.add(request));
	for (const end of ["requestfinished", "requestfailed"]) context.on(end, (request) => inFlight.delete(request));
	// Of a page that was closed no end is told.
	return () => [...inFlight].filter((request) => !request.frame().page().isClosed()).length;
}

/** Says to the page that it is looked at, or not: headless pages always are. */
function setHidden(person, isHidden) {
	return person.page.evaluate((value) => {
		Object.defineProperty(document, "hidden", { configurable: true, value });
		document.hasFocus = () => !value;
		document.dispatchEvent(new Event("visibilitychange"));
	}, isHidden);
}

const until = async (condition) => {
	const deadline = Date.now() + 15_000;
	while (!(await condition())) {
		assert.ok(Date.now() < deadline, `still not: ${condition}`);
		await new Promise((resolve) => setImmediate(resolve));
	}
};

test("three tabs of one browser make one poll, and each sees everything", async () => {
	const room = newRoom("tabs");
	const one = await Person.enter(browser, room);
	const context = one.page.context();
	const polls = watchPolls(context);
	const tabs = [one, await Person.openTab(context, room), await Person.openTab(context, room)];
	await until(() => polls() === 1);
	const askers = new Set();
	context.on("request", (request) => askers.add(request.frame().page()));
	for (const text of ["a", "b", "c"]) await post({ room, body: text });
	for (const tab of tabs) await tab.sees(["a", "b", "c"]);
	await until(() => polls() === 1);
	assert.deepEqual([...askers], [tabs[2].page], "the others hear from the one that polls");
	// The tab that polls is closed: another takes its place.
	await tabs[2].page.close();
	await until(() => polls() === 1);
	await post({ room, body: "d" });
	await one.sees(["a", "b", "c", "d"]);
	await tabs[1].sees(["a", "b", "c", "d"]);
	await until(() => polls() === 1);
	await one.leave();
});

test("what one tab has written and not sent shows in the others, and goes out once when it is closed", async () => {
	const room = newRoom("outbox");
	const one = await Person.enter(browser, room);
	const context = one.page.context();
	const other = await Person.openTab(context, room);
	await one.page.route(/\/messages$/, (route) => route.abort());
	await one.write("first");
	await one.write("second");
	await other.row("second").waitFor();
	await one.page.close();
	await other.sees(["first", "second"]);
	assert.deepEqual(await bodiesIn(room), ["first", "second"]);
	await other.leave();
});

test("what is written offline in one room goes out although one has gone to another", async () => {
	const [room, next] = [newRoom("left"), newRoom("entered")];
	const ada = await Person.enter(browser, room);
	await ada.page.context().setOffline(true);
	await ada.write("from before");
	await ada.page.getByLabel("Another room").fill(next);
	await ada.page.getByLabel("Another room").press("Enter");
	await ada.page.getByText(`1 message not yet sent in ${room}.`).waitFor();
	await ada.page.context().setOffline(false);
	await ada.page.getByText(`1 message not yet sent in ${room}.`).waitFor({ state: "hidden" });
	assert.deepEqual(await bodiesIn(room), ["from before"]);
	await ada.leave();
});

test("rooms one has been in are listed, with a mark where something is new", async () => {
	const [garden, attic] = [newRoom("garden"), newRoom("attic")];
	await post({ room: garden, body: "old" });
	const ada = await Person.enter(browser, garden);
	await ada.sees(["old"]);
	const field = ada.page.getByLabel("Another room");
	await field.fill("no such room!");
	await field.press("Enter");
	await ada.page.getByText("A room name has").waitFor();
	await field.fill(`#${attic.toUpperCase()}`);
	await ada.page.getByRole("button", { name: "Go", exact: true }).click();
	await ada.page.getByRole("heading", { name: attic }).waitFor();
	assert.equal(ada.page.url(), roomUrl(attic));
	await ada.page.getByText("Nothing has been said here yet.").waitFor();
	const rooms = ada.page.getByRole("navigation", { name: "Rooms" });
	assert.deepEqual(await rooms.getByRole("link").allTextContents(), [attic, garden]);
	assert.equal(await rooms.getByRole("link", { name: attic }).getAttribute("aria-current"), "page");

	await post({ room: garden, body: "new" });
	await rooms.getByRole("link", { name: `${garden} new` }).click();
	await ada.sees(["old", "new"]);
	assert.equal(await ada.page.locator(".news .body").textContent(), "new");
	await rooms.getByRole("link", { name: garden, exact: true }).waitFor();
	await ada.page.goBack();
	await ada.page.getByRole("heading", { name: attic }).waitFor();
	await rooms.getByRole("button", { name: `Forget ${garden}` }).click();
	assert.deepEqual(await rooms.getByRole("link").allTextContents(), [attic]);
	await ada.leave();
});

test("a page that is not looked at counts what is new in its title, and says so by its icon", async () => {
	const room = newRoom("count");
	const ada = await Person.enter(browser, room, { name: "Ada" });
	const icon = () => ada.page.locator("#icon").getAttribute("href");
	await post({ room, body: "seen" });
	await ada.sees(["seen"]);
	assert.equal(await ada.page.title(), `${room} · Chat`);
	await setHidden(ada, true);
	for (const author of ["Noor", "Noor", "Ada"]) await post({ room, author, body: `from ${author}` });
	await ada.rows("stored").nth(3).waitFor();
	await until(async () => (await ada.page.title()) === `(2) ${room} · Chat`);
	assert.equal(await icon(), "icons/unread.svg");
	assert.ok((await ada.page.request.get(new URL("icons/unread.svg", CHAT_URL).href)).ok());
	await setHidden(ada, false);
	await until(async () => (await ada.page.title()) === `${room} · Chat`);
	assert.equal(await icon(), "icons/chat.svg");
	assert.equal(await ada.page.locator(".news .body").textContent(), "from Noor");
	await ada.leave();
});

test("notifications and sound are off at first, and on when they are wanted", async () => {
	const room = newRoom("alerts");
	const ada = await Person.enter(browser, room, { permissions: ["notifications"] });
	const button = (name) => ada.page.getByRole("button", { name });
	for (const name of ["Notifications", "Sound"]) {
		assert.equal(await button(name).getAttribute("aria-pressed"), "false");
		await button(name).click();
		await ada.page
			.locator(`[aria-pressed="true"]`, { has: ada.page.locator("svg") })
			.first()
			.waitFor();
	}
	const shown = () =>
		ada.page.evaluate(async () => {
			const registration = await navigator.serviceWorker.ready;
			return (await registration.getNotifications()).map(({ title, body }) => [title, body]);
		});
	assert.deepEqual(await shown(), []);
	await setHidden(ada, true);
	// Chromium forgets a notification if it is asked for all while it shows that one.
	await ada.page.evaluate(() => {
		const { prototype } = ServiceWorkerRegistration;
		const { showNotification } = prototype;
		prototype.showNotification = async function (...words) {
			await showNotification.apply(this, words);
			document.body.dataset.isNotified = "";
		};
	});
	await post({ room, author: "Noor", body: "Are you there?" });
	await ada.page.locator("body[data-is-notified]").waitFor();
	assert.deepEqual(await shown(), [[`Noor · ${room}`, "Are you there?"]]);
	await ada.page.reload();
	assert.equal(await button("Notifications").getAttribute("aria-pressed"), "true");
	await ada.leave();
});

test("a page that comes back, or a clock that jumped, is caught up at once", async () => {
	const room = newRoom("slept");
	const ada = await Person.enter(browser, room);
	// Polls that hang on a connection that died without a word.
	let isDead = true;
	await ada.page.route(/after=.*timeout=25/, (route) => isDead || route.continue());
	await post({ room, body: "ends the poll" });
	await ada.sees(["ends the poll"]);
	await post({ room, body: "missed" });
	isDead = false;
	await setHidden(ada, false);
	await ada.sees(["ends the poll", "missed"]);

	isDead = true;
	await post({ room, body: "ends that poll" });
	await ada.sees(["ends the poll", "missed", "ends that poll"]);
	await post({ room, body: "slept through" });
	isDead = false;
	await ada.page.evaluate(() => {
		const real = Date.now;
		Date.now = () => real() + 60_000;
	});
	await ada.sees(["ends the poll", "missed", "ends that poll", "slept through"]);
	await ada.leave();
});

test("when the network is back, what waits goes out at once, however long it would wait", async () => {
	const room = newRoom("back");
	const ada = await Person.enter(browser, room);
	let isBusy = true;
	await ada.page.route(/\/messages$/, (route) =>
		isBusy
			? route.fulfill({ status: 503, headers: { "Retry-After": "100" }, json: { error: "Later." } })
			: route.continue(),
	);
	await ada.write("patience");
	await ada.rows("waiting").waitFor();
	isBusy = false;
	await ada.page.context().setOffline(true);
	await ada.page.context().setOffline(false);
	await ada.sees(["patience"]);
	await ada.leave();
});

test("where tabs cannot share, each works for itself", async () => {
	const room = newRoom("alone");
	const context = await browser.newContext({ locale: "en-GB" });
	await context.addInitScript(() => {
		Object.defineProperty(Navigator.prototype, "locks", { value: undefined });
		delete globalThis.BroadcastChannel;
	});
	const [one, other] = [await Person.openTab(context, room), await Person.openTab(context, room)];
	await one.write("a");
	await other.sees(["a"]);
	await other.write("b");
	await one.sees(["a", "b"]);
	await one.leave();
});
