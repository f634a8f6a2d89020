// What may be a room, a name, a message. The contract counts bytes of UTF-8.

const NAME_MAX_BYTES = 64;
const encoder = new TextEncoder();

export const isRoom = (room) => /^[a-z0-9][a-z0-9_-]{0,63}$/.test(room);

/** "#Garden" and " garden " are meant as "garden". */
export const toRoom = (typed) => typed.trim().replace(/^#/, "").toLowerCase();

/** The address wins, so that a link to a room leads there; then the room of the last visit. */
export function chooseRoom(search, remembered) {
	const asked = new URLSearchParams(search).get("room");
	if (asked !== null && isRoom(asked)) return { room: asked, refused: null };
	return { room: asked === null && isRoom(remembered ?? "") ? remembered : "lobby", refused: asked };
}

export const byteLength = (text) => encoder.encode(text).length;

/** Mends what the server would refuse for a reason that no writer could understand. */
export const toSendable = (text) => text.replaceAll("\0", "").replace(/\p{Surrogate}/gu, "\ufffd");

/** A name is one line, cut between characters. */
export function limitName(typed) {
	const line = toSendable(typed).replace(/\p{Cc}/gu, "");
	return line.slice(0, encoder.encodeInto(line, new Uint8Array(NAME_MAX_BYTES)).read);
}

/** @returns {string | null} null stands for nobody, as in the contract */
export const toAuthor = (typed) => limitName(typed ?? "").trim() || null;

/** No blank lines around a message, but the indentation of its first line, for code. */
export function tidyBody(text) {
	return toSendable(text)
		.replace(/\r\n?/g, "\n")
		.replace(/^(?:[^\S\n]*\n)+/, "")
		.trimEnd();
}
