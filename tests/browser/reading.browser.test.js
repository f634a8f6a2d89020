// Reading: scrolling through what was said, and texts of every kind.

import assert from "node:assert/strict";
import { launchChromium, newRoom, post, postMany, roomUrl } from "./browser.js";
import { Person } from "./person.js";
import { after, before, test } from "./testing.js";

const SMALL = { viewport: { width: 700, height: 500 } };
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
	browser = await launchChromium();
});
after(() => browser.close());

test("the newest page comes with one request, older ones on demand and without a jump", async () => {
	const room = newRoom("older");
	const all = await postMany(room, 70);
	const reads = [];
	const ada = await Person.enter(browser, newRoom("elsewhere"), SMALL);
	ada.page.on("request", (request) => /before=/.test(request.url()) && reads.push(request.url()));
	await ada.page.goto(roomUrl(room));
	await ada.row(all[69]).waitFor();
	assert.equal(reads.length, 1);
	assert.equal(await ada.fromBottom(), 0);
	await ada.scrollUpTo(all[0], all[30]);
	await ada.page.getByText("This is where the room begins.").waitFor({ state: "attached" });
	await ada.sees(all);
	await ada.leave();
});

test("older messages are there although a page of long ones holds fewer than were asked for", async () => {
	const room = newRoom("long");
	for (let i = 0; i < 60; i++) await post({ room, body: `${i} ${"x".repeat(9_000)}` });
	const ada = await Person.enter(browser, room, SMALL);
	await ada.row(/^59 /).waitFor();
	let first = "";
	while (!first.startsWith("0 ")) {
		// In one look, for the page answers the scrolling.
		const seen = await ada.log.evaluate((log) => {
			log.scrollTop = 0;
			return { first: log.querySelector(".body").textContent, begins: !document.getElementById("beginning").hidden };
		});
		({ first } = seen);
		assert.ok(first.startsWith("0 ") || !seen.begins, `the room begins with ${first.slice(0, 3)}`);
	}
	await ada.page.getByText("This is where the room begins.").waitFor({ state: "attached" });
	await ada.leave();
});

test("5,000 messages are scrolled through, up and down, and only a few hundred are in the page", async () => {
	const room = newRoom("many");
	const all = await postMany(room, 5_000);
	const ada = await Person.enter(browser, room, SMALL);
	let most = 0;
	/** Presses on in one direction until the text is there; everything on the way must be in order. */
	async function scrollTo(text, edge) {
		const seen = new Set();
		while (!seen.has(text)) {
			const bodies = await ada.log.evaluate((log, toTop) => {
				log.scrollTop = toTop ? 0 : log.scrollHeight;
				return Array.from(log.querySelectorAll(".body"), (body) => body.textContent);
			}, edge === "top");
			const start = all.indexOf(bodies[0]);
			assert.deepEqual(bodies, all.slice(start, start + bodies.length));
			most = Math.max(most, bodies.length);
			for (const body of bodies) seen.add(body);
		}
		return seen;
	}
	assert.equal((await scrollTo(all[0], "top")).size, 5_000);
	await ada.page.getByText("This is where the room begins.").waitFor();
	await post({ room, body: "meanwhile" });
	const button = ada.page.getByRole("button", { name: "1 new message" });
	await button.waitFor();
	const down = await scrollTo(all[2_000], "bottom");
	assert.ok(all.slice(0, 2_000).every((body) => down.has(body)));
	await button.click();
	await ada.row("meanwhile").waitFor();
	assert.equal(await ada.fromBottom(), 0);
	assert.ok(most <= 300, `${most} rows`);
	await ada.leave();
});

test("a reader at the bottom is taken along, any other is told how much is new", async () => {
	const room = newRoom("follow");
	await postMany(room, 45); // all of it in the first page: nothing else moves
	const ada = await Person.enter(browser, room, SMALL);
	await post({ room, body: "seen at once" });
	await ada.row("seen at once").waitFor();
	assert.equal(await ada.fromBottom(), 0);

	await ada.log.evaluate((log) => {
		log.scrollTop -= 600;
	});
	const place = await ada.log.evaluate((log) => log.scrollTop);
	await post({ room, body: "below" });
	await post({ room, body: "and another" });
	const button = ada.page.getByRole("button", { name: "2 new messages" });
	await button.waitFor();
	assert.equal(await ada.log.evaluate((log) => log.scrollTop), place);
	assert.equal(await ada.log.getAttribute("aria-live"), "off", "the button tells it");
	await button.click();
	await button.waitFor({ state: "hidden" });
	assert.equal(await ada.fromBottom(), 0);
	assert.equal(await ada.log.getAttribute("aria-live"), "polite");
	await ada.leave();
});

test("a reader who has only just scrolled up is not taken down again by a message", async () => {
	const room = newRoom("just");
	await postMany(room, 45);
	const ada = await Person.enter(browser, room, SMALL);
	// The browser tells of scrolling with its next picture; what comes in may be sooner.
	await ada.log.evaluate((log) => {
		addEventListener("scroll", (event) => event.stopImmediatePropagation(), { capture: true });
		log.scrollTop -= 600;
	});
	const place = await ada.log.evaluate((log) => log.scrollTop);
	await post({ room, body: "below" });
	await ada.page.getByRole("button", { name: "1 new message" }).waitFor();
	assert.equal(await ada.log.evaluate((log) => log.scrollTop), place);
	await ada.leave();
});

test("a text that is unfolded at the bottom is not scrolled away by the next message", async () => {
	const room = newRoom("unfold");
	await post({ room, body: "long\n".repeat(200) });
	const ada = await Person.enter(browser, room, SMALL);
	await ada.page.getByRole("button", { name: "Show all" }).click();
	const place = await ada.log.evaluate((log) => log.scrollTop);
	await post({ room, body: "below" });
	await ada.page.getByRole("button", { name: "1 new message" }).waitFor();
	assert.equal(await ada.log.evaluate((log) => log.scrollTop), place);
	await ada.leave();
});

test("texts keep their lines, show code as code, fold when they are long, and tell their exact time", async () => {
	const room = newRoom("texts");
	await post({ room, author: "Ada", body: "one\n\n  two `three` ```\nfour\n  five\n```" });
	await post({ room, author: "Ada", body: "long\n".repeat(60) });
	const { created_at } = await post({ room, author: "Ada", body: "شكرا 🌱 صباح الخير" });
	const ada = await Person.enter(browser, room);
	const body = (n) => ada.page.locator(".body").nth(n);
	assert.equal(await body(0).innerText(), "one\n\n  two three \nfour\n  five");
	assert.equal(await body(0).locator("code").textContent(), "three");
	assert.equal(await body(0).locator("pre").textContent(), "four\n  five");

	const { height } = await body(1).boundingBox();
	await ada.page.getByRole("button", { name: "Show all" }).click();
	assert.ok((await body(1).boundingBox()).height > 2 * height);
	await ada.page.getByRole("button", { name: "Show less" }).click();
	assert.equal((await body(1).boundingBox()).height, height);

	assert.equal(await body(2).evaluate((element) => getComputedStyle(element).direction), "rtl");
	const exact = await ada.page.locator(".at").last().getAttribute("title");
	const year = String(new Date(created_at).getFullYear());
	assert.ok(exact.includes(year) && /\d\d:\d\d:\d\d/.test(exact), exact);
	assert.equal(await ada.page.locator(".day:visible").count(), 1);
	await ada.leave();
});

test("hostile texts are shown as text and do nothing", async () => {
	const room = newRoom("hostile");
	const bodies = [
		"<script>alert(1)</script>",
		"<img src=x onerror=alert(2)> <svg onload=alert(3)> &lt;b&gt;",
		"javascript:alert(4) data:text/html,x https://good.example/ https://bank.example@evil.example/",
		"\u202eright to left\u202c",
		`\u202eunclosed https://turned.example/ ${"\u2066".repeat(100)}`,
		`a${"\u0301".repeat(4_999)}`,
		`${"\u0489".repeat(4_999)}`,
		"`<b>bold</b>` ```<i>x</i>```",
	];
	for (const body of bodies) await post({ room, body, author: "\u202e<b onclick=alert(5)>" });
	await post({ room, body: "below the towers", author: `<img src=x onerror=alert(6)>${"\u0301".repeat(15)}` });
	const ada = await Person.enter(browser, room);
	await ada.sees([...bodies.slice(0, 7), "<b>bold</b> <i>x</i>", "below the towers"]);
	const rows = ada.page.locator("#rows");
	assert.equal(await rows.locator("script, img, svg, b, i").count(), 0);
	assert.deepEqual(await rows.locator("a").evaluateAll((links) => links.map((a) => [a.href, a.rel])), [
		["https://good.example/", "noopener nofollow noreferrer"],
		["https://turned.example/", "noopener nofollow noreferrer"],
	]);
	// A name that turns the writing around turns only itself: the time still stands after it.
	const [author, time] = await Promise.all([".author", ".at"].map((part) => rows.locator(part).first().boundingBox()));
	assert.ok(author && time && author.x + author.width <= time.x);
	// An override turns the text around an address, not the address.
	const [first, last] = await rows
		.locator("a")
		.last()
		.evaluate(({ firstChild }) =>
			[0, firstChild.length - 1].map((at) => {
				const range = document.createRange();
				range.setStart(firstChild, at);
				range.setEnd(firstChild, at + 1);
				return range.getBoundingClientRect().x;
			}),
		);
	assert.ok(first < last);
	// Marks that tower over their line stay in their own message.
	assert.deepEqual(
		await rows.locator(".body").evaluateAll((all) => [...new Set(all.map((body) => getComputedStyle(body).overflowY))]),
		["clip"],
	);
	await ada.leave();
});
