import assert from "node:assert/strict";
import { test } from "node:test";
import { splitLinks } from "../../www/js/links.js";
import { chooseRoom, isRoom, limitName, toAuthor, toRoom } from "../../www/js/names.js";
import { openStore } from "../../www/js/storage.js";
import { byteLength, tidyBody, toSendable, truncateToBytes } from "../../www/js/utf8.js";

const links = (text) => splitLinks(text).filter((piece) => piece.href !== null).map((piece) => piece.text);

test("length is counted in bytes of UTF-8", () => {
  assert.equal(byteLength("aé€🌱"), 1 + 2 + 3 + 4);
});

test("a text is cut between characters, never inside one", () => {
  assert.equal(truncateToBytes("né€🌱", 9), "né€");
  assert.equal(truncateToBytes("né€🌱", 10), "né€🌱");
});

test("what the server would refuse is mended: U+0000 and half a surrogate pair", () => {
  assert.equal(toSendable("a\0b\ud800c"), "ab\ufffdc");
  assert.equal(toSendable("\ufeffa"), "\ufeffa");
});

test("a body loses blank lines around it and keeps its indentation", () => {
  assert.equal(tidyBody("\r\n  \n  if (a)\r\n\n    b\n \n"), "  if (a)\n\n    b");
  assert.equal(tidyBody(" \n\t "), "");
});

test("pieces of a text with links join to the text again", () => {
  const text = "a http://x.example, (https://y.example/a_(b)) javascript:alert(1) https://z.example?q=1&r=2.";
  assert.equal(splitLinks(text).map((piece) => piece.text).join(""), text);
  assert.deepEqual(links(text), ["http://x.example", "https://y.example/a_(b)", "https://z.example?q=1&r=2"]);
});

test("an address that could mislead is left as text", () => {
  assert.deepEqual(links("https://bank.example@evil.example/ https:// javascript:https"), []);
  assert.deepEqual(links("https://good.example/\u202egpj.exe"), ["https://good.example/"]);
});

test("rooms are named as the contract says", () => {
  for (const room of ["lobby", "a", "0_-", "a".repeat(64)]) assert.ok(isRoom(room), room);
  for (const room of ["", "-a", "A", "ä", "a b", "a\n", "a".repeat(65), null]) assert.ok(!isRoom(room), String(room));
  assert.equal(toRoom(" #Garden "), "garden");
});

test("the address chooses the room, then the last visit, then the lobby", () => {
  assert.deepEqual(chooseRoom("?room=garden", "attic"), { room: "garden", refused: null });
  assert.deepEqual(chooseRoom("", "attic"), { room: "attic", refused: null });
  assert.deepEqual(chooseRoom("", "../etc"), { room: "lobby", refused: null });
  assert.deepEqual(chooseRoom("?room=Not%20One", "attic"), { room: "lobby", refused: "Not One" });
});

test("a name is one line of at most 64 bytes, and an empty one is nobody", () => {
  assert.equal(limitName("é".repeat(40)), "é".repeat(32));
  assert.equal(limitName("A\nda\u0007 "), "Ada ");
  assert.equal(toAuthor("  Ada "), "Ada");
  assert.equal(toAuthor("   "), null);
});

test("a forbidden storage forgets only when the page is closed", () => {
  const store = openStore(() => { throw new Error("SecurityError"); });
  store.set("name", "Ada");
  assert.equal(store.get("name"), "Ada");
  assert.equal(store.getJson("name"), null);
  assert.equal(store.get("room"), null);
});
