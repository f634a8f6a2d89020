// Every sentence the page says, in one place for whoever translates it.

/** @param {number} n */
const messages = (n) => (n === 1 ? "1 message" : `${n} messages`);
/** @param {number} n */
const seconds = (n) => (n === 1 ? "1 second" : `${n} seconds`);

export const texts = {
  anonymous: "anonymous",
  empty: "Nothing has been said here yet.",
  beginning: "This is where the room begins.",
  older: "Show older messages",
  olderLoading: "Loading older messages…",
  olderFailed: "Older messages could not be loaded. Try again",
  /** @param {number} n */
  newMessages: (n) => `${n === 1 ? "1 new message" : `${n} new messages`} ↓`,

  connecting: "Connecting…",
  connected: "Connected",
  reconnecting: "Reconnecting…",
  /** @param {number} n */
  reconnectingIn: (n) => `Reconnecting in ${seconds(n)}`,
  offline: "Offline",
  /** @param {string} sentence */
  refused: (sentence) => `The server says: ${sentence}`,

  queued: "Waiting to be sent…",
  sending: "Sending…",
  waiting: "Trying again…",
  /** @param {string | null} reason */
  failed: (reason) => `Not sent. ${reason ?? ""}`.trim(),
  /** @param {number} n */
  failedHere: (n) => `${messages(n)} could not be sent.`,
  /** @param {number} n @param {string} rooms */
  unsentElsewhere: (n, rooms) => `${messages(n)} not yet sent in ${rooms}.`,

  /** @param {number} n */
  bytesLeft: (n) => `${n.toLocaleString()} bytes left`,
  /** @param {number} n */
  bytesTooMany: (n) => `${n.toLocaleString()} bytes too long to send`,
  roomRule: "A room is named with a to z, 0 to 9, - and _, at most 64.",
  /** @param {string} asked @param {string} room */
  roomRefused: (asked, room) => `“${asked}” cannot be a room. This is ${room}.`,
};
