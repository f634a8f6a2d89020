// The pages before the newest one, read backwards on demand.

/** @typedef {import("./timeline.js").Message} Message */

export class OlderPages {
  /** @type {string | null} the oldest id shown; null until the newest page has come */
  #cursor = null;
  /** @type {"unknown" | "more" | "loading" | "failed" | "end"} */
  state = "unknown";

  /**
   * @param {object} parts
   * @param {(before: string) => Promise<Message[]>} parts.read
   * @param {number} parts.pageSize
   * @param {(page: Message[]) => void} parts.onPage
   * @param {() => void} parts.onState
   */
  constructor({ read, pageSize, onPage, onState }) {
    this.#parts = { read, pageSize, onPage, onState };
  }
  #parts;

  /**
   * @param {Message[]} page  the oldest page that is known; a short one was the last
   */
  continueBefore(page) {
    if (page.length > 0) this.#cursor = page[0].id;
    this.state = page.length < this.#parts.pageSize ? "end" : "more";
  }

  /**
   * Old messages were let go: they can be read again.
   * @param {string} oldestId
   */
  rewindTo(oldestId) {
    this.#cursor = oldestId;
    if (this.state === "end") this.state = "more";
  }

  async load() {
    if (this.#cursor === null || (this.state !== "more" && this.state !== "failed")) return;
    this.#become("loading");
    try {
      const page = await this.#parts.read(this.#cursor);
      this.continueBefore(page);
      this.#parts.onPage(page);
    } catch {
      // The button stays, says so, and tries again when it is pressed.
      this.#become("failed");
    }
  }

  /** @param {"loading" | "failed"} state */
  #become(state) {
    this.state = state;
    this.#parts.onState();
  }
}
