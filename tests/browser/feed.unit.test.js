import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, NIL } from "../../www/js/api.js";
import { openFeed } from "../../www/js/feed.js";
import { SCOPE } from "../../www/js/share.js";
import { FakeLocks } from "./fake-locks.js";

const message = (id) => ({ id, author: null, body: "", room: "lobby", created_at: "2026-01-01T00:00:00Z" });
const idsOf = (messages) => messages.map(({ id }) => id);
const nextRoom = (
	(n = 0) =>
	() =>
		++n
)();

/** One server for several tabs: each question takes the next step of the script, then it holds the poll. */
class Server {
	asked = [];
	held = new Set();
	constructor(...script) {
		this.script = script;
	}

	api(tab = "") {
		return {
			readPage: (_room, { signal }) => this.#answer(`${tab}page`, signal),
			readAfter: (_room, after, { timeoutS, signal }) => this.#answer(`${tab}${after} ${timeoutS}`, signal),
		};
	}

	#answer(question, signal) {
		if (signal.aborted) return Promise.reject(new ApiError(0, "aborted"));
		this.asked.push(question);
		const step = this.script.shift();
		if (step instanceof Error) return Promise.reject(step);
		if (step) return Promise.resolve(step);
		return new Promise((resolve, reject) => {
			const poll = { question, resolve };
			this.held.add(poll);
			signal.addEventListener("abort", () => {
				this.held.delete(poll);
				reject(new ApiError(0, "aborted"));
			});
		});
	}

	/** Answers the poll that is held. */
	answer(messages) {
		const [poll] = this.held;
		this.held.delete(poll);
		poll.resolve(messages);
	}
}

/** @param {import("node:test").TestContext} t */
function openTab(t, server, options = {}) {
	const tab = { seen: [], states: [] };
	tab.feed = openFeed({
		room: options.room ?? `room-${nextRoom()}`,
		onOpen: (page) => tab.seen.push(...idsOf(page)),
		onMessages: (messages) => tab.seen.push(...idsOf(messages)),
		onState: ({ name }) => tab.states.push(name),
		isHidden: () => false,
		isOnline: () => true,
		api: server.api(options.tab),
		...options,
	});
	t.after(() => {
		tab.feed.stop();
		return tab.feed.isDone;
	});
	return tab;
}

/** Looks until something is so; the test's own deadline ends a wait for ever. */
async function until(condition) {
	while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

test("every poll asks after the last message seen", { timeout: 5_000 }, async (t) => {
	const server = new Server([message("1")], [message("2"), message("3")]);
	const tab = openTab(t, server);
	await until(() => server.held.size === 1);
	assert.deepEqual(server.asked, ["page", "1 25", "3 25"]);
	assert.deepEqual(tab.seen, ["1", "2", "3"]);
});

test("an empty room is polled from the nil id", { timeout: 5_000 }, async (t) => {
	const server = new Server([]);
	openTab(t, server);
	await until(() => server.held.size === 1);
	assert.deepEqual(server.asked, ["page", `${NIL} 25`]);
});

test("after a failure it waits, says so, and looks once without waiting for news", { timeout: 5_000 }, async (t) => {
	const server = new Server([message("1")], new ApiError(503, "down", 60_000), [message("2")]);
	const tab = openTab(t, server);
	await until(() => tab.states.includes("busy"));
	tab.feed.wake();
	await until(() => server.held.size === 1);
	assert.deepEqual(server.asked, ["page", "1 25", "1 0", "2 25"]);
	assert.deepEqual(tab.states, ["connecting", "connected", "busy", "connecting", "connected"]);
});

test("a failure has the name of its cause", { timeout: 5_000 }, async (t) => {
	for (const [error, isOnline, name] of [
		[new ApiError(0, "no network"), false, "offline"],
		[new ApiError(0, "no answer"), true, "waiting"],
		[new ApiError(429, "slow down"), true, "busy"],
		[new ApiError(403, "not allowed"), true, "refused"],
	]) {
		const tab = openTab(t, new Server(error), { isOnline: () => isOnline });
		await until(() => tab.states.includes(name));
	}
});

test("waking drops a poll that may hang on a dead connection, and is no failure", { timeout: 5_000 }, async (t) => {
	const server = new Server([message("1")]);
	const tab = openTab(t, server);
	await until(() => server.held.size === 1);
	tab.feed.wake();
	await until(() => server.asked.length === 3 && server.held.size === 1);
	assert.deepEqual(server.asked, ["page", "1 25", "1 25"]);
	assert.deepEqual(tab.states, ["connecting", "connected"]);
});

test("where tabs cannot share, a hidden page holds no connection", { timeout: 5_000 }, async (t) => {
	const server = new Server([message("1")]);
	const tab = openTab(t, server, { isHidden: () => true, locks: undefined });
	await until(() => tab.states.includes("connected"));
	await new Promise((resolve) => setImmediate(resolve));
	assert.deepEqual(server.asked, ["page"]);
});

test("a server that answers empty at once is not asked in a tight loop", { timeout: 5_000 }, async (t) => {
	const server = new Server(...Array.from({ length: 100 }, () => []));
	openTab(t, server);
	for (let i = 0; i < 200; i += 1) await new Promise((resolve) => setImmediate(resolve));
	assert.ok(server.asked.length <= 3, String(server.asked.length));
});

test("of three tabs one polls, and the others hear from it", { timeout: 5_000 }, async (t) => {
	const locks = new FakeLocks();
	const server = new Server([message("1")], [message("1")], [message("1")]);
	const room = "three";
	const tabs = ["a", "b", "c"].map((tab) => openTab(t, server, { room, tab, locks }));
	await until(() => tabs.every(({ seen }) => seen.length === 1) && server.held.size === 1);
	server.answer([message("2")]);
	await until(() => tabs.every(({ seen }) => seen.includes("2")) && server.held.size === 1);
	assert.deepEqual(
		tabs.map(({ feed }) => feed.isLeader()),
		[false, false, true],
	);
});

test("when the tab that polls is closed, another goes on where it was", { timeout: 5_000 }, async (t) => {
	const locks = new FakeLocks();
	const server = new Server([message("1")], [message("1")]);
	const [one, other] = ["a", "b"].map((tab) => openTab(t, server, { room: "closed", tab, locks }));
	await until(() => other.feed.isLeader() && server.held.size === 1 && one.seen.length === 1);
	other.feed.stop();
	await until(() => server.held.size === 1 && [...server.held][0].question === "a1 25");
	assert.ok(one.feed.isLeader());
});

/** A tab beside the one that polls, and a channel to tell it of what is further than it has come. */
async function openLateTab(t) {
	const locks = new FakeLocks();
	const server = new Server([message("1")], [message("1")]);
	const room = `room-${nextRoom()}`;
	const [late, leader] = ["a", "b"].map((tab) => openTab(t, server, { room, tab, locks }));
	await until(() => leader.feed.isLeader() && server.held.size === 1 && late.seen.length === 1);
	const channel = new BroadcastChannel(`${SCOPE}chat:${room}`);
	t.after(() => channel.close());
	return { server, late, channel };
}

test("a tab that missed a message asks the server for it", { timeout: 5_000 }, async (t) => {
	const { server, late, channel } = await openLateTab(t);
	server.script.push([message("2"), message("3")]);
	channel.postMessage({ after: "2", messages: [message("3")] });
	await until(() => late.seen.length === 3);
	assert.deepEqual(late.seen, ["1", "2", "3"]);
	assert.ok(server.asked.includes("a1 0"));
});

test("a tab that missed more than a page asks until nothing is left", { timeout: 5_000 }, async (t) => {
	const { server, late, channel } = await openLateTab(t);
	server.script.push([message("2"), message("3")], [message("4")]);
	channel.postMessage({ after: "4", messages: [] });
	await until(() => late.seen.length === 4);
	assert.deepEqual(late.seen, ["1", "2", "3", "4"]);
});

test("the state of the tab that polls is shown in the others", { timeout: 5_000 }, async (t) => {
	const locks = new FakeLocks();
	const server = new Server([message("1")], [message("1")], new ApiError(503, "down", 60_000));
	const tabs = ["a", "b"].map((tab) => openTab(t, server, { room: "state", tab, locks }));
	await until(() => tabs.every(({ states }) => states.includes("busy")));
});
