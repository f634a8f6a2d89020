// Finds web addresses and code in a text. Everything else is text.

// Ends at every invisible or direction-changing character: an address must lead where it seems to.
const ADDRESS = /\bhttps?:\/\/[^\s<>"'`\p{Cc}\p{Cf}]+/giu;
// Punctuation at the end belongs to the sentence around the address.
const SENTENCE_END = /[.,;:!?*_~…’”»]+$/u;
const PAIRS = { ")": "(", "]": "[", "}": "{" };
// Three backticks around a block, with the name of a language or without; one around a few words.
const CODE = /```(?:[\w+-]*\n)?([\s\S]+?)\n?```\n?|`([^`\n]+)`/g;

/** Whether a text is so long that it is shown folded. */
export const isLong = (text) => text.length > 1_400 || text.split("\n").length > 18;

/** @returns {{ tag?: "a" | "code" | "pre", text: string, href?: string }[]} */
export function parse(text) {
	return split(text, CODE, ([, block, words]) =>
		block ? { tag: "pre", text: block } : { tag: "code", text: words },
	).flatMap((piece) => (piece.tag ? piece : split(piece.text, ADDRESS, toLink)));
}

/** Cuts the text at what matches; what `toPiece` will not have stays text. */
function split(text, pattern, toPiece) {
	const pieces = [];
	let end = 0;
	for (const match of text.matchAll(pattern)) {
		const piece = toPiece(match);
		if (!piece) continue;
		if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
		pieces.push(piece);
		end = match.index + (piece.href ? piece.text : match[0]).length;
	}
	if (end < text.length) pieces.push({ text: text.slice(end) });
	return pieces;
}

/** "https://bank.example@evil.example" is shown as text: it is made to be misread. */
function toLink([match]) {
	const text = trimAddress(match);
	if (!URL.canParse(text)) return;
	const { protocol, username, password, href } = new URL(text);
	if (/^https?:$/.test(protocol) && !username && !password) return { tag: "a", text, href };
}

/** "(see http://example.org/a_(b))" ends with two brackets, and one is the address's own. */
function trimAddress(address) {
	for (;;) {
		const trimmed = address.replace(SENTENCE_END, "");
		const [close, open] = [trimmed.at(-1), PAIRS[trimmed.at(-1) ?? ""]];
		if (!open || trimmed.split(open).length >= trimmed.split(close).length) return trimmed;
		address = trimmed.slice(0, -1);
	}
}
