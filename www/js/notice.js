// Says what could otherwise be overlooked: messages that are not sent, here or in another room.

import { texts } from "./texts.js";

/** @typedef {import("./outbox.js").Entry} Entry */

/**
 * @param {HTMLElement} root
 * @param {{ room: string, refused: string | null }} where  refused: what the address named instead
 */
export function mountNotice(root, { room, refused }) {
  /** @param {readonly Entry[]} entries */
  function update(entries) {
    const failedHere = entries.filter((entry) => entry.room === room && entry.state === "failed").length;
    const elsewhere = entries.filter((entry) => entry.room !== room);
    const sentences = [];
    if (refused !== null) sentences.push(texts.roomRefused(refused.slice(0, 64), room));
    if (failedHere > 0) sentences.push(texts.failedHere(failedHere));
    if (elsewhere.length > 0) {
      const rooms = [...new Set(elsewhere.map((entry) => entry.room))].join(", ");
      sentences.push(texts.unsentElsewhere(elsewhere.length, rooms));
    }
    const text = sentences.join(" ");
    if (root.textContent !== text) root.textContent = text;
  }

  return { update };
}
