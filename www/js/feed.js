// Follows one room: the newest page first, then everything after it, by one long poll for all
// tabs. The tab that leads polls and tells the others; they ask only when they missed something.

import { NIL, readAfter, readPage } from "./api.js";
import { Pause, pauseMs } from "./retry.js";
import { ifFree, Leadership, openChannel } from "./share.js";

const POLL_TIMEOUT_S = 25;
const HIDDEN_LOOK_MS = 10_000;
// No word from the tab that leads for longer than a poll takes: it is frozen or gone.
const SILENCE_MS = 40_000;
// An empty answer long before its time comes from a worker that stops; not to be asked in a tight loop.
const EARLY_MS = 1_000;

export class Feed {
	/** @type {string | null} the last id seen; null until the first page has come */
	#cursor = null;
	#failures = 0;
	#isBehind = false;
	#isStopped = false;
	#pause = new Pause();
	#request = new AbortController();
	/** @type {FeedState} */
	#state = { name: "connecting" };

	/** @param {FeedParts} parts */
	constructor({ isHidden = () => false, isOnline = () => true, api = { readPage, readAfter }, ...parts }) {
		this.#parts = { isHidden, isOnline, api, ...parts };
		const name = `chat:${parts.room}`;
		this.#lead = new Leadership(name, () => this.#look(this.#cursor !== null), parts.locks);
		this.#channel = openChannel(name, (word) => this.#isStopped || this.#hear(word));
	}
	#parts;
	#lead;
	#channel;

	get isLeader() {
		return this.#lead.isLeader;
	}

	async run() {
		this.#become({ name: "connecting" });
		this.#channel.postMessage({ hello: true });
		this.#lead.seek(!this.#parts.isHidden());
		while (!this.#isStopped) await this.#turn();
		this.#channel.close();
	}

	stop() {
		this.#isStopped = true;
		this.#lead.stop();
		this.#look();
	}

	/** Something changed (network back, page looked at): look now, on a new connection. */
	wake() {
		if (!this.#parts.isHidden()) this.#lead.seek(true);
		this.#look();
	}

	#look(isAnew = true) {
		if (isAnew) this.#request.abort();
		this.#pause.wake();
	}

	async #turn() {
		this.#request = new AbortController();
		const { signal } = this.#request;
		try {
			if (this.#cursor === null) await this.#open(signal);
			else if (this.isLeader || this.#isBehind) await this.#poll(this.#cursor, signal);
			else if ((await this.#pause.wait(SILENCE_MS)) && !this.#parts.isHidden()) this.#lead.seek(true);
		} catch (error) {
			// Ended by us: no failure, the next turn looks at once.
			if (!signal.aborted) await this.#pauseAfter(error);
		}
	}

	async #open(signal) {
		const { room, pageSize, api, onOpen } = this.#parts;
		const page = await api.readPage(room, pageSize, { signal });
		this.#cursor = page.at(-1)?.id ?? NIL;
		if (this.#isStopped) return;
		onOpen(page);
		this.#succeed();
	}

	async #poll(after, signal) {
		const startedAt = Date.now();
		const messages = await this.#ask(after, signal);
		if (this.#isStopped) return;
		this.#isBehind = false;
		this.#take(messages);
		this.#succeed();
		if (this.isLeader) this.#channel.postMessage({ after, messages });
		if (messages.length === 0 && Date.now() - startedAt < EARLY_MS) await this.#pause.wait(EARLY_MS);
	}

	#ask(after, signal) {
		const { room, api, isHidden, locks } = this.#parts;
		const ask = (timeoutS) => api.readAfter(room, after, { timeoutS, signal });
		// After a failure an answer is wanted at once: "reconnecting" must not stand for a whole poll.
		if (this.#failures > 0 || !this.isLeader) return ask(0);
		if (!isHidden()) return ask(POLL_TIMEOUT_S);
		// A browser opens six connections to a server: of all hidden tabs, one at most holds one.
		const nowAndThen = () => this.#pause.wait(HIDDEN_LOOK_MS).then(() => ask(0));
		return ifFree("chat-hidden", () => ask(POLL_TIMEOUT_S), nowAndThen, locks);
	}

	#take(messages) {
		const fresh = messages.filter(({ id }) => id > (this.#cursor ?? ""));
		if (fresh.length === 0) return;
		this.#cursor = fresh.at(-1).id;
		this.#parts.onMessages(fresh);
	}

	/** The leader's cursor and what came after it: who has not seen the cursor has missed something. */
	#hear({ hello, after, messages = [], state }) {
		if (hello && this.isLeader) this.#channel.postMessage({ after: this.#cursor, state: this.#state });
		if (hello || this.#cursor === null) return;
		if (after <= this.#cursor) this.#take(messages);
		else if (after) this.#isBehind = true;
		if (this.isLeader) return;
		if (state) this.#parts.onState(state);
		if (this.#failures === 0) this.#pause.wake();
	}

	#become(state) {
		this.#state = state;
		this.#parts.onState(state);
		if (this.isLeader) this.#channel.postMessage({ state });
	}

	#succeed() {
		this.#failures = 0;
		this.#become({ name: "connected" });
	}

	/** @param {import("./api.js").ApiError} error */
	async #pauseAfter({ message: sentence, askedMs, isBusy, isPassing }) {
		this.#failures += 1;
		const ms = pauseMs(this.#failures, askedMs);
		const name = isBusy ? "busy" : isPassing ? "waiting" : "refused";
		this.#become({ name: this.#parts.isOnline() ? name : "offline", retryAt: Date.now() + ms, sentence });
		await this.#pause.wait(ms);
		if (!this.#isStopped) this.#become({ name: "connecting" });
	}
}
