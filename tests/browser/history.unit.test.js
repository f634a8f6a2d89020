import assert from "node:assert/strict";
import { test } from "node:test";
import { History, MOST_ROWS } from "../../www/js/history.js";

const id = (n) => String(n).padStart(6, "0");
const messages = (from, to) => Array.from({ length: to - from }, (_, i) => ({ id: id(from + i) }));
const ids = (history) => history.messages.map((message) => Number(message.id));

test("the order is that of the ids, whatever comes first, and each comes once", () => {
	const history = new History();
	const added = history.add([5, 3, 5, 9, 1, 3, 4].map((n) => ({ id: id(n) })));
	assert.deepEqual(
		added.map((message) => Number(message.id)),
		[5, 3, 9, 1, 4],
	);
	assert.deepEqual(ids(history), [1, 3, 4, 5, 9]);
});

test("a page that is open for long lets its oldest messages go", () => {
	const history = new History();
	history.add(messages(1, 5));
	assert.equal(history.keepNewest(4), false);
	assert.equal(history.keepNewest(2), true);
	assert.deepEqual(ids(history), [3, 4]);
});

test("a reader who follows has the newest rows in the page, never more than a few hundred", () => {
	const history = new History();
	for (let n = 0; n < 1_000; n += 1) {
		history.add(messages(n, n + 1));
		history.fit(true);
	}
	assert.deepEqual(history.range, { start: 1_000 - MOST_ROWS, end: 1_000 });
});

test("a reader further up keeps the rows, and what is new stays out of the page when it is full", () => {
	const history = new History();
	history.add(messages(0, 100));
	history.fit(true);
	history.add(messages(100, 1_000));
	history.fit(false);
	assert.deepEqual(history.range, { start: 0, end: MOST_ROWS });
	assert.equal(history.reachesEnd, false);
	history.add(messages(1_000, 1_010));
	assert.deepEqual(history.range, { start: 0, end: MOST_ROWS });
});

test("the stretch goes up to the first message, down to the last, and to the end at once", () => {
	const history = new History();
	history.add(messages(0, 1_000));
	history.fit(true);
	let steps = 0;
	while (history.up()) {
		steps += 1;
		const { start, end } = history.range;
		assert.ok(start >= 0 && end - start === MOST_ROWS);
	}
	assert.equal(steps, (1_000 - MOST_ROWS) / 50);
	assert.deepEqual(history.range, { start: 0, end: MOST_ROWS });
	while (!history.reachesEnd) history.down();
	assert.deepEqual(history.range, { start: 1_000 - MOST_ROWS, end: 1_000 });
	history.up();
	history.toEnd();
	assert.deepEqual(history.range, { start: 1_000 - MOST_ROWS, end: 1_000 });
});

test("an older page comes into the page with the rows that are there", () => {
	const history = new History();
	history.add(messages(50, 100));
	history.fit(true);
	history.add(messages(0, 50));
	history.up();
	assert.deepEqual(history.range, { start: 0, end: 100 });
});
