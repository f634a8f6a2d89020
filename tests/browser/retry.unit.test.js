import assert from "node:assert/strict";
import { test } from "node:test";
import { retryAfterMs } from "../../www/js/api.js";
import { Pause, pauseMs } from "../../www/js/share.js";

const lowest = () => 0;
const highest = () => 1;

test("pauses double and stay under the cap", () => {
	assert.deepEqual(
		[1, 2, 3, 4, 5, 6, 50].map((n) => pauseMs(n, 0, highest)),
		[1e3, 2e3, 4e3, 8e3, 16e3, 30e3, 30e3],
	);
});

test("chance takes away at most half of a pause", () => {
	assert.equal(pauseMs(3, 0, lowest), 2_000);
});

test("Retry-After is read as seconds and as a date", () => {
	const now = Date.parse("2026-01-01T00:00:00Z");
	assert.equal(retryAfterMs("7", now), 7_000);
	assert.equal(retryAfterMs("Thu, 01 Jan 2026 00:00:09 GMT", now), 9_000);
});

test("a Retry-After that is absent, broken, past or absurd does no harm", () => {
	assert.equal(retryAfterMs(null, 0), 0);
	assert.equal(retryAfterMs("soon", 0), 0);
	assert.equal(retryAfterMs("Thu, 01 Jan 1970 00:00:00 GMT", 5_000), 0);
	assert.equal(retryAfterMs("999999999", 0), 120_000);
});

test("nobody comes back sooner than the server asked", () => {
	assert.equal(pauseMs(1, 10_000, lowest), 10_000);
	assert.equal(pauseMs(1, 10_000, highest), 11_000);
	assert.equal(pauseMs(5, 1_000, highest), 16_000);
});

test("a pause says whether its time is over or somebody woke it", async () => {
	const pause = new Pause();
	pause.wake(); // nobody waits: nothing happens
	assert.equal(await pause.wait(1), true);
	const waited = pause.wait(3_600_000);
	pause.wake();
	assert.equal(await waited, false);
});
