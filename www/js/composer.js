// The field where a message is written.

import { texts } from "./texts.js";
import { byteLength, tidyBody } from "./utf8.js";

const BODY_MAX_BYTES = 10_000;
const COUNTER_FROM_BYTES = 9_000;

/**
 * @param {Document} page
 * @param {object} options
 * @param {string} options.draft  what was left unsent
 * @param {(text: string) => void} options.onDraft
 * @param {(body: string) => void} options.onSend
 */
export function mountComposer(page, { draft, onDraft, onSend }) {
  const form = /** @type {HTMLFormElement} */ (page.getElementById("composer"));
  const field = /** @type {HTMLTextAreaElement} */ (page.getElementById("text"));
  const counter = /** @type {HTMLElement} */ (page.getElementById("counter"));

  field.value = draft;
  field.addEventListener("input", () => {
    onDraft(field.value);
    update();
  });
  field.addEventListener("keydown", (event) => {
    if (!isSendKey(event)) return;
    event.preventDefault();
    send();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });

  function send() {
    field.focus(); // on a phone the keyboard stays open for the next message
    const body = tidyBody(field.value);
    if (body === "" || byteLength(body) > BODY_MAX_BYTES) return;
    field.value = "";
    onDraft("");
    update();
    onSend(body);
  }

  function update() {
    const bytes = byteLength(tidyBody(field.value));
    field.setAttribute("aria-invalid", String(bytes > BODY_MAX_BYTES));
    const text = counterText(bytes);
    if (counter.textContent !== text) counter.textContent = text;
    // Grows with the text up to the max-height of the style sheet.
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
  }

  update();
  return { focus: () => field.focus() };
}

/**
 * Enter that confirms a word in an input method is not Enter that sends; Safari reports
 * it only by the key code 229.
 * @param {KeyboardEvent} event
 */
function isSendKey(event) {
  return event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229;
}

/** @param {number} bytes */
function counterText(bytes) {
  if (bytes < COUNTER_FROM_BYTES) return "";
  return bytes > BODY_MAX_BYTES ? texts.bytesTooMany(bytes - BODY_MAX_BYTES) : texts.bytesLeft(BODY_MAX_BYTES - bytes);
}
