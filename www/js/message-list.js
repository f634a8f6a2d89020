// The log: one row for each item, made once, moved or changed only where it must be.

import { createRow } from "./message-row.js";
import { mountScroll } from "./scroll.js";
import { texts } from "./texts.js";

/** @typedef {import("./conversation.js").Item} Item */
/**
 * @typedef {object} View
 * @property {Item[]} items
 * @property {import("./older.js").OlderPages["state"]} older
 */

/**
 * @param {Document} page
 * @param {object} events
 * @param {() => void} events.onOlder
 * @param {(key: string) => void} events.onAgain
 * @param {(key: string) => void} events.onDiscard
 */
export function mountMessageList(page, { onOlder, onAgain, onDiscard }) {
  const get = (/** @type {string} */ id) => /** @type {HTMLElement} */ (page.getElementById(id));
  const [log, list, older, beginning] = ["log", "rows", "older", "beginning"].map(get);
  const template = /** @type {HTMLTemplateElement} */ (page.getElementById("row"));
  /** @type {Map<string, ReturnType<typeof createRow>>} */
  let rows = new Map();
  /** @type {View["older"]} */
  let olderState = "unknown";

  const scroll = mountScroll(log, list, /** @type {HTMLButtonElement} */ (get("jump")), {
    // After a failure only the button asks again: scrolling would ask without end.
    onNearTop: () => { if (olderState === "more") onOlder(); },
  });
  older.addEventListener("click", onOlder);
  list.addEventListener("click", ({ target }) => {
    const button = /** @type {Element} */ (target).closest("button");
    const key = /** @type {HTMLElement | null} */ (button?.closest(".row"))?.dataset.key;
    if (!button || key === undefined) return;
    if (button.dataset.action === "again") onAgain(key);
    else onDiscard(key);
    log.focus(); // the button is gone, the keyboard must not fall out of the page
  });

  /** @param {View} view */
  function update(view) {
    // Neither the first page nor an older one is news: a screen reader keeps silent.
    log.setAttribute("aria-busy", String(view.older === "unknown" || view.older === "loading"));
    scroll.keep(() => {
      updateRows(view.items);
      updateTop(view);
    });
    olderState = view.older;
  }

  /** @param {Item[]} items */
  function updateRows(items) {
    const kept = new Map();
    let place = list.firstElementChild;
    for (const item of items) {
      const row = rows.get(item.key) ?? createRow(template);
      kept.set(item.key, row);
      row.update(item);
      if (row.element === place) place = place.nextElementSibling;
      else list.insertBefore(row.element, place);
    }
    for (const [key, row] of rows) if (!kept.has(key)) row.element.remove();
    rows = kept;
  }

  /** @param {View} view */
  function updateTop({ older: state, items }) {
    const hadFocus = page.activeElement === older;
    older.hidden = state === "unknown" || state === "end";
    const label = state === "loading" ? texts.olderLoading : state === "failed" ? texts.olderFailed : texts.older;
    if (older.textContent !== label) older.textContent = label;
    beginning.hidden = state !== "end";
    beginning.textContent = items.length === 0 ? texts.empty : texts.beginning;
    if (hadFocus && older.hidden) log.focus();
  }

  return { update, noteNew: scroll.noteNew, toBottom: scroll.toBottom, isFollowing: scroll.isFollowing };
}
