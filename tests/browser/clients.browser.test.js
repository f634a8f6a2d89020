// The client in JavaScript of docs/clients.md, as it stands there.

import assert from "node:assert/strict";
import { execSync } from "node:child_process";
import { webcrypto } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { EventSource } from "eventsource";
import { bodiesIn, CHAT_URL, newRoom, post } from "./browser.js";
import { test } from "./testing.js";

const CONTROL = process.env.CHAT_CONTROL;

async function clientOfTheManual() {
	const text = readFileSync(new URL("../../docs/clients.md", import.meta.url), "utf8");
	const file = new URL(`.client-${process.pid}.mjs`, import.meta.url);
	writeFileSync(file, text.match(/```js\n([\s\S]*?)```/)[1]);
	try {
		globalThis.EventSource ??= EventSource;
		globalThis.crypto ??= webcrypto; // Node.js 18 has it behind a flag.
		return (await import(file.href)).Chat;
	} finally {
		rmSync(file);
	}
}

test("the client of the manual hears everything once, whatever is restarted", async () => {
	const Chat = await clientOfTheManual();
	const room = newRoom("manual");
	await post({ room, body: "before" });
	const told = [];
	const chat = new Chat(CHAT_URL, (message) => message.room === room && told.push(message.body));
	const all = ["before"];
	for (const command of CONTROL ? ["kill-worker", "reload-nginx", "restart-postgres"] : []) {
		execSync(`${CONTROL} ${command}`, { stdio: "inherit" });
		all.push(command);
		await chat.say(room, command, "Ann");
	}
	for (let i = 0; i < 600 && told.length < all.length; i++) await setTimeout(100);
	chat.close();
	assert.deepEqual(told, all);
	assert.deepEqual(await bodiesIn(room), all);
});

const NEWEST = "ffffffff-ffff-ffff-ffff-ffffffffffff";
const EDIT_KEY = { "Chat-Edit-Key": "s".repeat(22) };

/** Gives a message another text, or none: deletes it. */
async function change({ id }, body) {
	const answer = await fetch(new URL(`messages/${id}`, CHAT_URL), {
		method: body === undefined ? "DELETE" : "PATCH",
		headers: { "Content-Type": "application/json", ...EDIT_KEY },
		body: body && JSON.stringify({ body }),
	});
	assert.ok(answer.ok, `${answer.status}`);
}

test("an older page that arrives behind newer changes brings nothing back", async () => {
	const Chat = await clientOfTheManual();
	const room = newRoom("late");
	const said = [];
	for (const body of ["kept", "edited", "deleted"]) said.push(await post({ room, body }, EDIT_KEY));
	const chat = new Chat(CHAT_URL);
	const shown = () => said.map(({ id }) => chat.messages.get(id)?.body);
	const shows = async (...bodies) => {
		for (let i = 0; i < 600 && `${shown()}` !== `${bodies}`; i++) await setTimeout(100);
		assert.deepEqual(shown(), bodies);
	};
	try {
		await shows("kept", "edited", "deleted");
		const late = await (await fetch(new URL(`messages?room=${room}&changes=1&before=${NEWEST}`, CHAT_URL))).json();
		assert.deepEqual(late, said);
		await change(said[1], "edited since");
		await change(said[2]);
		await shows("kept", "edited since", "");
		for (const message of late) chat.take(message);
		assert.deepEqual(shown(), ["kept", "edited since", ""]);
		assert.ok(chat.messages.get(said[2].id).deleted_at);
	} finally {
		chat.close();
	}
});

/** Lets `replaced` stand for the globals of these names while `act` runs. */
async function withGlobals(replaced, act) {
	const kept = Object.fromEntries(Object.keys(replaced).map((name) => [name, globalThis[name]]));
	Object.assign(globalThis, replaced);
	try {
		await act();
	} finally {
		Object.assign(globalThis, kept);
	}
}

test("what was not answered whole, or refused for a moment, is sent again with the same key", async () => {
	const Chat = await clientOfTheManual();
	const answers = [
		() => Promise.reject(new TypeError("the connection broke")),
		() => new Response(new ReadableStream({ pull: (body) => body.error(new TypeError("half an answer")) })),
		() => new Response("", { status: 503, headers: { "Retry-After": "0" } }),
		() => Response.json({ id: 1 }),
		() => Response.json({ error: "no" }, { status: 400 }),
	];
	const keys = [];
	const fetch = async (_url, { method, headers } = {}) => {
		if (method !== "POST") return new Promise(() => {});
		keys.push(headers["Idempotency-Key"]);
		return answers.shift()();
	};
	await withGlobals({ fetch }, async () => {
		const chat = new Chat(CHAT_URL);
		assert.deepEqual(await chat.say("lobby", "hello"), { id: 1 });
		assert.equal(keys.length, 4);
		assert.equal(new Set(keys).size, 1);
		await assert.rejects(chat.say("lobby", "nonsense"), /no/);
		assert.equal(new Set(keys).size, 2);
	});
});

test("a client that is closed before its first page came opens no stream", async () => {
	const Chat = await clientOfTheManual();
	let answer;
	const fetch = () => new Promise((resolve) => (answer = resolve));
	const opened = [];
	class Source {
		constructor(url) {
			opened.push(url);
		}
		addEventListener() {}
	}
	await withGlobals({ fetch, EventSource: Source }, async () => {
		const chat = new Chat(CHAT_URL);
		chat.close();
		let listened;
		const done = new Promise((resolve) => (listened = resolve));
		const { listen } = chat;
		chat.listen = (...place) => listened(listen.apply(chat, place));
		answer(Response.json([]));
		await done;
		assert.deepEqual(opened, []);
	});
});
