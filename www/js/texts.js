// The language of the page, and dates in it. Another one is a file like texts/en.js and a line here.

import { de } from "./texts/de.js";
import { en } from "./texts/en.js";

const LANGUAGES = { en, de };

/** @param {readonly string[]} wanted  in the order of preference, such as "de-AT" */
export function chooseTexts(wanted) {
	const locale = wanted.find((one) => Object.hasOwn(LANGUAGES, one.slice(0, 2))) ?? "en";
	const lang = locale.slice(0, 2);
	return { ...LANGUAGES[lang], lang, locale };
}

export const texts = chooseTexts(globalThis.navigator?.languages ?? []);

const format = (options) => new Intl.DateTimeFormat(texts.locale, options);
const exactTime = format({ dateStyle: "full", timeStyle: "long" });
const clockTime = format({ timeStyle: "short" });
// Never "today": a page left open overnight would go on saying it.
const day = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });

export const formatExact = (date) => exactTime.format(date);
export const formatTime = (date) => clockTime.format(date);
export const formatDay = (date) => day.format(date);

/** What stands in the page says by data attributes which text it wants. */
export function fillTexts(page) {
	page.documentElement.lang = texts.lang;
	const targets = { text: "textContent", label: "ariaLabel", hint: "placeholder", title: "title" };
	for (const [name, property] of Object.entries(targets)) {
		for (const element of page.querySelectorAll(`[data-${name}]`)) element[property] = texts[element.dataset[name]];
	}
}
