// Every screen, every hand, every ear: keyboard, phone, colours, languages, screen readers, no network.

import assert from "node:assert/strict";
import axe from "axe-core";
import { CHAT_URL, launchChromium, newRoom, post, postMany } from "./browser.js";
import { Person } from "./person.js";
import { after, before, test } from "./testing.js";

const PHONE = { viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true };
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
	browser = await launchChromium();
});
after(() => browser.close());

test("the keyboard alone is enough", async () => {
	const [room, other] = [newRoom("keys"), newRoom("other")];
	await postMany(room, 60);
	const ada = await Person.enter(browser, room, { viewport: { width: 1_000, height: 500 } });
	const { keyboard } = ada.page;
	// The first visit begins with the question for a name.
	await focusOn(ada, "name", 0);
	await keyboard.type("Ada");
	await keyboard.press("Enter");
	await focusOn(ada, "text", 0);
	await keyboard.type("first line");
	await keyboard.press("Shift+Enter");
	await keyboard.type("second line");
	await keyboard.press("Enter");
	await ada.row("first line").waitFor();
	assert.equal((await ada.bodies()).at(-1), "first line\nsecond line");
	await focusOn(ada, "text", 0);
	// The button for older messages may go away under the keyboard: then the way is once around.
	await focusOn(ada, "log", 30, "Shift+Tab");
	await keyboard.press("Home");
	await ada.row(/^number \d+$/).waitFor();
	await keyboard.press("End");
	await ada.page.waitForFunction(() => {
		const log = document.getElementById("log");
		return log.scrollHeight - log.scrollTop - log.clientHeight < 2;
	});
	await focusOn(ada, "room", 10, "Shift+Tab");
	await keyboard.type(other);
	await keyboard.press("Enter");
	await ada.page.getByRole("heading", { name: other }).waitFor();
	await focusOn(ada, "text", 0);
	await focusOn(ada, "sound", 20, "Shift+Tab");
	await keyboard.press("Space");
	await ada.page.getByRole("button", { name: "Sound", pressed: true }).waitFor();
	await ada.leave();
});

/** Presses Tab until the element has the focus, and expects that to be seen. */
async function focusOn({ page }, id, presses, key = "Tab") {
	for (let i = 0; i <= presses; i += 1) {
		const [focused, outline] = await page.evaluate(() => {
			const element = document.activeElement;
			return [element.id, getComputedStyle(element).outlineStyle];
		});
		if (focused === id) return assert.notEqual(outline, "none", `the focus on ${id} cannot be seen`);
		await page.keyboard.press(key);
	}
	assert.fail(`${key} does not reach ${id}`);
}

test("Enter does not send while an input method composes", async () => {
	const ada = await Person.enter(browser, newRoom("compose"));
	const session = await ada.page.context().newCDPSession(ada.page);
	await ada.field.focus();
	await session.send("Input.imeSetComposition", { text: "にほん", selectionStart: 3, selectionEnd: 3 });
	await session.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key: "Enter", windowsVirtualKeyCode: 229 });
	assert.equal(await ada.field.inputValue(), "にほん");
	await session.send("Input.insertText", { text: "日本" });
	await ada.field.press("Enter");
	await ada.sees(["日本"]);
	await ada.leave();
});

test("what is too long is counted and not sent", async () => {
	const ada = await Person.enter(browser, newRoom("long"));
	let posts = 0;
	ada.page.on("request", (request) => {
		if (request.method() === "POST") posts += 1;
	});
	await ada.field.fill("x".repeat(9_500));
	await ada.page.getByText("500 bytes left").waitFor();
	await ada.write("é".repeat(5_003));
	await ada.page.getByText("6 bytes too long to send").waitFor();
	assert.equal(posts, 0);
	await ada.write("é".repeat(5_000));
	await ada.rows("stored").waitFor();
	assert.equal(posts, 1);
	await ada.leave();
});

for (const viewport of [PHONE.viewport, { width: 3_840, height: 2_160 }]) {
	test(`a screen of ${viewport.width} pixels shows everything without scrolling sideways`, async () => {
		const room = newRoom("wide").padEnd(64, "x");
		await post({ room, author: "W".repeat(128), body: `https://example.org/${"w".repeat(300)}` });
		await post({ room, body: `\`\`\`\n${"w".repeat(900)}\n\`\`\`` });
		const ada = await Person.enter(browser, room, viewport.width === 320 ? PHONE : { viewport });
		await ada.page.route(/\/messages$/, (route) => route.fulfill({ status: 400, json: { error: "e".repeat(200) } }));
		await ada.write("m".repeat(9_500));
		await ada.rows("failed").waitFor();
		await ada.field.fill("long ".repeat(1_900));
		await ada.page.context().setOffline(true);
		await ada.page.getByText(/Offline · next try in/).waitFor();
		const bar = await ada.page.locator(".bar").boundingBox();
		assert.ok(bar.height < 120, `the head is ${bar.height} high`);
		for (const selector of ["html", "body", ".bar", "#log", "#composer"]) {
			const [content, width] = await ada.page.locator(selector).evaluate((el) => [el.scrollWidth, el.clientWidth]);
			assert.ok(content <= width, `${selector} is ${content} wide in ${width}`);
		}
		for (const name of ["Send", "Sound"]) {
			const box = await ada.page.getByRole("button", { name, exact: true }).boundingBox();
			assert.ok(box.x + box.width <= viewport.width && box.y + box.height <= viewport.height, name);
		}
		await ada.leave();
	});
}

test("a phone shows the rooms when they are asked for", async () => {
	const [room, other] = [newRoom("phone"), newRoom("other")];
	const ada = await Person.enter(browser, room, PHONE);
	const rooms = ada.page.getByRole("navigation", { name: "Rooms" });
	assert.equal(await rooms.isVisible(), false);
	const button = ada.page.getByRole("button", { name: "Rooms" });
	await button.tap();
	await ada.page.getByLabel("Another room").press("Escape");
	assert.equal(await rooms.isVisible(), false);
	await button.tap();
	await ada.log.tap({ position: { x: 310, y: 200 } });
	assert.equal(await rooms.isVisible(), false);
	await button.tap();
	await ada.page.getByLabel("Another room").fill(other);
	await ada.page.getByRole("button", { name: "Go", exact: true }).tap();
	await ada.page.getByRole("heading", { name: other }).waitFor();
	assert.equal(await rooms.isVisible(), false);
	await ada.leave();
});

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
	for (const viewport of [PHONE.viewport, { width: 1_000, height: 500 }]) {
		test(`axe finds nothing to blame in ${colorScheme}, ${viewport.width} pixels wide`, async () => {
			const room = newRoom("axe");
			for (const author of ["Ada", "Noor", "Jonas", "Mira", "Li", "Zoe", "Tom", "Eva"]) {
				await post({ room, author, body: `I am ${author}, \`code\`` });
			}
			for (const body of ["nobody", "https://example.org/", "long\n".repeat(60)]) await post({ room, body });
			const ada = await Person.enter(browser, room, { colorScheme, reducedMotion: "reduce", viewport });
			await ada.page.route(/\/messages$/, (route) => route.fulfill({ status: 400, json: { error: "No." } }));
			await ada.write("refused");
			await ada.rows("failed").waitFor();
			await ada.log.evaluate((log) => {
				log.scrollTop = 0;
			});
			await post({ room, body: "below" });
			await ada.page.locator("#jump").waitFor();
			await ada.field.fill("x".repeat(9_500));
			if (viewport.width === 320) await ada.page.getByRole("button", { name: "Rooms" }).click();
			await ada.page.getByLabel("Another room").fill("no such room!");
			await ada.page.getByLabel("Another room").press("Enter");
			await ada.page.evaluate(axe.source);
			const { violations } = await ada.page.evaluate(() => globalThis.axe.run());
			assert.deepEqual(
				violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]),
				[],
			);
			await ada.leave();
		});
	}
}

test("a screen reader finds a log of articles, each with its author and its text", async () => {
	const room = newRoom("tree");
	await post({ room, author: "Ada", body: "Hello?" });
	await post({ room, author: "Ada", body: "Anybody?" });
	const ada = await Person.enter(browser, room);
	const tree = await ada.page.locator("body").ariaSnapshot();
	for (const part of [
		/banner:/,
		/heading "tree-/,
		/navigation "Rooms":/,
		/main:/,
		/log "Messages":/,
		/textbox "Message"/,
		/textbox "Name"/,
		/button "Send"/,
		/button "Notifications"/,
	]) {
		assert.match(tree, part);
	}
	const said = await ada.page.getByRole("log").getByRole("article").allInnerTexts();
	assert.equal(said.length, 2);
	for (const text of said) assert.match(text, /Ada/);
	const log = ada.page.getByRole("log", { name: "Messages" });
	assert.equal(await log.getAttribute("aria-live"), "polite");
	assert.equal(await log.getAttribute("aria-busy"), "false");
	assert.equal(await ada.page.locator("#spoken").innerText(), "Connected");
	await ada.leave();
});

test("the page speaks German to who wants it", async () => {
	const ada = await Person.enter(browser, newRoom("deutsch"), { locale: "de-AT" });
	await ada.page.getByLabel("Nachricht", { exact: true }).fill("Grüß Gott");
	await ada.page.getByRole("button", { name: "Senden", exact: true }).click();
	await ada.sees(["Grüß Gott"]);
	assert.equal(await ada.page.locator("html").getAttribute("lang"), "de");
	assert.match(await ada.page.locator(".day time").innerText(), /(tag|woch), \d+\. \p{L}+ \d{4}$/u);
	await ada.leave();
});

test("less motion and strong colours are honoured", async () => {
	const ada = await Person.enter(browser, newRoom("calm"), { reducedMotion: "reduce", forcedColors: "active" });
	await ada.page.route(/\/messages$/, () => {});
	await ada.write("on its way");
	const fate = ada.rows("sending").locator(".fate");
	assert.equal(await fate.evaluate((element) => getComputedStyle(element).animationName), "none");
	await ada.page.getByRole("button", { name: "Sound" }).click();
	const width = await ada.page.locator("#sound").evaluate((element) => getComputedStyle(element).borderTopWidth);
	assert.equal(width, "2px");
	await ada.leave();
});

test("without a network the page opens, keeps what is written, and nothing that was said is in its cache", async () => {
	const room = newRoom("offline");
	const ada = await Person.enter(browser, room);
	await ada.write("said");
	await ada.sees(["said"]);
	await ada.page.evaluate(() => navigator.serviceWorker.ready);
	await ada.page.reload();
	await ada.sees(["said"]);
	// What else the server has does not take the page's place.
	const icon = await Person.openTab(ada.page.context(), room);
	await icon.page.goto(new URL("icons/chat.svg", CHAT_URL).href);
	await icon.page.close();
	await ada.page.context().setOffline(true);
	await ada.page.reload();
	await ada.seesState("offline");
	await ada.write("kept");
	await ada.row("kept").waitFor();
	const kept = await ada.page.evaluate(async () => {
		const requests = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
		return requests.flat().map(({ url }) => new URL(url).pathname);
	});
	assert.ok(kept.includes("/") && kept.includes("/js/app.js"));
	assert.ok(!kept.some((path) => path.startsWith("/messages")));
	await ada.page.context().setOffline(false);
	await ada.sees(["said", "kept"]);
	await ada.leave();
});
