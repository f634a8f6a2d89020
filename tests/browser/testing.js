// node:test for tests that drive browsers: none hangs for ever, and no file of them does.

import { after as afterAll, before as beforeAll, test as runTest } from "node:test";

const TIMEOUT_MS = 120_000;
const LINGERING_MS = 20_000;

/** @type {(name: string, optionsOrRun: object | (() => any), run?: () => any) => void} */
export function test(name, optionsOrRun, run) {
	const options = { timeout: TIMEOUT_MS, ...(run ? optionsOrRun : {}) };
	runTest(name, options, run ?? /** @type {() => any} */ (optionsOrRun));
}

export function before(/** @type {() => any} */ run) {
	beforeAll(run, { timeout: TIMEOUT_MS });
}

export function after(/** @type {() => any} */ run) {
	afterAll(run, { timeout: TIMEOUT_MS });
}

// A file ends when nothing is left to wait for. If a browser leaves something behind, say what, and end.
afterAll(() => {
	setTimeout(() => {
		console.log(`# Ended although there is still: ${process.getActiveResourcesInfo().join(", ")}`);
		process.exit();
	}, LINGERING_MS).unref();
});
