import assert from "node:assert/strict";
import { test } from "node:test";
import { toItems } from "../../www/js/conversation.js";
import { OlderPages } from "../../www/js/older.js";
import { Timeline } from "../../www/js/timeline.js";

function message(id, author = "Ada", minute = 0) {
  const created_at = new Date(2026, 0, 1, 12, minute).toISOString();
  return { id: String(id), author, body: `body ${id}`, room: "lobby", created_at };
}

const ids = (timeline) => timeline.messages.map(({ id }) => id).join("");

test("the order is that of the ids, whatever comes first, and each comes once", () => {
  const timeline = new Timeline();
  const added = [5, 3, 5, 9, 1, 3, 4].filter((id) => timeline.add(message(id)));
  assert.deepEqual(added, [5, 3, 9, 1, 4]);
  assert.equal(ids(timeline), "13459");
});

test("only what is new is reported as news", () => {
  const timeline = new Timeline();
  timeline.add(message(2));
  assert.deepEqual(timeline.addAll([message(1), message(2), message(3)]).map(({ id }) => id), ["1", "3"]);
});

test("a long room lets its oldest messages go", () => {
  const timeline = new Timeline();
  timeline.addAll([1, 2, 3, 4].map((id) => message(id)));
  assert.equal(timeline.keepNewest(4), false);
  assert.equal(timeline.keepNewest(2), true);
  assert.equal(ids(timeline), "34");
});

test("messages of one author are grouped until somebody else speaks or time passes", () => {
  const items = toItems([message(1), message(2, "Ada", 1), message(3, "Noor", 2), message(4, "Noor", 30)], [], new Map());
  assert.deepEqual(items.map((item) => item.isContinued), [false, true, false, false]);
});

test("every local day begins with a separator, also in the middle of a group", () => {
  const eve = { ...message(1), created_at: new Date(2026, 0, 1, 23, 59).toISOString() };
  const morning = { ...message(2), created_at: new Date(2026, 0, 2, 0, 1).toISOString() };
  const items = toItems([eve, morning, message(3)], [], new Map());
  assert.deepEqual(items.map((item) => item.startsDay), [true, true, true]);
  assert.equal(items[1].isContinued, false);
});

test("what is on its way stands below what is stored, and keeps its row when it is stored", () => {
  const entry = { key: "k", room: "lobby", author: "Ada", body: "b", createdAt: Date.now(), state: "sending", tries: 1, reason: null, twinId: null };
  assert.deepEqual(toItems([message(9)], [entry], new Map()).map((item) => item.key), ["9", "k"]);
  assert.deepEqual(toItems([message(9)], [], new Map([["9", "k"]])).map((item) => item.key), ["k"]);
});

test("older pages are read backwards until a short one, one at a time", async () => {
  const asked = [];
  const pages = { 5: [message(3), message(4)], 3: [message(2)] };
  const older = new OlderPages({
    read: async (before) => { asked.push(before); return pages[before]; },
    pageSize: 2, onPage: () => {}, onState: () => {},
  });
  await older.load();
  older.continueBefore([message(5), message(6)]);
  await Promise.all([older.load(), older.load()]);
  await older.load();
  await older.load();
  assert.deepEqual([asked, older.state], [["5", "3"], "end"]);
});

test("an older page that fails can be asked for again", async () => {
  let isDown = true;
  const older = new OlderPages({
    read: async () => { if (isDown) throw new Error("down"); return []; },
    pageSize: 1, onPage: () => {}, onState: () => {},
  });
  older.continueBefore([message(5)]);
  await older.load();
  assert.equal(older.state, "failed");
  isDown = false;
  await older.load();
  assert.equal(older.state, "end");
});
