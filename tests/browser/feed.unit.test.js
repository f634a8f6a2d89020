import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, NIL } from "../../www/js/api.js";
import { Feed } from "../../www/js/feed.js";

const message = (id) => ({ id, author: null, body: "", room: "lobby", created_at: "2026-01-01T00:00:00Z" });
const nothing = () => {};
const nextTurn = () => new Promise((resolve) => { setImmediate(resolve); });

/**
 * A feed whose server follows a script: each step is an answer or an error; after the last
 * one it holds the poll, as the server does, until it is aborted.
 */
function feedWith(script, options = {}) {
  const asked = [];
  const answer = (question, signal) => {
    asked.push(question);
    const step = script.shift();
    if (step instanceof Error) return Promise.reject(step);
    if (step) return Promise.resolve(step);
    options.onHeld?.();
    return new Promise((resolve, reject) => { signal.addEventListener("abort", () => reject(new ApiError(0, "aborted"))); });
  };
  const api = {
    readPage: (room, limit, { signal }) => answer("page", signal),
    readAfter: (room, after, { timeoutS, signal }) => answer(`${after} ${timeoutS}`, signal),
  };
  const feed = new Feed({ room: "lobby", pageSize: 50, onOpen: nothing, onMessages: nothing, onState: nothing, api, ...options });
  return { feed, asked };
}

/** Runs until the script is at its end and the poll is held. */
async function runToTheEnd(script, options = {}) {
  let held;
  const end = new Promise((resolve) => { held = resolve; });
  const { feed, asked } = feedWith(script, { onHeld: held, ...options });
  const running = feed.run();
  await end;
  feed.stop();
  await running;
  return asked;
}

test("every poll asks after the last message seen", async () => {
  const asked = await runToTheEnd([[message("1")], [message("2"), message("3")]]);
  assert.deepEqual(asked, ["page", "1 25", "3 25"]);
});

test("an empty room is polled from the nil id", async () => {
  assert.deepEqual(await runToTheEnd([[]]), ["page", `${NIL} 25`]);
});

test("after a failure the feed waits, says so, and looks once without waiting for news", async () => {
  const states = [];
  const asked = await new Promise((resolve) => {
    const { feed, asked: questions } = feedWith([[message("1")], new ApiError(503, "down", 60_000), []], {
      onState: ({ name }) => {
        states.push(name);
        if (name === "waiting") setImmediate(() => feed.wake());
      },
      onHeld: () => setImmediate(() => { feed.stop(); resolve(questions); }),
    });
    feed.run();
  });
  assert.deepEqual(asked, ["page", "1 25", "1 0", "1 25"]);
  assert.deepEqual(states, ["connecting", "connected", "waiting", "connecting", "connected"]);
});

test("a browser that knows it is offline says so", async () => {
  const states = [];
  const { feed } = feedWith([new ApiError(0, "no network")], {
    isOnline: () => false,
    onState: ({ name }) => {
      states.push(name);
      if (name === "offline") setImmediate(() => feed.stop());
    },
  });
  await feed.run();
  assert.deepEqual(states.slice(0, 2), ["connecting", "offline"]);
});

test("waking drops a poll that may hang on a dead connection, and is no failure", async () => {
  const states = [];
  let held = 0;
  const asked = await new Promise((resolve) => {
    const { feed, asked: questions } = feedWith([[message("1")]], {
      onState: (state) => states.push(state.name),
      onHeld: () => {
        held += 1;
        setImmediate(() => { if (held === 1) return feed.wake(); feed.stop(); resolve(questions); });
      },
    });
    feed.run();
  });
  assert.deepEqual(asked, ["page", "1 25", "1 25"]);
  assert.ok(!states.includes("waiting"));
});

test("a hidden page holds no connection", async () => {
  const { feed, asked } = feedWith([[message("1")]], { isHidden: () => true });
  const running = feed.run();
  await nextTurn();
  feed.wake();
  await nextTurn();
  feed.stop();
  await running;
  assert.deepEqual(asked, ["page", "1 0"]);
});

test("a server that answers empty at once is not asked in a tight loop", async () => {
  const script = Array.from({ length: 100 }, () => []);
  const { feed, asked } = feedWith(script);
  const running = feed.run();
  for (let i = 0; i < 50; i += 1) await nextTurn();
  feed.stop();
  await running;
  assert.equal(asked.length, 2);
});
