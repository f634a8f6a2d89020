// What may be a room, a name, a message.

const NAME_MAX_BYTES = 128;
const encoder = new TextEncoder();

export const isRoom = (room) => /^[a-z0-9][a-z0-9_-]{0,63}$/.test(room);

export const toRoom = (typed) => typed.trim().replace(/^#/, "").toLowerCase();

// The address, then the last visit
export function chooseRoom(search, remembered) {
	const asked = new URLSearchParams(search).get("room");
	const room = [asked ?? remembered ?? "", "lobby"].find(isRoom);
	return { room, refused: room === asked ? null : asked };
}

export const byteLength = (text) => encoder.encode(text).length;

// The server refuses these, and no writer could understand why.
export const toSendable = (text) => text.replaceAll("\0", "").replace(/\p{Surrogate}/gu, "\ufffd");

export function limitName(typed) {
	const line = toSendable(typed).replace(/\p{Cc}/gu, "");
	return line.slice(0, encoder.encodeInto(line, new Uint8Array(NAME_MAX_BYTES)).read);
}

export const toAuthor = (typed) => limitName(typed ?? "").trim() || null;

// Keeps the indentation of the first line, for code.
export function tidyBody(text) {
	return toSendable(text)
		.replace(/\r\n?/g, "\n")
		.replace(/^(?:[^\S\n]*\n)+/, "")
		.trimEnd();
}
