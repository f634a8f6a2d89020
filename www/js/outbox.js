// What the reader has written and the server has not yet confirmed. No I/O here.

/** @typedef {import("./timeline.js").Message} Message */
/**
 * @typedef {object} Entry
 * @property {string} key  the Idempotency-Key, the same for every try
 * @property {string} room
 * @property {string | null} author
 * @property {string} body
 * @property {number} createdAt
 * @property {"queued" | "sending" | "waiting" | "failed"} state
 * @property {number} tries  since the reader last asked for it
 * @property {string | null} reason  why the last try failed
 * @property {string | null} twinId  a message like this one that arrived while it was on its way
 */

export const MOST_TRIES = 4;
// The server keeps keys for two days; past one, only the reader may decide to send again.
const KEY_IS_SAFE_MS = 24 * 3_600_000;

export class Outbox {
  /** @type {Entry[]} */
  #entries = [];
  #onChange;

  /** @param {(entries: readonly Entry[]) => void} onChange  called after every change */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /** @returns {readonly Entry[]} in the order of writing */
  get entries() {
    return this.#entries;
  }

  /**
   * @param {{ room: string, author: string | null, body: string }} draft
   * @param {string} key
   * @param {number} now
   */
  add(draft, key, now) {
    this.#entries.push({ ...draft, key, createdAt: now, state: "queued", tries: 0, reason: null, twinId: null });
    this.#changed();
  }

  /** @returns {Entry | undefined} whose turn it is; failed ones stand aside until they are asked for */
  next() {
    return this.#entries.find((entry) => entry.state !== "failed");
  }

  /** @param {Entry} entry */
  began(entry) {
    entry.state = "sending";
    entry.tries += 1;
    this.#changed();
  }

  /** @param {Entry} entry @param {{ isPassing: boolean, message: string }} error */
  missed(entry, error) {
    entry.state = error.isPassing && entry.tries < MOST_TRIES ? "waiting" : "failed";
    entry.reason = error.message;
    this.#changed();
  }

  /**
   * It is stored, or the reader gave it up.
   * @param {Entry} entry
   */
  remove(entry) {
    this.#entries = this.#entries.filter((other) => other !== entry);
    this.#changed();
  }

  /** @param {string} key @returns {Entry | undefined} the failed entry with this key */
  findFailed(key) {
    return this.#entries.find((entry) => entry.key === key && entry.state === "failed");
  }

  /** @param {Entry} entry  failed; it goes again under its old key */
  again(entry) {
    Object.assign(entry, { state: "queued", tries: 0, reason: null });
    this.#changed();
  }

  /**
   * The poll may bring an own message before its POST is answered. It cannot be known yet,
   * so the entry only steps back while a message like it is shown.
   * @param {Message[]} messages  just arrived
   * @param {string | null} knownAs  the name the server gave the last message
   * @returns {Set<string>} the ids taken for own messages
   */
  noteTwins(messages, knownAs) {
    const twins = new Set();
    for (const message of messages) {
      const entry = this.#entries.find((candidate) => isLike(candidate, message, knownAs));
      if (!entry) continue;
      entry.twinId = message.id;
      twins.add(message.id);
    }
    return twins;
  }

  /**
   * After a reload: what was on its way goes again, what had failed waits for the reader.
   * @param {unknown} saved  what onChange was given, through JSON
   * @param {number} now
   */
  restore(saved, now) {
    const entries = /** @type {Entry[]} */ (Array.isArray(saved) ? saved.filter(isEntry) : []);
    for (const entry of entries) {
      const isFresh = now - entry.createdAt < KEY_IS_SAFE_MS;
      const state = entry.state === "failed" || !isFresh ? "failed" : "queued";
      this.#entries.push({ ...entry, state, tries: 0, twinId: null });
    }
    this.#changed();
  }

  #changed() {
    this.#onChange(this.#entries);
  }
}

/** @param {Entry} entry @param {Message} message @param {string | null} knownAs */
function isLike(entry, message, knownAs) {
  return entry.tries > 0 && entry.twinId === null && entry.room === message.room && entry.body === message.body
    && (entry.author === message.author || knownAs === message.author);
}

/** @param {any} value */
function isEntry(value) {
  return ["key", "room", "body"].every((name) => typeof value?.[name] === "string") && Number.isFinite(value.createdAt);
}
