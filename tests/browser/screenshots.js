// Writes a picture of a small conversation: node screenshot.js chat.png

import { launchChromium, newRoom, roomUrl, stored } from "./browser.js";

const CONVERSATION = [
	["Ada", "Good morning! The first tomatoes are ripe."],
	["Ada", "Help yourselves: the basket stands by the door."],
	["Noor", "Lovely. I bring bread from the bakery at noon."],
	["Jonas", "And I water the beds today.\nThe hose at the shed is mended, by the way."],
	[
		"Noor",
		"Then let us sow the winter lettuce on Saturday.\nHow early is too early? https://en.wikipedia.org/wiki/Lettuce",
	],
	["مريم", "صباح الخير! سأحضر النعناع معي."],
	["Ada", "Saturday at ten, then."],
];

const path = process.argv[2];
if (!path) {
	console.error("usage: node screenshot.js FILE.png");
	process.exit(2);
}

const room = (await stored("garden")).length === 0 ? "garden" : newRoom("garden");
const browser = await launchChromium();
try {
	const options = { viewport: { width: 880, height: 640 }, deviceScaleFactor: 2, locale: "en-GB" };
	const page = await browser.newPage({ ...options, colorScheme: "light" });
	await page.goto(roomUrl(room));
	for (const [author, body] of CONVERSATION) {
		await page.getByLabel("Name", { exact: true }).fill(author);
		await page.getByLabel("Message", { exact: true }).fill(body);
		await page.getByRole("button", { name: "Send", exact: true }).click();
	}
	await page
		.locator('.row[data-state="stored"]')
		.nth(CONVERSATION.length - 1)
		.waitFor();
	await page.screenshot({ path });
} finally {
	await browser.close();
}
