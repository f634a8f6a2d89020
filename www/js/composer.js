// The fields for a message and for a name.

import { byteLength, limitName, tidyBody } from "./names.js";
import { byId, setText, texts } from "./texts.js";

const BODY_MAX_BYTES = 10_000;

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
		field.focus(); // keeps a phone's keyboard open
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
		field.ariaInvalid = left < 0;
		setText(counter, left > 1_000 ? "" : left < 0 ? texts.bytesTooMany(amount) : texts.bytesLeft(amount));
		field.style.height = "auto";
		field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
	}

	return { fill, focus: () => field.focus() };
}

// Not Enter that confirms a word of an input method; Safari tells by 229.
const isSendKey = ({ key, shiftKey, isComposing, keyCode }) =>
	key === "Enter" && !shiftKey && !isComposing && keyCode !== 229;

export function mountNameField({ onChange, onDone }) {
	const field = byId("name");
	// Not on input: cutting would break a word that an input method composes.
	field.onchange = () => onChange(limitName(field.value));
	field.onkeydown = (event) => {
		if (!isSendKey(event)) return;
		event.preventDefault(); // not to send the message
		field.onchange();
		onDone();
	};

	function update(name, signedIn) {
		if (signedIn === null && document.activeElement === field) return;
		Object.assign(field, { value: signedIn ?? name, readOnly: signedIn !== null });
		field.title = field.readOnly ? texts.signedIn : "";
	}

	return { update, focus: () => field.focus() };
}
