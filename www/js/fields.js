// The two small fields: who speaks, and where.

import { isRoom, limitName, toRoom } from "./names.js";
import { texts } from "./texts.js";

/** @param {HTMLInputElement} field @param {{ name: string, onChange: (name: string) => void }} options */
export function mountNameField(field, { name, onChange }) {
  field.value = name;
  // On change, not on input: cutting while an input method composes would break the word.
  field.addEventListener("change", () => {
    field.value = limitName(field.value);
    onChange(field.value);
  });
  // Enter here is no wish to send the message below.
  field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}

/** @param {HTMLFormElement} form @param {{ room: string, onOpen: (room: string) => void }} options */
export function mountRoomForm(form, { room, onOpen }) {
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("room"));
  const problem = /** @type {HTMLElement} */ (form.querySelector(".problem"));
  field.value = room;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = toRoom(field.value);
    setProblem(isRoom(wanted) ? "" : texts.roomRule);
    if (isRoom(wanted)) onOpen(wanted);
    else field.focus();
  });
  field.addEventListener("input", () => setProblem(""));

  /** @param {string} text */
  function setProblem(text) {
    problem.textContent = text;
    field.setAttribute("aria-invalid", String(text !== ""));
  }
}
