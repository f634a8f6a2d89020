// Finds web addresses in a text.

// Ends at spaces, quotes and brackets, and at every invisible or direction-changing
// character: an address must lead where it seems to lead.
const ADDRESS = /\bhttps?:\/\/[^\s<>"'`\p{Cc}\p{Cf}]+/giu;
// Punctuation at the end belongs to the sentence around the address.
const SENTENCE_END = /[.,;:!?*_~…’”»]+$/u;
const PAIRS = { ")": "(", "]": "[", "}": "{" };

/**
 * @param {string} text
 * @returns {{ text: string, href: string | null }[]} pieces that give `text` when joined
 */
export function splitLinks(text) {
  const pieces = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimAddress(match[0]);
    const href = safeHref(address);
    if (href === null) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), href: null });
    pieces.push({ text: address, href });
    end = match.index + address.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), href: null });
  return pieces;
}

/** @param {string} address */
function trimAddress(address) {
  for (;;) {
    const trimmed = dropUnopened(address.replace(SENTENCE_END, ""));
    if (trimmed === address) return address;
    address = trimmed;
  }
}

/**
 * "(see http://example.org/a_(b))" ends with two brackets, and one is the address's own.
 * @param {string} address
 */
function dropUnopened(address) {
  const close = address.at(-1) ?? "";
  const open = PAIRS[/** @type {keyof PAIRS} */ (close)];
  if (!open) return address;
  return address.split(open).length < address.split(close).length ? address.slice(0, -1) : address;
}

/**
 * "https://bank.example@evil.example" is shown as text: it is made to be misread.
 * @param {string} address
 */
function safeHref(address) {
  try {
    const url = new URL(address);
    const isWeb = url.protocol === "http:" || url.protocol === "https:";
    return isWeb && url.username === "" && url.password === "" ? url.href : null;
  } catch {
    return null; // "https://" alone is no address
  }
}
