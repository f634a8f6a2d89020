import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { postMessage, readAfter, readPage } from "../../www/js/api.js";

const MESSAGE = { id: "1", author: null, body: "b", room: "lobby", created_at: "2026-01-01T00:00:00Z" };
const { fetch: realFetch } = globalThis;
const { timeout: realTimeout } = AbortSignal;

afterEach(() => {
	globalThis.fetch = realFetch;
	AbortSignal.timeout = realTimeout;
});

/** Lets the server give this answer, and keeps what it was asked. */
function answerWith(body, { status = 200, headers = {} } = {}) {
	const asked = [];
	globalThis.fetch = async (url, options) => {
		asked.push({ url, ...options });
		return new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers });
	};
	return asked;
}

test("the three questions are those of the contract", async () => {
	let asked = answerWith([MESSAGE]);
	assert.deepEqual(await readPage("lobby"), Object.assign([MESSAGE], { more: false }));
	await readAfter("lobby", "1", { timeoutS: 25 });
	assert.deepEqual(
		asked.map(({ url }) => url),
		[
			"messages?room=lobby&before=ffffffff-ffff-ffff-ffff-ffffffffffff&limit=50",
			"messages?room=lobby&after=1&limit=1000&timeout=25",
		],
	);
	asked = answerWith(MESSAGE);
	assert.deepEqual(await postMessage({ key: "k", room: "lobby", author: null, body: "b" }), MESSAGE);
	assert.deepEqual(asked[0].headers, { "Content-Type": "application/json", "Idempotency-Key": "k" });
	assert.equal(asked[0].body, '{"room":"lobby","body":"b"}');
});

test("a page is followed by more when it says so, however long it is", async () => {
	answerWith([MESSAGE], { headers: { Link: '<messages?before=1>; rel="next"' } });
	assert.equal((await readPage("lobby")).more, true);
});

test("an error tells its sentence, its status, and when to come back", async () => {
	answerWith({ error: "Slow down" }, { status: 429, headers: { "Retry-After": "7" } });
	await assert.rejects(readPage("lobby"), {
		message: "Slow down",
		askedMs: 7_000,
		isBusy: true,
		isPassing: true,
	});
	answerWith({ error: "Too large" }, { status: 400 });
	await assert.rejects(readPage("lobby"), { message: "Too large", askedMs: 0, isPassing: false });
});

test("an answer that is not understood is no answer, and may be asked for again", async () => {
	for (const body of [
		"<html>Log in to the hotel</html>",
		{ id: 1 },
		[{ id: "1" }],
		[{ ...MESSAGE, created_at: "today" }],
	]) {
		answerWith(body);
		await assert.rejects(readPage("lobby"), { isPassing: true, isBusy: false });
	}
	answerWith([]);
	await assert.rejects(postMessage({ key: "k", room: "lobby", author: null, body: "b" }), { isPassing: true });
});

test("a poll that hangs is given up some seconds after its time, or when it is told to", {
	timeout: 5_000,
}, async () => {
	globalThis.fetch = (_url, { signal }) =>
		new Promise((_resolve, reject) => {
			if (signal.aborted) reject(signal.reason);
			else signal.addEventListener("abort", () => reject(signal.reason));
		});
	let deadlineMs = 0;
	AbortSignal.timeout = (ms) => {
		deadlineMs = ms;
		return AbortSignal.abort();
	};
	await assert.rejects(readAfter("lobby", "1", { timeoutS: 25 }), { isPassing: true });
	assert.equal(deadlineMs, 40_000);

	AbortSignal.timeout = realTimeout;
	const abort = new AbortController();
	const asked = readAfter("lobby", "1", { timeoutS: 25, signal: abort.signal });
	abort.abort();
	await assert.rejects(asked, { isPassing: true });
});
