// The contract counts bytes of UTF-8, JavaScript counts UTF-16 units: the bridge.

const encoder = new TextEncoder();
// Without ignoreBOM a message that begins with U+FEFF would lose it here.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** @param {string} text @returns {number} its length in bytes of UTF-8 */
export function byteLength(text) {
  return encoder.encode(text).length;
}

/**
 * Cuts between characters, never inside one.
 * @param {string} text
 * @param {number} maxBytes
 */
export function truncateToBytes(text, maxBytes) {
  const { read } = encoder.encodeInto(text, new Uint8Array(maxBytes));
  return text.slice(0, read);
}

/**
 * What the server would refuse for a reason that no writer could understand
 * (U+0000, half a surrogate pair) is mended before it is sent.
 * @param {string} text
 */
export function toSendable(text) {
  return decoder.decode(encoder.encode(text.replaceAll("\0", "")));
}

/**
 * A message as it is sent: one kind of line break, no blank lines around it,
 * but the indentation of its first line kept, for code.
 * @param {string} text
 */
export function tidyBody(text) {
  return toSendable(text)
    .replace(/\r\n?/g, "\n")
    .replace(/^(?:[^\S\n]*\n)+/, "")
    .trimEnd();
}
