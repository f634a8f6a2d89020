import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { test } from "node:test";
import { toItems } from "../../www/js/conversation.js";
import { MOST_TRIES, Outbox } from "../../www/js/outbox.js";
import { makeKey, Sender } from "../../www/js/sender.js";

globalThis.crypto ??= webcrypto; // Node 18 has it only as a module

const PASSING = { isPassing: true, message: "down" };
const FINAL = { isPassing: false, message: "too large" };
const NOW = Date.parse("2026-01-01T12:00:00Z");

function outboxWith(...bodies) {
  const outbox = new Outbox(() => {});
  bodies.forEach((body, i) => outbox.add({ room: "lobby", author: "Ada", body }, `key-${i}`, NOW));
  return outbox;
}

function stored(id, body, author = "Ada") {
  return { id, body, author, room: "lobby", created_at: "2026-01-01T12:00:00.000Z" };
}

test("a passing trouble is tried again a few times, then it is the reader's turn", () => {
  const outbox = outboxWith("a");
  const [entry] = outbox.entries;
  const states = [];
  for (let i = 0; i < MOST_TRIES; i += 1) {
    outbox.began(entry);
    outbox.missed(entry, PASSING);
    states.push(entry.state);
  }
  assert.deepEqual(states, [...Array(MOST_TRIES - 1).fill("waiting"), "failed"]);
  assert.equal(entry.reason, "down");
});

test("what cannot succeed fails at once and lets the next one pass", () => {
  const outbox = outboxWith("a", "b");
  outbox.began(outbox.entries[0]);
  outbox.missed(outbox.entries[0], FINAL);
  assert.equal(outbox.entries[0].state, "failed");
  assert.equal(outbox.next()?.body, "b");
});

test("sending again keeps the key", () => {
  const outbox = outboxWith("a");
  const [entry] = outbox.entries;
  outbox.began(entry);
  outbox.missed(entry, FINAL);
  outbox.again(entry);
  assert.deepEqual([entry.key, entry.state, entry.tries, entry.reason], ["key-0", "queued", 0, null]);
});

test("an entry steps back while the poll shows a message like it, once for each", () => {
  const outbox = outboxWith("hi", "hi");
  outbox.entries.forEach((entry) => outbox.began(entry));
  const [first, second] = [stored("1", "hi"), stored("2", "hi")];
  const shown = (messages) => toItems(messages, outbox.entries, new Map()).map((item) => item.state);
  assert.deepEqual(outbox.noteTwins([first, stored("0", "other")], null), new Set(["1"]));
  assert.deepEqual(shown([first]), ["stored", "sending"]);
  assert.deepEqual(outbox.noteTwins([second], null), new Set(["2"]));
  assert.deepEqual(shown([first, second]), ["stored", "stored"]);
});

test("an entry that failed is shown even beside its twin", () => {
  const outbox = outboxWith("hi");
  const [entry] = outbox.entries;
  outbox.began(entry);
  outbox.noteTwins([stored("1", "hi")], null);
  outbox.missed(entry, FINAL);
  assert.deepEqual(toItems([stored("1", "hi")], outbox.entries, new Map()).map((item) => item.state), ["stored", "failed"]);
});

test("a message under the name that the server gave is recognised", () => {
  const outbox = outboxWith("hi");
  outbox.began(outbox.entries[0]);
  assert.equal(outbox.noteTwins([stored("1", "hi", "ada@example.org")], "ada@example.org").size, 1);
});

test("a reload sends what was on its way and leaves the rest to the reader", () => {
  const before = outboxWith("on its way", "failed", "old");
  before.began(before.entries[0]);
  before.began(before.entries[1]);
  before.missed(before.entries[1], FINAL);
  before.entries[2].createdAt -= 3 * 24 * 3_600_000;
  const after = new Outbox(() => {});
  after.restore(JSON.parse(JSON.stringify(before.entries)), NOW);
  assert.deepEqual(after.entries.map((entry) => entry.state), ["queued", "failed", "failed"]);
  assert.deepEqual(after.entries.map((entry) => entry.key), ["key-0", "key-1", "key-2"]);
});

test("a saved outbox that is broken is an empty one", () => {
  const outbox = new Outbox(() => {});
  for (const saved of [null, 7, {}, [null, 3, { key: "k" }]]) outbox.restore(saved, NOW);
  assert.deepEqual(outbox.entries, []);
});

test("the sender sends one at a time, in the order of writing", async () => {
  const log = [];
  const outbox = outboxWith("a", "b");
  const post = async (entry) => {
    log.push(`> ${entry.body}`);
    await new Promise((resolve) => { setImmediate(resolve); });
    log.push(`< ${entry.body}`);
    return stored(entry.body, entry.body);
  };
  const sender = new Sender({ outbox, post, onStored: () => {} });
  sender.run();
  await sender.run();
  while (outbox.entries.length > 0) await new Promise((resolve) => { setImmediate(resolve); });
  assert.deepEqual(log, ["> a", "< a", "> b", "< b"]);
});

test("the sender repeats a passing trouble at once when it is woken, under the same key", async () => {
  const keys = [];
  const outbox = new Outbox((entries) => { if (entries[0]?.state === "waiting") setImmediate(() => sender.wake()); });
  const post = async (entry) => {
    keys.push(entry.key);
    if (keys.length < 3) throw Object.assign(new Error("down"), { isPassing: true, askedPauseMs: 60_000 });
    return stored("1", entry.body);
  };
  const sender = new Sender({ outbox, post, onStored: () => {} });
  outbox.add({ room: "lobby", author: null, body: "a" }, "key", NOW);
  await sender.run();
  assert.deepEqual(keys, ["key", "key", "key"]);
});

test("keys are visible ASCII of at most 64 characters, and never the same", () => {
  const keys = new Set(Array.from({ length: 100 }, makeKey));
  assert.equal(keys.size, 100);
  for (const key of keys) assert.match(key, /^[0-9a-f]{32}$/);
});
