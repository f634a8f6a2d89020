import assert from "node:assert/strict";
import { test } from "node:test";
import { isLong, parse } from "../../www/js/markup.js";
import {
	byteLength,
	chooseRoom,
	isRoom,
	limitName,
	tidyBody,
	toAuthor,
	toRoom,
	toSendable,
} from "../../www/js/names.js";
import { SCOPE } from "../../www/js/share.js";
import { openStore } from "../../www/js/storage.js";
import { de } from "../../www/js/texts/de.js";
import { en } from "../../www/js/texts/en.js";
import { chooseTexts } from "../../www/js/texts.js";
import { fakeStorage } from "./fake-storage.js";

const all = (tag, text) =>
	parse(text)
		.filter((piece) => piece.tag === tag)
		.map((piece) => piece.text);
const links = (text) => all("a", text);

test("length is counted in bytes of UTF-8", () => {
	assert.equal(byteLength("aé€🌱"), 1 + 2 + 3 + 4);
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
	assert.equal(
		parse(text)
			.map((piece) => piece.text)
			.join(""),
		text,
	);
	assert.deepEqual(links(text), ["http://x.example", "https://y.example/a_(b)", "https://z.example?q=1&r=2"]);
});

test("an address that could mislead is left as text", () => {
	assert.deepEqual(links("https://bank.example@evil.example/ https:// javascript:https"), []);
	assert.deepEqual(links("https://good.example/\u202egpj.exe"), ["https://good.example/"]);
});

test("code stands between backticks: a few words, or a block with or without a language", () => {
	const text = "run `ls -l` and\n```js\nconst a = 1;\n\n  b();\n```\nor ```c```";
	assert.deepEqual(all("code", text), ["ls -l"]);
	assert.deepEqual(all("pre", text), ["const a = 1;\n\n  b();", "c"]);
	assert.deepEqual(links("`https://no.example` https://yes.example"), ["https://yes.example"]);
	assert.deepEqual(parse("a ` b\nc ```"), [{ text: "a ` b\nc ```" }]);
});

test("a text of many lines or many characters is long", () => {
	assert.deepEqual(["a", "a\n".repeat(17), "a\n".repeat(40), "a".repeat(2_000)].map(isLong), [
		false,
		false,
		true,
		true,
	]);
});

test("hostile texts of the greatest length are read in no time", { timeout: 20_000 }, () => {
	for (const piece of ["`", "``", "```", "[", "https://", "https://(", ")", ".", "` ", "\u0301", "```a\n"]) {
		const text = piece.repeat(10_000 / piece.length);
		assert.ok(parse(`https://a.example/${text}`).length > 0);
	}
	const brackets = ")".repeat(4_980);
	assert.equal(links(`http://a${".".repeat(4_980)}x${brackets}`)[0].length, 8 + 4_980 + 1);
	assert.deepEqual(links(`http://a.example/${brackets}${".".repeat(4_980)}`), ["http://a.example/"]);
	assert.equal(links(`http://a.example/${"(".repeat(4_900)}${brackets}`)[0].length, 17 + 2 * 4_900);
});

test("rooms are named as the contract says", () => {
	for (const room of ["lobby", "a", "0_-", "a".repeat(64)]) assert.ok(isRoom(room), room);
	for (const room of ["", "-a", "A", "ä", "a b", "a\n", "a".repeat(65)]) assert.ok(!isRoom(room), room);
	assert.equal(toRoom(" #Garden "), "garden");
});

test("the address chooses the room, then the last visit, then the lobby", () => {
	assert.deepEqual(chooseRoom("?room=garden", "attic"), { room: "garden", refused: null });
	assert.deepEqual(chooseRoom("", "attic"), { room: "attic", refused: null });
	assert.deepEqual(chooseRoom("", "../etc"), { room: "lobby", refused: null });
	assert.deepEqual(chooseRoom("?room=Not%20One", "attic"), { room: "lobby", refused: "Not One" });
});

test("a name is one line of at most 128 bytes, cut between characters, and an empty one is nobody", () => {
	assert.equal(limitName("é".repeat(70)), "é".repeat(64));
	assert.equal(limitName(`${"é".repeat(63)}🌱`), "é".repeat(63));
	assert.equal(limitName("A\nda\u0007 "), "Ada ");
	assert.equal(toAuthor("  Ada "), "Ada");
	assert.equal(toAuthor("   "), null);
	assert.equal(toAuthor(null), null);
});

test("a forbidden storage forgets only when the page is closed", () => {
	const store = openStore(() => {
		throw new Error("SecurityError");
	});
	store.set("seen:b", "1");
	store.set("seen:a", "1");
	assert.equal(store.get("seen:b"), "1");
	assert.deepEqual(store.names("seen:"), ["a", "b"]);
	store.remove("seen:b");
	assert.equal(store.get("seen:b"), null);
});

test("a storage that is full keeps what it can, and memory the rest", () => {
	const storage = fakeStorage();
	const store = openStore(() => storage);
	store.set("a", "old");
	const real = storage.setItem;
	Object.getPrototypeOf(storage).setItem = () => {
		throw new Error("QuotaExceededError");
	};
	store.set("a", "new");
	assert.equal(store.get("a"), "new");
	Object.getPrototypeOf(storage).setItem = real;
	store.set("a", "newer");
	assert.deepEqual([store.get("a"), storage.getItem(`${SCOPE}chat.a`)], ["newer", "newer"]);
});

test("the page speaks the first language that it knows, and English else", () => {
	assert.equal(chooseTexts(["fr", "de-AT", "en"]).send, de.send);
	assert.equal(chooseTexts(["de-AT"]).locale, "de-AT");
	assert.equal(chooseTexts(["fr"]).send, en.send);
});

test("every language says everything, with the same blanks", () => {
	assert.deepEqual(Object.keys(de).sort(), Object.keys(en).sort());
	for (const [name, text] of Object.entries(en)) {
		assert.equal(typeof de[name], typeof text, name);
		assert.equal(de[name].length > 0, text.length > 0, name);
	}
});
