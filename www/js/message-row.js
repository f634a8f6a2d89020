// One message on the screen. Text enters through textContent alone.

import { formatDay, formatExact, formatTime, localDay } from "./dates.js";
import { splitLinks } from "./links.js";
import { texts } from "./texts.js";

/** @typedef {import("./conversation.js").Item} Item */

const HUES = 6;

/** @param {HTMLTemplateElement} template */
export function createRow(template) {
  const row = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (row.querySelector(name));
  const [day, dayTime, message, author, at, body, fate, fateText] =
    [".day", ".day time", ".message", ".author", ".at", ".body", ".fate", ".fate-text"].map(part);
  const buttons = row.querySelectorAll("button");
  let shown = "";

  /**
   * Writes only what differs: a screen reader announces what is written.
   * @param {Item} item
   */
  function update(item) {
    const { key, author: name, at: date, state, reason, startsDay, isContinued } = item;
    const now = JSON.stringify([name, date, state, reason, startsDay, isContinued]);
    if (now === shown) return;
    if (shown === "") fillBody(body, item.body); // the one thing that never changes
    shown = now;
    row.dataset.key = key;
    row.dataset.state = state;
    row.classList.toggle("continued", isContinued);
    updateHead(item);
    updateFate(item);
  }

  /** @param {Item} item */
  function updateHead(item) {
    const name = item.author ?? texts.anonymous;
    author.textContent = name;
    message.dataset.initial = item.author === null ? "·" : firstCharacter(name);
    if (item.author !== null) message.style.setProperty("--hue", `var(--hue-${hueOf(name)})`);
    setTime(at, item.at.toISOString(), formatTime(item.at), formatExact(item.at));
    day.hidden = !item.startsDay;
    if (item.startsDay) setTime(dayTime, localDay(item.at), formatDay(item.at), formatExact(item.at));
  }

  /** @param {Item} item */
  function updateFate({ state, reason }) {
    fate.hidden = state === "stored";
    fateText.textContent = state === "stored" ? "" : state === "failed" ? texts.failed(reason) : texts[state];
    for (const button of buttons) button.hidden = state !== "failed";
  }

  return { element: row, update };
}

/** @param {HTMLElement} element @param {string} text */
function fillBody(element, text) {
  for (const { text: piece, href } of splitLinks(text)) {
    element.append(href === null ? piece : makeLink(piece, href));
  }
}

/**
 * @param {string} text
 * @param {string} href  http or https, checked by splitLinks
 */
function makeLink(text, href) {
  const link = document.createElement("a");
  link.textContent = text;
  link.href = href;
  // The other page learns neither where its visitor came from nor how to steer this one.
  link.rel = "noopener nofollow noreferrer";
  link.target = "_blank";
  return link;
}

/** @param {HTMLElement} element @param {string} machine @param {string} text @param {string} title */
function setTime(element, machine, text, title) {
  element.setAttribute("datetime", machine);
  element.textContent = text;
  element.title = title;
}

/** @param {string} name */
function firstCharacter(name) {
  return (Array.from(name).find((character) => /[\p{L}\p{N}\p{S}]/u.test(character)) ?? "·").toUpperCase();
}

/**
 * The same name has the same colour on every page.
 * @param {string} name
 */
function hueOf(name) {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return sum % HUES;
}
