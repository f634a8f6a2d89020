import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { whyNotFirefox } from "./firefox.js";

const directory = mkdtempSync(join(tmpdir(), "chat-firefox-"));
after(() => rmSync(directory, { recursive: true }));

/** A program that says what Firefox of that version says. */
function firefox(/** @type {string} */ version) {
	const path = join(directory, `firefox-${version}`);
	writeFileSync(path, `#!/bin/sh\necho "Mozilla Firefox ${version}"\n`, { mode: 0o755 });
	return path;
}

test("a Firefox that is too old for Playwright is left out, and the reason names both", () => {
	const path = firefox("140.12.0esr");
	const reason = `${path} is Mozilla Firefox 140.12.0esr; Playwright drives Firefox 143 and newer`;
	assert.equal(whyNotFirefox(path), reason);
	assert.match(String(whyNotFirefox(firefox("142.0.1"))), /is Mozilla Firefox 142\.0\.1;/);
});

test("newer ones are driven", () => {
	assert.equal(whyNotFirefox(firefox("143.0")), false);
	assert.equal(whyNotFirefox(firefox("153.7.0esr")), false);
});

test("where there is none, that is the reason", () => {
	assert.equal(whyNotFirefox("/nowhere/firefox"), "there is no /nowhere/firefox");
});
