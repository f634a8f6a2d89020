// Follows one room by one long poll for all tabs: the one that leads tells the others.

import { NIL, readAfter, readPage } from "./api.js";
import { ifFree, makeLead, openChannel, Pause, pauseMs } from "./share.js";

const POLL_TIMEOUT_S = 25;
const HIDDEN_LOOK_MS = 10_000;
// Longer than a poll takes: the tab that leads is frozen or gone.
const SILENCE_MS = 40_000;
// An answer that is early and empty comes from a worker that stops.
const EARLY_MS = 1_000;

/** @param {FeedParts} parts */
export function openFeed(parts) {
	const { room, onOpen, onMessages, onState, locks, api = { readPage, readAfter } } = parts;
	const { isHidden = () => document.hidden, isOnline = () => navigator.onLine } = parts;
	const lead = makeLead(`chat:${room}`, () => look(cursor !== null), locks);
	const channel = openChannel(`chat:${room}`, (word) => isStopped || hear(word));
	const pause = new Pause();
	let request = new AbortController();
	/** @type {string | null} the last id seen */
	let cursor = null;
	let failures = 0;
	let isBehind = false;
	let isStopped = false;
	/** @type {FeedState} */
	let state;

	async function run() {
		become({ name: "connecting" });
		channel.postMessage({ hello: true });
		lead.seek(!isHidden());
		while (!isStopped) await turn();
		channel.close();
	}

	// Anew, since what is asked may hang on a dead connection.
	function look(isAnew = true) {
		if (isAnew) request.abort();
		pause.wake();
	}

	async function turn() {
		request = new AbortController();
		const { signal } = request;
		try {
			if (cursor === null) await open(signal);
			else if (lead.isLeader || isBehind) await poll(cursor, signal);
			else if ((await pause.wait(SILENCE_MS)) && !isHidden()) lead.seek(true);
		} catch (error) {
			if (!signal.aborted) await pauseAfter(error);
		}
	}

	async function open(signal) {
		const page = await api.readPage(room, { signal });
		cursor = page.at(-1)?.id ?? NIL;
		if (isStopped) return;
		onOpen(page);
		succeed();
	}

	async function poll(after, signal) {
		const startedAt = Date.now();
		const messages = await ask(after, signal);
		if (isStopped) return;
		isBehind &&= messages.length > 0;
		take(messages);
		succeed();
		if (lead.isLeader) channel.postMessage({ after, messages });
		if (messages.length === 0 && Date.now() - startedAt < EARLY_MS) await pause.wait(EARLY_MS);
	}

	function ask(after, signal) {
		const wait = (timeoutS) => api.readAfter(room, after, { timeoutS, signal });
		// "Reconnecting" must not stand for a whole poll.
		if (failures > 0 || !lead.isLeader) return wait(0);
		if (!isHidden()) return wait(POLL_TIMEOUT_S);
		// A browser opens six connections to a server: hidden tabs hold one.
		const nowAndThen = () => pause.wait(HIDDEN_LOOK_MS).then(() => wait(0));
		return ifFree("chat-hidden", () => wait(POLL_TIMEOUT_S), nowAndThen, locks);
	}

	function take(messages) {
		const fresh = messages.filter(({ id }) => id > (cursor ?? ""));
		if (fresh.length === 0) return;
		cursor = fresh.at(-1).id;
		onMessages(fresh);
	}

	// The leader's cursor and what came after it
	function hear({ hello, after, messages = [], state: heard }) {
		if (hello && lead.isLeader) channel.postMessage({ after: cursor, state });
		if (hello || cursor === null) return;
		if (after <= cursor) take(messages);
		else if (after) isBehind = true;
		if (lead.isLeader) return;
		if (heard) onState(heard);
		if (failures === 0) pause.wake();
	}

	function become(next) {
		state = next;
		onState(state);
		if (lead.isLeader) channel.postMessage({ state });
	}

	function succeed() {
		failures = 0;
		become({ name: "connected" });
	}

	async function pauseAfter({ message: sentence, askedMs, isBusy, isPassing }) {
		const ms = pauseMs(++failures, askedMs);
		const name = isBusy ? "busy" : isPassing ? "waiting" : "refused";
		become({ name: isOnline() ? name : "offline", retryAt: Date.now() + ms, sentence });
		await pause.wait(ms);
		if (!isStopped) become({ name: "connecting" });
	}

	return {
		isLeader: () => lead.isLeader,
		isDone: run(),
		wake() {
			if (!isHidden()) lead.seek(true);
			look();
		},

		stop() {
			isStopped = true;
			lead.stop();
			look();
		},
	};
}
