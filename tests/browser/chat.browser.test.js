// The page in a real browser, against a running chat at CHAT_URL.

import assert from "node:assert/strict";
import { execSync } from "node:child_process";
import { after, before, test } from "node:test";
import { launchChromium, newRoom, post, stored } from "./browser.js";
import { Person } from "./person.js";

const CONTROL = process.env.CHAT_CONTROL;
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => { browser = await launchChromium(); });
after(() => browser.close());

const bodiesOf = async (room) => (await stored(room)).map(({ body }) => body);

test("two people talk, and both see the same order", async () => {
  const room = newRoom("talk");
  const ada = await Person.enter(browser, room, { name: "Ada" });
  const noor = await Person.enter(browser, room, { name: "Noor" });
  await ada.write("Hello?");
  await noor.sees(["Hello?"]);
  await noor.write("Hello!");
  await ada.sees(["Hello?", "Hello!"]);
  await noor.sees(["Hello?", "Hello!"]);
  assert.deepEqual(await ada.page.locator(".author").allTextContents(), ["Ada", "Noor"]);
  await Promise.all([ada.leave(), noor.leave()]);
});

test("a reload shows the history and keeps name and draft", async () => {
  const ada = await Person.enter(browser, newRoom("reload"), { name: "Ada" });
  await ada.write("one");
  await ada.write("two");
  await ada.sees(["one", "two"]);
  await ada.page.getByLabel("Message", { exact: true }).fill("half a sent");
  await ada.page.reload();
  await ada.sees(["one", "two"]);
  assert.equal(await ada.page.getByLabel("Name", { exact: true }).inputValue(), "Ada");
  assert.equal(await ada.page.getByLabel("Message", { exact: true }).inputValue(), "half a sent");
  await ada.leave();
});

test("hostile text is shown as text and does nothing", async () => {
  const room = newRoom("hostile");
  const bodies = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "javascript:alert(3) https://good.example/ https://bank.example@evil.example/",
    "\u202eright to left\u202c",
  ];
  for (const body of bodies) await post({ room, body, author: "\u202e<b onclick=alert(4)>" });
  const ada = await Person.enter(browser, room);
  await ada.sees(bodies);
  const rows = ada.page.locator("#rows");
  assert.equal(await rows.locator("script, img, b").count(), 0);
  assert.deepEqual(await rows.locator("a").evaluateAll((links) => links.map((a) => [a.href, a.rel])),
    [["https://good.example/", "noopener nofollow noreferrer"]]);
  // A name that turns the writing around turns only itself: the time still stands after it.
  const [author, time] = await Promise.all([".author", ".at"].map((part) => rows.locator(part).first().boundingBox()));
  assert.ok(author && time && author.x + author.width <= time.x);
  await ada.leave();
});

test("a message whose answer is lost is shown as failed, and sent again it is stored once", async () => {
  const room = newRoom("again");
  const ada = await Person.enter(browser, room, { name: "Ada" });
  const keys = new Set();
  await ada.page.route(/\/messages$/, async (route) => {
    keys.add(route.request().headers()["idempotency-key"]);
    await route.fetch();
    await route.abort();
  });
  await ada.write("once, please");
  await ada.rows("failed").waitFor();
  await ada.page.getByText("1 message could not be sent.").waitFor();
  await ada.page.unroute(/\/messages$/);
  await ada.page.getByRole("button", { name: "Send again" }).click();
  await ada.rows("failed").waitFor({ state: "detached" });
  await ada.sees(["once, please"]);
  assert.deepEqual(await bodiesOf(room), ["once, please"]);
  assert.equal(keys.size, 1);
  await ada.leave();
});

test("a message shows at once as pending, waits its turn, and arrives in order", async () => {
  const room = newRoom("pending");
  const ada = await Person.enter(browser, room);
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  const sent = [];
  await ada.page.route(/\/messages$/, async (route) => {
    sent.push(route.request().postDataJSON().body);
    await released;
    await route.continue();
  });
  await ada.write("first");
  await ada.write("second");
  await ada.rows("sending").filter({ hasText: "first" }).waitFor();
  await ada.rows("queued").filter({ hasText: "second" }).waitFor();
  await post({ room, body: "from elsewhere" });
  await ada.rows("stored").filter({ hasText: "from elsewhere" }).waitFor();
  release();
  await ada.sees(["from elsewhere", "first", "second"]);
  assert.deepEqual(await bodiesOf(room), ["from elsewhere", "first", "second"]);
  assert.deepEqual(sent, ["first", "second"]);
  await ada.leave();
});

test("a server that is busy is asked again, under the same key", async () => {
  const room = newRoom("busy");
  const ada = await Person.enter(browser, room);
  const keys = [];
  await ada.page.route(/\/messages$/, (route) => {
    keys.push(route.request().headers()["idempotency-key"]);
    if (keys.length > 1) return route.continue();
    return route.fulfill({ status: 429, headers: { "Retry-After": "1" }, json: { error: "Slow down" } });
  });
  await ada.write("patience");
  await ada.sees(["patience"]);
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
  await ada.leave();
});

test("a reload while the server is out of reach loses nothing", async () => {
  const room = newRoom("kept");
  const ada = await Person.enter(browser, room);
  await ada.page.route(/\/messages$/, (route) => route.abort());
  await ada.write("still here");
  await ada.rows("waiting").waitFor();
  await ada.page.unroute(/\/messages$/);
  await ada.page.reload();
  await ada.sees(["still here"]);
  assert.deepEqual(await bodiesOf(room), ["still here"]);
  await ada.leave();
});

test("after a lost connection everybody has the same, and nothing twice", async () => {
  const room = newRoom("offline");
  const ada = await Person.enter(browser, room);
  const noor = await Person.enter(browser, room);
  await ada.write("before");
  await noor.sees(["before"]);
  await ada.page.context().setOffline(true);
  await ada.page.locator(".status-text", { hasText: "Offline" }).waitFor();
  for (const text of ["one", "two", "three"]) await noor.write(text);
  await noor.sees(["before", "one", "two", "three"]);
  await ada.write("from the tunnel");
  await ada.page.context().setOffline(false);
  await ada.seesState("connected");
  await noor.row("from the tunnel").waitFor();
  const all = await bodiesOf(room);
  assert.equal(all.length, 5);
  await Promise.all([ada.sees(all), noor.sees(all)]);
  await Promise.all([ada.leave(), noor.leave()]);
});

test("a worker killed in between is not noticed", { skip: !CONTROL && "CHAT_CONTROL is not set" }, async () => {
  const room = newRoom("killed");
  const ada = await Person.enter(browser, room);
  const noor = await Person.enter(browser, room);
  const troubles = [];
  for (const { page } of [ada, noor]) {
    page.on("response", (response) => { if (!response.ok()) troubles.push(response.status()); });
    page.on("requestfailed", (request) => troubles.push(request.failure()?.errorText));
  }
  await ada.write("before");
  await noor.sees(["before"]);
  execSync(`${CONTROL} kill-worker`, { stdio: "inherit" });
  await ada.write("after");
  await noor.sees(["before", "after"]);
  await noor.write("heard");
  await ada.sees(["before", "after", "heard"]);
  assert.deepEqual(troubles, []);
  await Promise.all([ada.leave(), noor.leave()]);
});
