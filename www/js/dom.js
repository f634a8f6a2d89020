// Two small helpers for what is on the page.

/** @returns {any} */
export const byId = (id) => document.getElementById(id);

/** Writes only what differs: a screen reader announces what is written. */
export function setText(element, text) {
	if (element.textContent !== text) element.textContent = text;
}
