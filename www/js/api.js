// Three questions to messages, and one kind of error.

import { texts } from "./texts.js";

const PAGE_SIZE = 50;
export const NIL = "00000000-0000-0000-0000-000000000000";
const NEWEST = "ffffffff-ffff-ffff-ffff-ffffffffffff";
// A dead connection may never fail by itself.
const ANSWER_DEADLINE_MS = 15_000;
// No Retry-After may silence the page for a day.
const ASKED_CAP_MS = 120_000;

export class ApiError extends Error {
	// Status 0: no answer, or none that was understood.
	constructor(status, sentence, askedMs = 0) {
		super(sentence);
		this.askedMs = askedMs;
		this.isBusy = [429, 503].includes(status);
		this.isPassing = [0, 408, 425, 429, 500, 502, 503, 504].includes(status);
	}
}

export function readPage(room, { before = NEWEST, signal = undefined } = {}) {
	return read({ room, before, limit: PAGE_SIZE }, signal);
}

export function readAfter(room, after, { timeoutS = 0, limit = 1_000, signal = undefined } = {}) {
	return read({ room, after, limit, timeout: timeoutS }, signal);
}

export async function postMessage({ key, room, author, body }) {
	const { answer } = await ask("messages", {
		method: "POST",
		headers: { "Content-Type": "application/json", "Idempotency-Key": key },
		body: JSON.stringify({ room, body, author: author ?? undefined }),
	});
	return understood([answer])[0];
}

async function read(parameters, signal) {
	const url = `messages?${new URLSearchParams(parameters)}`;
	const { answer, more } = await ask(url, { signal }, parameters.timeout);
	return Object.assign(understood(answer), { more });
}

async function ask(url, options, waitS = 0) {
	const deadline = AbortSignal.timeout(waitS * 1_000 + ANSWER_DEADLINE_MS);
	const signal = AbortSignal.any([deadline, options.signal ?? deadline]);
	try {
		const response = await fetch(url, { ...options, cache: "no-store", signal });
		const answer = await response.json().catch(() => null); // a proxy may answer in HTML
		if (response.ok) return { answer, more: response.headers.has("Link") };
		const sentence = answer?.error ?? texts.status(response.status);
		throw new ApiError(response.status, sentence, retryAfterMs(response.headers.get("Retry-After")));
	} catch (error) {
		throw error instanceof ApiError ? error : new ApiError(0, texts.unreachable);
	}
}

// Seconds, or an HTTP date
export function retryAfterMs(value, nowMs = Date.now()) {
	const ms = /^\d+$/.test(value ?? "") ? Number(value) * 1_000 : Date.parse(value) - nowMs;
	return Math.min(Math.max(ms || 0, 0), ASKED_CAP_MS);
}

function understood(answer) {
	const isMessage = (value) => value?.id && typeof value.body === "string" && Date.parse(value.created_at) > 0;
	if (Array.isArray(answer) && answer.every(isMessage)) return answer;
	throw new ApiError(0, texts.notUnderstood);
}
