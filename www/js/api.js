// The HTTP contract: three questions to /messages, and one kind of error.

import { retryAfterMs } from "./retry.js";
import { texts } from "./texts.js";

const NEWEST = "ffffffff-ffff-ffff-ffff-ffffffffffff";
export const NIL = "00000000-0000-0000-0000-000000000000";
// A connection that died without a word never fails by itself: every answer has a deadline.
const ANSWER_DEADLINE_MS = 15_000;

export class ApiError extends Error {
	/** @param {number} status  0 when there was no answer, or none that could be understood */
	constructor(status, sentence, askedMs = 0) {
		super(sentence);
		this.askedMs = askedMs;
		this.isBusy = status === 429 || status === 503;
		// The same request may well succeed later.
		this.isPassing = [0, 408, 425, 429, 500, 502, 503, 504].includes(status);
	}
}

/** @returns {Promise<Message[]>} the newest page, or the one before a message */
export function readPage(room, limit, { before = NEWEST, signal = undefined } = {}) {
	return read({ room, before, limit }, signal);
}

/** @returns {Promise<Message[]>} what came after; waits up to timeoutS for it */
export function readAfter(room, after, { timeoutS = 0, limit = 1_000, signal = undefined } = {}) {
	return read({ room, after, limit, timeout: timeoutS }, signal, timeoutS * 1_000);
}

/** @returns {Promise<Message>} the message as it is stored; for a repeated key the first one */
export async function postMessage({ key, room, author, body }) {
	const stored = await ask("/messages", {
		method: "POST",
		headers: { "Content-Type": "application/json", "Idempotency-Key": key },
		body: JSON.stringify({ room, body, author: author ?? undefined }),
	});
	return understood([stored])[0];
}

const read = async (parameters, signal, waitsMs = 0) =>
	understood(await ask(`/messages?${new URLSearchParams(parameters)}`, { signal }, waitsMs));

/** @returns {Promise<any>} the JSON of the answer */
async function ask(url, /** @type {RequestInit} */ { signal, ...options }, waitsMs = 0) {
	const abort = new AbortController();
	const stop = () => abort.abort();
	const timer = setTimeout(stop, waitsMs + ANSWER_DEADLINE_MS);
	signal?.addEventListener("abort", stop);
	if (signal?.aborted) stop();
	try {
		const response = await fetch(url, { ...options, cache: "no-store", signal: abort.signal });
		// A proxy on the way may answer in HTML.
		const answer = await response.json().catch(() => null);
		if (response.ok) return answer;
		const sentence = answer?.error ?? texts.status(response.status);
		throw new ApiError(response.status, sentence, retryAfterMs(response.headers.get("Retry-After")));
	} catch (error) {
		throw error instanceof ApiError ? error : new ApiError(0, texts.unreachable);
	} finally {
		clearTimeout(timer);
		signal?.removeEventListener("abort", stop);
	}
}

function understood(answer) {
	const isMessage = (value) => value?.id && typeof value.body === "string" && Date.parse(value.created_at) > 0;
	if (Array.isArray(answer) && answer.every(isMessage)) return answer;
	throw new ApiError(0, texts.notUnderstood);
}
