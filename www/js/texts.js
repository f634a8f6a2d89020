// The words on the page, and dates, in the reader's language.

import { de } from "./texts/de.js";
import { en } from "./texts/en.js";

const LANGUAGES = { en, de };

/** @param {readonly string[]} wanted  such as "de-AT" */
export function chooseTexts(wanted) {
	const locale = wanted.find((one) => Object.hasOwn(LANGUAGES, one.slice(0, 2))) ?? "en";
	const lang = locale.slice(0, 2);
	return { ...LANGUAGES[lang], lang, locale };
}

export const texts = chooseTexts(globalThis.navigator?.languages ?? []);

const format = (options) => new Intl.DateTimeFormat(texts.locale, options).format;
export const formatExact = format({ dateStyle: "full", timeStyle: "long" });
export const formatTime = format({ timeStyle: "short" });
// Never "today": a page may stay open overnight.
export const formatDay = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });

export function countdown(until = 0) {
	const left = Math.ceil((until - Date.now()) / 1_000);
	return left > 0 ? ` · ${texts.nextTry(left)}` : "";
}

/** @returns {any} */
export const byId = (id) => document.getElementById(id);

export const make = (tag, properties = {}) => Object.assign(document.createElement(tag), properties);

// A screen reader announces what is written, even the same.
export function setText(element, text) {
	if (element.textContent !== text) element.textContent = text;
}

export function fillTexts() {
	document.documentElement.lang = texts.lang;
	const targets = { text: "textContent", label: "ariaLabel", hint: "placeholder", title: "title" };
	for (const [name, property] of Object.entries(targets)) {
		for (const element of /** @type {any} */ (document.querySelectorAll(`[data-${name}]`))) {
			element[property] = texts[element.dataset[name]];
		}
	}
}
