// Sends the outbox: one message at a time, in the order of writing, each until it is
// stored or has failed for good.

import { postMessage } from "./api.js";
import { pauseMs } from "./backoff.js";
import { Pause } from "./pause.js";

/** @typedef {import("./outbox.js").Outbox} Outbox */
/** @typedef {import("./outbox.js").Entry} Entry */
/** @typedef {import("./api.js").ApiError} ApiError */
/** @typedef {import("./timeline.js").Message} Message */

export class Sender {
  #isBusy = false;
  #pause = new Pause();

  /**
   * @param {object} parts
   * @param {Outbox} parts.outbox
   * @param {(message: Message, key: string) => void} parts.onStored  before the entry leaves the outbox
   * @param {(entry: Entry) => Promise<Message>} [parts.post]
   */
  constructor({ outbox, onStored, post = postMessage }) {
    this.#outbox = outbox;
    this.#onStored = onStored;
    this.#post = post;
  }
  #outbox;
  #onStored;
  #post;

  /** @param {{ room: string, author: string | null, body: string }} draft */
  submit(draft) {
    this.#outbox.add(draft, makeKey(), Date.now());
    this.run();
  }

  /** @param {string} key */
  again(key) {
    const entry = this.#outbox.findFailed(key);
    if (entry) this.#outbox.again(entry);
    this.run();
  }

  /** @param {string} key */
  discard(key) {
    const entry = this.#outbox.findFailed(key);
    if (entry) this.#outbox.remove(entry);
  }

  /** The network may be back: the entry that waits is tried at once. */
  wake() {
    this.#pause.wake();
  }

  /** Sends until nothing is left to send; a second call while it runs adds nothing. */
  async run() {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (let entry = this.#outbox.next(); entry; entry = this.#outbox.next()) await this.#attempt(entry);
    } finally {
      this.#isBusy = false;
    }
  }

  /** @param {Entry} entry */
  async #attempt(entry) {
    this.#outbox.began(entry);
    try {
      const message = await this.#post(entry);
      this.#onStored(message, entry.key);
      this.#outbox.remove(entry);
    } catch (error) {
      // Safe to repeat whatever happened: the key makes the server store it once.
      const problem = /** @type {ApiError} */ (error);
      this.#outbox.missed(entry, problem);
      if (entry.state === "waiting") await this.#pause.wait(pauseMs(entry.tries, problem.askedPauseMs));
    }
  }
}

/**
 * Not crypto.randomUUID: that needs https, and this page is opened by plain http on a LAN.
 * @returns {string} 128 random bits
 */
export function makeKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
