// What is to be seen, in order: stored messages by id, then what is still on its way.

import { localDay } from "./dates.js";

/** @typedef {import("./timeline.js").Message} Message */
/** @typedef {import("./outbox.js").Entry} Entry */
/**
 * @typedef {object} Item
 * @property {string} key  names the row for as long as the message is shown
 * @property {string | null} author
 * @property {string} body
 * @property {Date} at
 * @property {boolean} startsDay
 * @property {boolean} isContinued  said by the author of the row above, soon after it
 * @property {"stored" | Entry["state"]} state
 * @property {string | null} reason
 */

const GROUP_MS = 5 * 60_000;

/**
 * @param {readonly Message[]} messages  in the order of their ids
 * @param {readonly Entry[]} entries  of the same room, in the order of writing
 * @param {ReadonlyMap<string, string>} keys  of the messages sent from here, by id: a row
 *   that was pending keeps its key, so that it turns into the stored one where it stands
 * @returns {Item[]}
 */
export function toItems(messages, entries, keys) {
  const items = [
    ...messages.map((message) => fromMessage(message, keys)),
    ...entries.filter((entry) => !isShownByTwin(entry)).map(fromEntry),
  ];
  items.forEach((item, i) => relate(item, items[i - 1]));
  return items;
}

/**
 * A failed one is shown in any case: better seen twice than lost in silence.
 * @param {Entry} entry
 */
function isShownByTwin(entry) {
  return entry.twinId !== null && entry.state !== "failed";
}

/** @param {Message} message @param {ReadonlyMap<string, string>} keys @returns {Item} */
function fromMessage({ id, author, body, created_at }, keys) {
  const at = new Date(created_at);
  return { key: keys.get(id) ?? id, author, body, at, startsDay: false, isContinued: false, state: "stored", reason: null };
}

/** @param {Entry} entry @returns {Item} */
function fromEntry({ key, author, body, createdAt, state, reason }) {
  return { key, author, body, at: new Date(createdAt), startsDay: false, isContinued: false, state, reason };
}

/** @param {Item} item @param {Item | undefined} above */
function relate(item, above) {
  item.startsDay = !above || localDay(above.at) !== localDay(item.at);
  item.isContinued = !item.startsDay && above?.author === item.author
    && Math.abs(item.at.getTime() - above.at.getTime()) < GROUP_MS;
}
