// Somebody with a browser of their own in a room: what the tests do and see.

import assert from "node:assert/strict";
import { roomUrl } from "./browser.js";

const DEADLINE_MS = 15_000;

export class Person {
	/** What the page must never do: throw, break its own policy, or open a dialog. */
	faults = [];

	/**
	 * @param {import("playwright-core").Browser} browser
	 * @param {string} room
	 * @param {import("playwright-core").BrowserContextOptions & { name?: string }} [options]
	 */
	static async enter(browser, room, { name, ...options } = {}) {
		const context = await browser.newContext({ locale: "en-GB", ...options });
		context.setDefaultTimeout(DEADLINE_MS);
		const person = await Person.openTab(context, room);
		if (name) await person.callThemselves(name);
		return person;
	}

	/** Another tab of the same browser. */
	static async openTab(/** @type {import("playwright-core").BrowserContext} */ context, room) {
		const person = new Person();
		person.page = await context.newPage();
		person.#watch();
		await person.page.goto(roomUrl(room));
		await person.seesState("connected");
		return person;
	}

	#watch() {
		this.page.on("pageerror", (error) => this.faults.push(error.message));
		this.page.on("console", (message) => {
			if (/Content Security Policy|Trusted/i.test(message.text())) this.faults.push(message.text());
		});
		this.page.on("dialog", (dialog) => {
			this.faults.push(dialog.message());
			dialog.accept();
		});
	}

	get field() {
		return this.page.getByLabel("Message", { exact: true });
	}

	get log() {
		return this.page.locator("#log");
	}

	async callThemselves(/** @type {string} */ name) {
		await this.page.getByLabel("Name", { exact: true }).fill(name);
		await this.page.getByLabel("Name", { exact: true }).press("Enter");
	}

	async write(/** @type {string} */ text) {
		await this.field.fill(text);
		await this.field.press("Enter");
	}

	/** Waits for the last text of the list, then expects exactly the list, in order. */
	async sees(/** @type {string[]} */ texts) {
		await this.rows("stored")
			.nth(texts.length - 1)
			.waitFor();
		await this.row(texts.at(-1)).waitFor();
		assert.deepEqual(await this.bodies(), texts);
	}

	bodies() {
		return this.page.locator(".body").allTextContents();
	}

	seesState(/** @type {string} */ state) {
		return this.page.locator(`#status[data-state="${state}"]`).waitFor();
	}

	rows(/** @type {string} */ state) {
		return this.page.locator(`.row[data-state="${state}"]`);
	}

	row(/** @type {string | RegExp | undefined} */ text) {
		return this.page
			.locator(".row")
			.filter({ has: this.page.locator(".body", { hasText: text }) })
			.first();
	}

	/** Scrolls up until the message comes from the server; what is in sight must not move. */
	async scrollUpTo(/** @type {string} */ text, /** @type {string} */ inSight) {
		const row = this.row(inSight);
		// Scrolled and measured in one breath, before the page can answer the scrolling.
		const top = await row.evaluate((element) => {
			element.closest("#log").scrollTop = 100;
			return element.getBoundingClientRect().top;
		});
		await this.row(new RegExp(`^${text}$`)).waitFor();
		const moved = Math.abs((await row.boundingBox()).y - top);
		assert.ok(moved < 2, `what was in sight moved by ${moved} pixels`);
	}

	/** What is below the visible part of the log, in pixels. */
	fromBottom() {
		return this.log.evaluate((log) => Math.round(log.scrollHeight - log.scrollTop - log.clientHeight));
	}

	async leave() {
		await this.page.context().close();
		assert.deepEqual(this.faults, []);
	}
}
