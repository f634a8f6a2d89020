// A pause that an event can end early.

export class Pause {
  /** @type {(() => void) | null} */
  #end = null;

  /** @param {number} ms @returns {Promise<void>} settled when the time is over or wake() is called */
  wait(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake(), ms);
      this.#end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Ends the pause; does nothing when there is none. */
  wake() {
    const end = this.#end;
    this.#end = null;
    end?.();
  }
}
