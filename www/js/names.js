// What may be a room, a name, a message. The contract counts bytes of UTF-8, JavaScript units of
// UTF-16.

const NAME_MAX_BYTES = 64;
const ROOM = /^[a-z0-9][a-z0-9_-]{0,63}$/;

const encoder = new TextEncoder();
// Without ignoreBOM a message that begins with U+FEFF would lose it here.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export const isRoom = (room) => ROOM.test(room);

/** "#Garden" and " garden " are meant as "garden". */
export const toRoom = (typed) => typed.trim().replace(/^#/, "").toLowerCase();

/** The address wins, so that a link to a room leads there; then the room of the last visit. */
export function chooseRoom(search, remembered) {
	const asked = new URLSearchParams(search).get("room");
	if (asked !== null && isRoom(asked)) return { room: asked, refused: null };
	return { room: asked === null && isRoom(remembered ?? "") ? remembered : "lobby", refused: asked };
}

/** @param {string} text */
export const byteLength = (text) => encoder.encode(text).length;

/** What the server would refuse for a reason that no writer could understand is mended: U+0000, half a pair. */
export const toSendable = (text) => decoder.decode(encoder.encode(text.replaceAll("\0", "")));

/** A name is one line, cut between characters. */
export function limitName(typed) {
	const line = toSendable(typed).replace(/\p{Cc}/gu, "");
	return line.slice(0, encoder.encodeInto(line, new Uint8Array(NAME_MAX_BYTES)).read);
}

/** @returns {string | null} null stands for nobody, as in the contract */
export const toAuthor = (typed) => limitName(typed ?? "").trim() || null;

/** A message as it is sent: no blank lines around it, but the indentation of its first line, for code. */
export function tidyBody(text) {
	return toSendable(text)
		.replace(/\r\n?/g, "\n")
		.replace(/^(?:[^\S\n]*\n)+/, "")
		.trimEnd();
}
