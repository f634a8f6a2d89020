import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { test } from "node:test";
import { makeKey, makeSender, openOutbox } from "../../www/js/outbox.js";
import { SCOPE } from "../../www/js/share.js";
import { openStore } from "../../www/js/storage.js";
import { fakeStorage } from "./fake-storage.js";

globalThis.crypto ??= webcrypto; // Node 18 has it only as a module

const nothing = () => {};
const down = { isPassing: true, isBusy: false, message: "down", askedMs: 0 };
const tooLarge = { isPassing: false, isBusy: false, message: "too large", askedMs: 0 };

function outboxWith(storage, ...bodies) {
	const outbox = openOutbox(
		openStore(() => storage),
		nothing,
	);
	for (const body of bodies) outbox.add({ room: "lobby", author: "Ada", body, after: "" }, `key-${body}`);
	return outbox;
}

const shown = (outbox) => outbox.entries().map(({ body, state }) => [body, state]);
const stored = ({ body }) => ({ id: body, body, author: "Ada", room: "lobby", created_at: "2026-01-01T12:00:00.000Z" });

/** Sends what is in the outbox; `answers` are errors to throw before the server takes the message. */
async function sendAll(outbox, answers = {}) {
	const asked = [];
	const sender = makeSender(outbox, nothing, async (entry) => {
		asked.push(entry.key);
		const error = answers[entry.body]?.shift();
		if (!error) return stored(entry);
		setImmediate(() => sender.wake());
		throw error;
	});
	sender.lead.seek();
	while (outbox.next()) await new Promise((resolve) => setImmediate(resolve));
	return asked;
}

test("messages go one at a time, in the order of writing, and leave the outbox", async () => {
	const outbox = outboxWith(fakeStorage(), "b", "a", "c");
	assert.deepEqual(await sendAll(outbox), ["key-b", "key-a", "key-c"]);
	assert.deepEqual(outbox.entries(), []);
});

test("a passing trouble is tried again under the same key, and nothing overtakes it", async () => {
	const outbox = outboxWith(fakeStorage(), "a", "b");
	assert.deepEqual(await sendAll(outbox, { a: [down, down] }), ["key-a", "key-a", "key-a", "key-b"]);
});

test("what the server will not have fails at once, is kept, and lets the next one pass", async () => {
	const storage = fakeStorage();
	const outbox = outboxWith(storage, "a", "b");
	await sendAll(outbox, { a: [tooLarge] });
	const afterReload = outboxWith(storage);
	assert.deepEqual(shown(afterReload), [["a", "failed"]]);
	assert.equal(afterReload.entries()[0].refusal, "too large");
	afterReload.again("key-a");
	assert.deepEqual(await sendAll(afterReload), ["key-a"]);
});

test("while the server asks for patience, the entry says until when and why", async () => {
	const outbox = outboxWith(fakeStorage(), "a");
	const sender = makeSender(outbox, nothing, async () => {
		throw { ...down, isBusy: true, askedMs: 60_000 };
	});
	sender.lead.seek();
	while (outbox.entries()[0].state !== "waiting") await new Promise((resolve) => setImmediate(resolve));
	const [{ retryAt, isBusy }] = outbox.entries();
	assert.ok(isBusy && retryAt >= Date.now() + 59_000);
	outbox.remove("key-a");
	sender.wake();
});

test("two tabs that write at once lose nothing, and see what the other wrote", () => {
	const storage = fakeStorage();
	const [one, other] = [outboxWith(storage, "a"), outboxWith(storage, "b")];
	one.add({ room: "lobby", author: null, body: "c", after: "" }, "key-c");
	assert.deepEqual(shown(other), [
		["a", "queued"],
		["b", "queued"],
		["c", "queued"],
	]);
	other.remove("key-a");
	assert.deepEqual(
		shown(one).map(([body]) => body),
		["b", "c"],
	);
});

test("the order of writing is kept when the clock goes back", (t) => {
	const storage = fakeStorage();
	outboxWith(storage, "a");
	t.mock.method(Date, "now", () => 1_000);
	outboxWith(storage, "b");
	t.mock.restoreAll();
	assert.deepEqual(
		shown(outboxWith(storage, "c")).map(([body]) => body),
		["a", "b", "c"],
	);
});

test("what waited for more than a day waits on for the reader's word", (t) => {
	const storage = fakeStorage();
	outboxWith(storage, "a");
	const later = Date.now() + 25 * 3_600_000;
	t.mock.method(Date, "now", () => later);
	const outbox = outboxWith(storage);
	assert.deepEqual(shown(outbox), [["a", "failed"]]);
	outbox.again("key-a");
	assert.deepEqual(shown(outbox), [["a", "queued"]]);
});

test("a saved outbox that is broken is an empty one", () => {
	const storage = fakeStorage();
	for (const [i, saved] of ["", "7", "null", "{}", '{"key":"k"}'].entries())
		storage.setItem(`${SCOPE}chat.out:${i}:k`, saved);
	assert.deepEqual(outboxWith(storage).entries(), []);
});

test("keys are visible ASCII of at most 64 characters, and never the same", () => {
	const keys = new Set(Array.from({ length: 100 }, makeKey));
	assert.equal(keys.size, 100);
	for (const key of keys) assert.match(key, /^[!-~]{1,64}$/);
});
