// What may be a room and what may be a name.

import { toSendable, truncateToBytes } from "./utf8.js";

export const DEFAULT_ROOM = "lobby";
export const NAME_MAX_BYTES = 64;
const ROOM = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** @param {unknown} room */
export function isRoom(room) {
  return typeof room === "string" && ROOM.test(room);
}

/**
 * "#Garden" and " garden " are meant as "garden".
 * @param {string} typed
 */
export function toRoom(typed) {
  return typed.trim().replace(/^#/, "").toLowerCase();
}

/**
 * The address wins, so that a link to a room leads there; then the room of the last visit.
 * @param {string} search  location.search
 * @param {string | null} remembered
 * @returns {{ room: string, refused: string | null }}
 */
export function chooseRoom(search, remembered) {
  const asked = new URLSearchParams(search).get("room");
  if (asked !== null && isRoom(asked)) return { room: asked, refused: null };
  const room = asked === null && remembered !== null && isRoom(remembered) ? remembered : DEFAULT_ROOM;
  return { room, refused: asked };
}

/**
 * A name is one line.
 * @param {string} typed
 */
export function limitName(typed) {
  return truncateToBytes(toSendable(typed).replace(/\p{Cc}/gu, ""), NAME_MAX_BYTES);
}

/** @param {string} typed @returns {string | null} null stands for nobody, as in the contract */
export function toAuthor(typed) {
  return limitName(typed).trim() || null;
}
