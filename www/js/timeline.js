// The stored messages of the room, each once, in the order of their ids.

/**
 * @typedef {object} Message
 * @property {string} id
 * @property {string} created_at
 * @property {string} body
 * @property {string} room
 * @property {string | null} author
 */

export class Timeline {
  /** @type {Message[]} */
  #messages = [];

  /** @returns {readonly Message[]} oldest first */
  get messages() {
    return this.#messages;
  }

  /**
   * The same message may come from the poll, from the answer to its POST and from an
   * older page, in any order: the first to come is kept.
   * @param {Message} message
   * @returns {boolean} whether it is new here
   */
  add(message) {
    const at = this.#place(message.id);
    if (this.#messages[at - 1]?.id === message.id) return false;
    this.#messages.splice(at, 0, message);
    return true;
  }

  /** @param {Message[]} messages @returns {Message[]} those that are new here */
  addAll(messages) {
    return messages.filter((message) => this.add(message));
  }

  /**
   * A page left open for a month must not hold the month.
   * @param {number} most
   * @returns {boolean} whether any message was let go
   */
  keepNewest(most) {
    const surplus = this.#messages.length - most;
    if (surplus <= 0) return false;
    this.#messages.splice(0, surplus);
    return true;
  }

  /**
   * Nearly every message belongs at the end, so the search begins there.
   * @param {string} id
   */
  #place(id) {
    let at = this.#messages.length;
    while (at > 0 && this.#messages[at - 1].id > id) at -= 1;
    return at;
  }
}
