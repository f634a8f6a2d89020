// Small things kept in the browser. Storage may be forbidden, full, or hold what
// another version wrote: then the page works all the same, and forgets.

/**
 * @param {() => Storage} open  a function, since even naming localStorage may throw
 */
export function openStore(open) {
  /** @type {Map<string, string>} */
  const memory = new Map();

  return {
    /** @param {string} name @returns {string | null} */
    get(name) {
      try {
        return open().getItem(name) ?? memory.get(name) ?? null;
      } catch {
        return memory.get(name) ?? null;
      }
    },

    /** @param {string} name @param {string} value */
    set(name, value) {
      memory.set(name, value);
      try {
        open().setItem(name, value);
      } catch {
        // Forbidden or full: memory has it for as long as the page is open.
      }
    },

    /** @param {string} name @returns {unknown} null when there is none or it is not JSON */
    getJson(name) {
      try {
        return JSON.parse(this.get(name) ?? "null");
      } catch {
        return null;
      }
    },
  };
}
