// The field where a message is written, and the name under which.

import { byteLength, limitName, tidyBody } from "./names.js";
import { byId, setText, texts } from "./texts.js";

const BODY_MAX_BYTES = 10_000;
const COUNTED_BYTES = 1_000;

export function mountComposer({ onDraft, onSend }) {
	const [form, field, counter] = ["composer", "text", "counter"].map(byId);

	field.oninput = () => {
		onDraft(field.value);
		update();
	};
	field.onkeydown = (event) => {
		if (isSendKey(event)) send(event);
	};
	form.onsubmit = send;

	function send(event) {
		event.preventDefault();
		field.focus(); // on a phone the keyboard stays open for the next message
		const body = tidyBody(field.value);
		if (body === "" || byteLength(body) > BODY_MAX_BYTES) return;
		fill("");
		onDraft("");
		onSend(body);
	}

	function fill(draft) {
		field.value = draft;
		update();
	}

	function update() {
		const left = BODY_MAX_BYTES - byteLength(tidyBody(field.value));
		const amount = Math.abs(left).toLocaleString(texts.locale);
		field.ariaInvalid = String(left < 0);
		setText(counter, left > COUNTED_BYTES ? "" : left < 0 ? texts.bytesTooMany(amount) : texts.bytesLeft(amount));
		// Grows with the text up to the max-height of the style sheet.
		field.style.height = "auto";
		field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
	}

	return { fill, focus: () => field.focus() };
}

/** Not Enter that confirms a word in an input method; Safari tells that only by the key code 229. */
const isSendKey = ({ key, shiftKey, isComposing, keyCode }) =>
	key === "Enter" && !shiftKey && !isComposing && keyCode !== 229;

export function mountNameField({ onChange, onDone }) {
	const field = byId("name");
	// On change, not on input: cutting while an input method composes would break the word.
	field.onchange = () => onChange(limitName(field.value));
	field.onkeydown = (event) => {
		if (!isSendKey(event)) return;
		event.preventDefault(); // no wish to send the message above
		field.onchange();
		onDone();
	};

	/** @param {string | null} signedIn  the name that the server insists on */
	function update(name, signedIn) {
		if (signedIn === null && document.activeElement === field) return; // somebody writes
		Object.assign(field, { value: signedIn ?? name, readOnly: signedIn !== null });
		field.title = field.readOnly ? texts.signedIn : "";
	}

	return { update, focus: () => field.focus() };
}
