import assert from "node:assert/strict";
import { test } from "node:test";
import { toItems } from "../../www/js/history.js";

function message(id, author = "Ada", minute = 0) {
	const created_at = new Date(2026, 0, 1, 12, minute).toISOString();
	return { id: String(id), author, body: `body ${id}`, room: "lobby", created_at };
}

const entry = {
	key: "k",
	room: "lobby",
	author: "Ada",
	body: "body 2",
	createdAt: Date.now(),
	state: "sending",
	tries: 1,
	after: "1",
};

test("messages of one author are grouped until somebody else speaks or time passes", () => {
	const items = toItems([message(1), message(2, "Ada", 1), message(3, "Noor", 2), message(4, "Noor", 30)]);
	assert.deepEqual(
		items.map((item) => item.isContinued),
		[false, true, false, false],
	);
});

test("every local day begins with a separator, also in the middle of a group", () => {
	const eve = { ...message(1), created_at: new Date(2026, 0, 1, 23, 59).toISOString() };
	const morning = { ...message(2), created_at: new Date(2026, 0, 2, 0, 1).toISOString() };
	const items = toItems([eve, morning, message(3)]);
	assert.deepEqual(
		items.map((item) => item.startsDay),
		[true, true, true],
	);
	assert.equal(items[1].isContinued, false);
});

test("the first row in the page relates to the message above it, which is not there", () => {
	const [item] = toItems([message(2)], { above: message(1) });
	assert.deepEqual([item.startsDay, item.isContinued], [false, true]);
});

test("the first message that was not seen is marked, and only when the last seen one is above it", () => {
	const marked = (seen) => toItems([message(3), message(4), message(5)], { seen }).map((item) => item.startsNews);
	assert.deepEqual(marked("3"), [false, true, false]);
	assert.deepEqual(marked("5"), [false, false, false]);
	assert.deepEqual(marked("1"), [false, false, false]);
	assert.deepEqual(marked(null), [false, false, false]);
});

test("what is on its way stands below what is stored, and keeps its row when it is stored", () => {
	assert.deepEqual(
		toItems([message(9)], { entries: [entry] }).map((item) => item.key),
		["9", "k"],
	);
	assert.deepEqual(
		toItems([message(9)], { keys: new Map([["9", "k"]]) }).map((item) => item.key),
		["k"],
	);
});

test("an entry steps back while a message like it is shown, once for each", () => {
	const states = (entries, messages, more) => toItems(messages, { entries, ...more }).map((item) => item.state);
	const second = { ...entry, key: "k2" };
	assert.deepEqual(states([entry, second], [message(1), message(2)]), ["stored", "stored", "sending"]);
	assert.deepEqual(
		states([{ ...entry, after: "2" }], [message(2)]),
		["stored", "sending"],
		"that one was there before",
	);
	assert.deepEqual(states([entry], [message(2, "Noor")]), ["stored", "sending"], "that one is somebody else's");
	assert.deepEqual(states([entry], [message(2)], { keys: new Map([["2", "k1"]]) }), ["stored", "sending"]);
	assert.deepEqual(states([entry], [message(2, "ada@example.org")], { me: "ada@example.org" }), ["stored"]);
});

test("an entry that failed is shown even beside a message like it", () => {
	const items = toItems([message(2)], { entries: [{ ...entry, state: "failed" }] });
	assert.deepEqual(
		items.map((item) => item.state),
		["stored", "failed"],
	);
});
