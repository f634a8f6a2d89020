// Follows the newest message for a reader who is at the bottom, and holds still for any other.

import { texts } from "./texts.js";

const AT_BOTTOM_PX = 48;
const NEAR_TOP_PX = 160;

/**
 * @param {HTMLElement} scroller
 * @param {HTMLElement} list
 * @param {HTMLButtonElement} jump  says how many messages came below
 * @param {{ onNearTop: () => void }} events
 */
export function mountScroll(scroller, list, jump, { onNearTop }) {
  let isFollowing = true;
  let newBelow = 0;

  scroller.addEventListener("scroll", () => {
    isFollowing = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < AT_BOTTOM_PX;
    if (isFollowing) setNewBelow(0);
    else if (scroller.scrollTop < NEAR_TOP_PX) onNearTop();
  }, { passive: true });
  jump.addEventListener("click", () => {
    toBottom();
    scroller.focus(); // the button goes away under the keyboard
  });
  // A phone's keyboard opens, the window is resized: the bottom stays in sight.
  new ResizeObserver(() => { if (isFollowing) scroller.scrollTop = scroller.scrollHeight; }).observe(scroller);

  function toBottom() {
    isFollowing = true;
    setNewBelow(0);
    scroller.scrollTop = scroller.scrollHeight;
  }

  /**
   * Runs a change of the list without a jump under the reader's eyes. By hand, since not
   * every browser anchors the scroll position by itself.
   * @param {() => void} change
   */
  function keep(change) {
    const anchor = isFollowing ? undefined : lastVisibleText();
    const top = anchor?.getBoundingClientRect().top ?? 0;
    change();
    if (isFollowing) scroller.scrollTop = scroller.scrollHeight;
    else if (anchor?.isConnected) scroller.scrollTop += anchor.getBoundingClientRect().top - top;
  }

  /** The text, since its row may lose its head, and the last, since the rows above it may too. */
  function lastVisibleText() {
    const edge = scroller.getBoundingClientRect().bottom;
    const rows = Array.from(list.children).reverse();
    return rows.find((row) => row.getBoundingClientRect().top < edge)?.querySelector(".body");
  }

  /** @param {number} count */
  function noteNew(count) {
    if (!isFollowing) setNewBelow(newBelow + count);
  }

  /** @param {number} count */
  function setNewBelow(count) {
    newBelow = count;
    jump.hidden = count === 0;
    if (count > 0) jump.textContent = texts.newMessages(count);
  }

  return { keep, noteNew, toBottom, isFollowing: () => isFollowing };
}
