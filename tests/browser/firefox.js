// Whether the tests can drive the Firefox that is here.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

// Playwright speaks WebDriver BiDi to it, and begins with network.addDataCollector, which came with 143.
const OLDEST = 143;

/** The reason why not, as a sentence, or false. */
export function whyNotFirefox(/** @type {string} */ path) {
	if (!existsSync(path)) return `there is no ${path}`;
	const version = execFileSync(path, ["--version"], { encoding: "utf8" }).trim();
	const major = Number(version.match(/\d+/)?.[0]);
	return major < OLDEST && `${path} is ${version}; Playwright drives Firefox ${OLDEST} and newer`;
}
