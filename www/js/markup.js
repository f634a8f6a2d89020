// Finds addresses and code. Everything else is text.

// Ends at invisible and turning characters: it must lead where it seems to.
const ADDRESS = /\bhttps?:\/\/[^\s<>"'`\p{Cc}\p{Cf}]+/giu;
const SENTENCE_END = ".,;:!?*_~…’”»";
const PAIRS = ["()", "[]", "{}"];
// ```language, block``` or `words`
const CODE = /```(?:[\w+-]*\n)?([\s\S]+?)\n?```\n?|`([^`\n]+)`/g;

export const isLong = (text) => text.length > 1_400 || text.split("\n").length > 18;

export function parse(text) {
	return split(text, CODE, ([, block, words]) =>
		block ? { tag: "pre", text: block } : { tag: "code", text: words },
	).flatMap((piece) => (piece.tag ? piece : split(piece.text, ADDRESS, toLink)));
}

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

// "https://bank.example@evil.example" is made to be misread.
function toLink([match]) {
	const text = trimAddress(match);
	if (!URL.canParse(text)) return;
	const { protocol, username, password, href } = new URL(text);
	if (/^https?:$/.test(protocol) && !username && !password) return { tag: "a", text, href };
}

// Of "(see http://example.org/a_(b))" one bracket is the address's own.
function trimAddress(address) {
	const count = (sign) => address.split(sign).length;
	const spare = Object.fromEntries(PAIRS.map(([open, close]) => [close, count(close) - count(open)]));
	let end = address.length;
	while (SENTENCE_END.includes(address[end - 1]) || spare[address[end - 1]]-- > 0) end--;
	return address.slice(0, end);
}
