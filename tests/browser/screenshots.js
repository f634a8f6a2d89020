// Writes pictures of a small conversation: node screenshots.js DIRECTORY

import { join } from "node:path";
import { launchChromium, newRoom, post, roomUrl } from "./browser.js";

const CONVERSATION = [
	["Ada", "Good morning! The first tomatoes are ripe."],
	["Ada", "Help yourselves: the basket stands by the door."],
	["Noor", "Lovely. I bring bread from the bakery at noon."],
	["Jonas", "And I water the beds today. This is what the timer runs now:"],
	["Jonas", "```\nbeds.filter((bed) => bed.dry).forEach(water);\n```"],
	[
		"Noor",
		"Then let us sow the winter lettuce on Saturday.\nHow early is too early? https://en.wikipedia.org/wiki/Lettuce",
	],
	["مريم", "صباح الخير! سأحضر النعناع معي."],
	["Ada", "Saturday at ten, then."],
];
const SHOTS = [
	["desktop", "light", { viewport: { width: 1_040, height: 700 } }],
	["desktop", "dark", { viewport: { width: 1_040, height: 700 } }],
	["phone", "light", { viewport: { width: 390, height: 760 }, isMobile: true, hasTouch: true }],
	["phone", "dark", { viewport: { width: 390, height: 760 }, isMobile: true, hasTouch: true }],
];

const directory = process.argv[2];
if (!directory) {
	console.error("usage: node screenshots.js DIRECTORY");
	process.exit(2);
}

/** Rooms of their own on every run, under the names that the pictures show. */
const rooms = { garden: newRoom("garden"), kitchen: newRoom("kitchen"), lobby: newRoom("lobby") };
const browser = await launchChromium();
try {
	for (const [author, body] of CONVERSATION) await post({ room: rooms.garden, author, body });
	for (const [device, colorScheme, options] of SHOTS) {
		const context = await browser.newContext({ ...options, colorScheme, deviceScaleFactor: 2, locale: "en-GB" });
		await takePicture(context, join(directory, `chat-${device}-${colorScheme}.png`));
		await context.close();
	}
} finally {
	await browser.close();
}

async function takePicture(context, path) {
	await context.addInitScript(() => localStorage.setItem("chat.name", "Ada"));
	const page = await context.newPage();
	for (const room of [rooms.lobby, rooms.kitchen, rooms.garden]) {
		await page.goto(roomUrl(room));
		await page.locator('#status[data-state="connected"]').waitFor();
	}
	await post({ room: rooms.kitchen, author: "Noor", body: "The soup is ready." });
	await page.locator(".mark").first().waitFor({ state: "attached" });
	await page
		.locator(".row")
		.nth(CONVERSATION.length - 1)
		.waitFor();
	// The random part of a room's name is no part of the picture.
	await page.evaluate(() => {
		const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		while (walker.nextNode()) walker.currentNode.data = walker.currentNode.data.replace(/-[0-9a-f]{12}/, "");
	});
	await page.screenshot({ path });
}
