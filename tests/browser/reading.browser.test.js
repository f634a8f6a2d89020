// Reading and writing on every screen, with every hand: scrolling, keyboard, phone, colours.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { launchChromium, newRoom, post } from "./browser.js";
import { Person } from "./person.js";

const PHONE = { viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true };
const MESSAGES = 70; // more than one page of history
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
	browser = await launchChromium();
});
after(() => browser.close());

async function fill(room) {
	for (let i = 1; i <= MESSAGES; i += 1) await post({ room, author: "Ada", body: `number ${i}` });
}

test("older messages come on demand, without a jump", async () => {
	const room = newRoom("older");
	await fill(room);
	const ada = await Person.enter(browser, room, { viewport: { width: 700, height: 500 } });
	const row = ada.row("number 23");
	// Scrolled and measured in one breath, before the page can answer the scrolling.
	const top = await row.evaluate((element) => {
		element.closest("#log").scrollTop = 100;
		return element.getBoundingClientRect().top;
	});
	await ada.row(/^number 1$/).waitFor();
	assert.ok(Math.abs((await row.boundingBox()).y - top) < 2);
	await ada.page.getByText("This is where the room begins.").waitFor({ state: "attached" });
	await ada.sees(Array.from({ length: MESSAGES }, (_, i) => `number ${i + 1}`));
	await ada.leave();
});

test("a reader at the bottom is taken along, any other is told how much is new", async () => {
	const room = newRoom("follow");
	await fill(room);
	const ada = await Person.enter(browser, room, { viewport: { width: 700, height: 500 } });
	const log = ada.page.locator("#log");
	const fromBottom = () => log.evaluate((el) => Math.round(el.scrollHeight - el.scrollTop - el.clientHeight));
	await post({ room, body: "seen at once" });
	await ada.row("seen at once").waitFor();
	assert.equal(await fromBottom(), 0);

	await log.evaluate((el) => {
		el.scrollTop -= 600;
	});
	const place = await log.evaluate((el) => el.scrollTop);
	await post({ room, body: "below" });
	await post({ room, body: "and another" });
	const button = ada.page.getByRole("button", { name: "2 new messages" });
	await button.waitFor();
	assert.equal(await log.evaluate((el) => el.scrollTop), place);
	await button.click();
	await button.waitFor({ state: "hidden" });
	assert.equal(await fromBottom(), 0);
	await ada.leave();
});

test("the keyboard alone is enough", async () => {
	const { page, ...ada } = await Person.enter(browser, newRoom("keys"));
	await page.locator("body").press("Tab");
	await focusOn(page, "room");
	await focusOn(page, "name");
	await page.keyboard.type("Ada");
	await focusOn(page, "text");
	await page.keyboard.type("first line");
	await page.keyboard.press("Shift+Enter");
	await page.keyboard.type("second line");
	await page.locator("#text").dispatchEvent("keydown", { key: "Enter", isComposing: true });
	assert.equal(await page.locator("#text").inputValue(), "first line\nsecond line");
	await page.keyboard.press("Enter");
	await page.locator('.row[data-state="stored"]').waitFor();
	assert.equal(await page.locator(".body").textContent(), "first line\nsecond line");
	assert.equal(await page.evaluate(() => document.activeElement?.id), "text");
	assert.deepEqual(ada.faults, []);
	await page.context().close();
});

/** Presses Tab until the element has the focus; a whole round without it is a failure. */
async function focusOn(page, id) {
	for (let i = 0; i < 12; i += 1) {
		const focus = await page.evaluate(() => {
			const { id: focused } = document.activeElement;
			return { focused, isVisible: getComputedStyle(document.activeElement).outlineStyle !== "none" };
		});
		if (focus.focused === id) return assert.ok(focus.isVisible, `the focus on ${id} cannot be seen`);
		await page.keyboard.press("Tab");
	}
	assert.fail(`Tab does not reach ${id}`);
}

test("the room form leads to another room and refuses what is none", async () => {
	const ada = await Person.enter(browser, newRoom("form"));
	const other = newRoom("other");
	const field = ada.page.getByLabel("Room");
	await field.fill("no such room!");
	await field.press("Enter");
	await ada.page.getByText("A room is named with").waitFor();
	await field.fill(`#${other.toUpperCase()}`);
	await ada.page.getByRole("button", { name: "Open" }).click();
	await ada.page.getByRole("heading", { name: other }).waitFor();
	assert.equal(new URL(ada.page.url()).searchParams.get("room"), other);
	await ada.leave();
});

test("what is too long is counted and not sent", async () => {
	const ada = await Person.enter(browser, newRoom("long"));
	let posts = 0;
	ada.page.on("request", (request) => {
		if (request.method() === "POST") posts += 1;
	});
	await ada.write("é".repeat(5_003));
	await ada.page.getByText("6 bytes too long to send").waitFor();
	assert.equal(posts, 0);
	await ada.write("é".repeat(5_000));
	await ada.rows("stored").waitFor();
	assert.equal(posts, 1);
	await ada.leave();
});

test("a phone of 320 pixels shows everything without scrolling sideways", async () => {
	const room = newRoom("phone").padEnd(64, "x");
	await post({ room, author: "W".repeat(64), body: `https://example.org/${"w".repeat(300)}` });
	const ada = await Person.enter(browser, room, PHONE);
	await ada.page.route(/\/messages$/, (route) => route.fulfill({ status: 400, json: { error: "e".repeat(200) } }));
	await ada.write("m".repeat(9_500));
	await ada.rows("failed").waitFor();
	await ada.page.getByLabel("Message", { exact: true }).fill("long ".repeat(1_900));
	for (const selector of ["html", "body", "#log"]) {
		const [content, width] = await ada.page.locator(selector).evaluate((el) => [el.scrollWidth, el.clientWidth]);
		assert.ok(content <= width, `${selector} is ${content} wide in ${width}`);
	}
	const send = await ada.page.getByRole("button", { name: "Send", exact: true }).boundingBox();
	assert.ok(send && send.x + send.width <= 320 && send.y + send.height <= 568);
	await ada.leave();
});

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
	test(`axe finds nothing to blame in ${colorScheme}`, async () => {
		const room = newRoom("axe");
		for (const author of ["Ada", "Noor", "Jonas", "Mira", "Li", "Zoe", "Tom", "Eva"])
			await post({ room, author, body: `I am ${author}` });
		for (const body of ["nobody", "https://example.org/"]) await post({ room, body });
		const ada = await Person.enter(browser, room, {
			colorScheme,
			reducedMotion: "reduce",
			viewport: { width: 700, height: 500 },
		});
		await ada.page.route(/\/messages$/, (route) => route.fulfill({ status: 400, json: { error: "No." } }));
		await ada.write("refused");
		await ada.rows("failed").waitFor();
		await ada.page.locator("#log").evaluate((log) => {
			log.scrollTop = 0;
		});
		await post({ room, body: "below" });
		await ada.page.locator("#jump").waitFor();
		await ada.page.getByLabel("Message", { exact: true }).fill("x".repeat(9_500));
		await ada.page.evaluate(axe.source);
		const { violations } = await ada.page.evaluate(() => globalThis.axe.run());
		assert.deepEqual(
			violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]),
			[],
		);
		await ada.leave();
	});
}
