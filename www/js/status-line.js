// One quiet line: connected, reconnecting in so many seconds, or offline.

import { texts } from "./texts.js";

/** @typedef {import("./feed.js").FeedState} FeedState */

/** @param {HTMLElement} root */
export function mountStatusLine(root) {
  const [visible, spoken] = /** @type {HTMLCollectionOf<HTMLElement>} */ (root.children);
  /** @type {FeedState} */
  let state = { name: "connecting" };
  let hasFailed = false;

  setInterval(showText, 1_000);

  /** @param {FeedState} next */
  function update(next) {
    state = next;
    if (next.name !== "connecting") hasFailed = next.name !== "connected";
    root.dataset.state = next.name;
    showText();
    const sentence = "retryAt" in next ? tryingText(next) : visible.textContent;
    if (spoken.textContent !== sentence) spoken.textContent = sentence;
  }

  function showText() {
    const text = visibleText();
    if (visible.textContent !== text) visible.textContent = text;
  }

  function visibleText() {
    if (!("retryAt" in state)) {
      if (state.name === "connected") return texts.connected;
      return hasFailed ? texts.reconnecting : texts.connecting;
    }
    const left = Math.ceil((state.retryAt - Date.now()) / 1_000);
    const isCounting = state.name === "waiting" && state.error.isPassing && left > 0;
    return isCounting ? texts.reconnectingIn(left) : tryingText(state);
  }

  /** @param {Extract<FeedState, { retryAt: number }>} failed */
  function tryingText({ name, error }) {
    if (name === "offline") return texts.offline;
    // What waiting will hardly mend (not allowed, not found) is better told as it is.
    return error.isPassing ? texts.reconnecting : texts.refused(error.message);
  }

  return { update };
}
