// The HTTP contract: three questions to /messages, and one kind of error.

import { retryAfterMs } from "./backoff.js";

/** @typedef {import("./timeline.js").Message} Message */

const NEWEST = "ffffffff-ffff-ffff-ffff-ffffffffffff";
export const NIL = "00000000-0000-0000-0000-000000000000";

// A connection that died without a word never fails by itself: every answer has a deadline.
const ANSWER_DEADLINE_MS = 15_000;
const POLL_GRACE_MS = 8_000;
const PASSING = new Set([0, 408, 425, 429, 500, 502, 503, 504]);

export class ApiError extends Error {
  /**
   * @param {number} status  0 when there was no answer, or none that could be understood
   * @param {string} sentence
   * @param {number | null} [askedPauseMs]  what Retry-After asked for
   */
  constructor(status, sentence, askedPauseMs = null) {
    super(sentence);
    this.status = status;
    this.askedPauseMs = askedPauseMs;
  }

  /** Whether the same request may well succeed later. */
  get isPassing() {
    return PASSING.has(this.status);
  }
}

/**
 * @param {string} room
 * @param {number} limit
 * @param {{ before?: string, signal?: AbortSignal }} [options]
 * @returns {Promise<Message[]>} the newest page, or the one before a message
 */
export async function readPage(room, limit, { before = NEWEST, signal } = {}) {
  return asMessages(await ask(query({ room, before, limit }), { signal }, ANSWER_DEADLINE_MS));
}

/**
 * @param {string} room
 * @param {string} after
 * @param {{ timeoutS: number, signal?: AbortSignal }} options
 * @returns {Promise<Message[]>} what came after; waits up to timeoutS for it
 */
export async function readAfter(room, after, { timeoutS, signal }) {
  const url = query({ room, after, timeout: timeoutS });
  return asMessages(await ask(url, { signal }, timeoutS * 1_000 + POLL_GRACE_MS));
}

/**
 * @param {{ key: string, room: string, author: string | null, body: string }} entry
 * @returns {Promise<Message>} the message as it is stored; for a repeated key the first one
 */
export async function postMessage({ key, room, author, body }) {
  const stored = await ask("/messages", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": key },
    body: JSON.stringify(author === null ? { room, body } : { room, body, author }),
  }, ANSWER_DEADLINE_MS);
  if (!isMessage(stored)) throw notUnderstood();
  return stored;
}

/** @param {Record<string, string | number>} parameters */
function query(parameters) {
  const pairs = Object.entries(parameters).map(([name, value]) => [name, String(value)]);
  return `/messages?${new URLSearchParams(pairs)}`;
}

/**
 * @param {string} url
 * @param {RequestInit & { signal?: AbortSignal }} options
 * @param {number} deadlineMs  for the whole answer, its body included
 * @returns {Promise<unknown>}
 */
async function ask(url, { signal, ...options }, deadlineMs) {
  const abort = new AbortController();
  const stop = () => abort.abort();
  const timer = setTimeout(stop, deadlineMs);
  signal?.addEventListener("abort", stop);
  try {
    const response = await fetch(url, { ...options, cache: "no-store", signal: abort.signal });
    const answer = await readJson(response);
    if (response.ok && answer !== undefined) return answer;
    throw toError(response, answer);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(0, "The server cannot be reached.");
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

/**
 * A proxy on the way may answer in HTML; a connection that breaks here still throws.
 * @param {Response} response
 * @returns {Promise<unknown>} undefined when it is not JSON
 */
async function readJson(response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {Response} response @param {any} answer */
function toError(response, answer) {
  if (response.ok) return notUnderstood();
  const sentence = typeof answer?.error === "string" ? answer.error : `The server answered ${response.status}.`;
  const pause = retryAfterMs(response.headers.get("Retry-After"), Date.now());
  return new ApiError(response.status, sentence, pause);
}

function notUnderstood() {
  return new ApiError(0, "The answer was not understood.");
}

/** @param {unknown} answer */
function asMessages(answer) {
  if (!Array.isArray(answer) || !answer.every(isMessage)) throw notUnderstood();
  return answer;
}

/** @param {any} value @returns {value is Message} */
function isMessage(value) {
  return typeof value?.id === "string" && typeof value.body === "string" && Date.parse(value.created_at) > 0;
}
