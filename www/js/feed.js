// The poll loop: the newest page first, then everything after it, for as long as the page is open.

import { NIL, readAfter, readPage } from "./api.js";
import { backoffMs, pauseMs } from "./backoff.js";
import { Pause } from "./pause.js";

/** @typedef {import("./timeline.js").Message} Message */
/** @typedef {import("./api.js").ApiError} ApiError */
/**
 * @typedef {{ name: "connecting" | "connected" }
 *   | { name: "waiting" | "offline", retryAt: number, error: ApiError }} FeedState
 */

const POLL_TIMEOUT_S = 25;
const HIDDEN_LOOK_MS = 10_000;
// An empty answer long before its time comes from a worker that stops.
const EARLY_MS = 2_000;

export class Feed {
  /** @type {string | null} the last id seen; null until the first page has come */
  #cursor = null;
  #failures = 0;
  #earlyAnswers = 0;
  #isStopped = false;
  #pause = new Pause();
  #request = new AbortController();

  /**
   * @param {object} parts
   * @param {string} parts.room
   * @param {number} parts.pageSize
   * @param {(page: Message[]) => void} parts.onOpen  gets the newest page, once
   * @param {(messages: Message[]) => void} parts.onMessages  gets what came after it
   * @param {(state: FeedState) => void} parts.onState
   * @param {() => boolean} [parts.isHidden]
   * @param {() => boolean} [parts.isOnline]
   * @param {{ readPage: typeof readPage, readAfter: typeof readAfter }} [parts.api]
   */
  constructor({ isHidden = () => false, isOnline = () => true, api = { readPage, readAfter }, ...parts }) {
    this.#parts = { isHidden, isOnline, api, ...parts };
  }
  #parts;

  async run() {
    this.#parts.onState({ name: "connecting" });
    while (!this.#isStopped) await this.#turn();
  }

  stop() {
    this.#isStopped = true;
    this.wake();
  }

  /** Something changed (network back, page looked at): look now, on a new connection. */
  wake() {
    this.#pause.wake();
    this.#request.abort();
  }

  async #turn() {
    this.#request = new AbortController();
    const { signal } = this.#request;
    const startedAt = Date.now();
    try {
      const messages = await this.#look(signal);
      if (this.#isStopped) return;
      this.#failures = 0;
      this.#parts.onState({ name: "connected" });
      await this.#pauseAfter(messages, Date.now() - startedAt);
    } catch (error) {
      // Ended by wake(): no failure, the next turn looks at once.
      if (!signal.aborted) await this.#pauseAfterFailure(/** @type {ApiError} */ (error));
    }
  }

  /** @param {AbortSignal} signal */
  async #look(signal) {
    const { room, pageSize, api, onOpen, onMessages } = this.#parts;
    if (this.#cursor === null) {
      const page = await api.readPage(room, pageSize, { signal });
      this.#cursor = page.at(-1)?.id ?? NIL;
      onOpen(page);
      return page;
    }
    const messages = await api.readAfter(room, this.#cursor, { timeoutS: this.#timeoutS(), signal });
    if (messages.length > 0) {
      this.#cursor = /** @type {Message} */ (messages.at(-1)).id;
      onMessages(messages);
    }
    return messages;
  }

  /** After a failure an answer is wanted at once, so that "reconnecting" does not stand for a whole poll. */
  #timeoutS() {
    return this.#failures > 0 || this.#parts.isHidden() ? 0 : POLL_TIMEOUT_S;
  }

  /**
   * A hidden page looks now and then instead of holding a connection: browsers open
   * six to a server, and seven tabs that hold one each could no longer send.
   * @param {Message[]} messages
   * @param {number} tookMs
   */
  async #pauseAfter(messages, tookMs) {
    if (this.#parts.isHidden()) {
      await this.#pause.wait(HIDDEN_LOOK_MS);
    } else if (messages.length > 0 || tookMs > EARLY_MS) {
      this.#earlyAnswers = 0;
    } else {
      this.#earlyAnswers += 1;
      // The first goes unpunished: it is also the first look after opening or reconnecting.
      if (this.#earlyAnswers > 1) await this.#pause.wait(backoffMs(this.#earlyAnswers - 1));
    }
  }

  /** @param {ApiError} error */
  async #pauseAfterFailure(error) {
    this.#failures += 1;
    const ms = pauseMs(this.#failures, error.askedPauseMs ?? null);
    const name = this.#parts.isOnline() ? "waiting" : "offline";
    this.#parts.onState({ name, retryAt: Date.now() + ms, error });
    await this.#pause.wait(ms);
    this.#parts.onState({ name: "connecting" });
  }
}
