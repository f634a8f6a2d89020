// One message on the screen. Text enters by textContent alone.

import { localDay } from "./history.js";
import { isLong, parse } from "./markup.js";
import { countdown, formatDay, formatExact, formatTime, make, setText, texts } from "./texts.js";

const PARTS = [".day", ".day time", ".message", ".author", ".at", ".body", ".fold", ".fate", ".fate span"];

export function createRow(template) {
	const element = template.content.firstElementChild.cloneNode(true);
	const [day, dayTime, message, author, at, body, fold, fate, fateText] = PARTS.map((part) =>
		element.querySelector(part),
	);
	let shown = "";

	/** @param {Item} item */
	function update(item) {
		const text = item.entry ? fateOf(item.entry) : "";
		const now = JSON.stringify([item, text]);
		if (now === shown) return;
		if (!shown) fillBody(item.body); // never changes
		shown = now;
		Object.assign(element.dataset, { key: item.key, state: item.state });
		element.classList.toggle("continued", item.isContinued);
		element.classList.toggle("news", item.startsNews);
		updateHead(item);
		fate.hidden = !text;
		setText(fateText, text);
		for (const button of fate.querySelectorAll("button")) {
			button.hidden = item.state !== "failed" && item.state !== "waiting";
			setText(button, texts[button.dataset.action]);
		}
	}

	function fillBody(text) {
		body.append(...parse(text).map(toNode));
		fold.hidden = !isLong(text);
		const setFolded = (isFolded) => {
			body.classList.toggle("folded", isFolded);
			fold.ariaExpanded = !isFolded;
			fold.textContent = isFolded ? texts.more : texts.less;
		};
		setFolded(!fold.hidden);
		fold.onclick = () => setFolded(fold.ariaExpanded === "true");
	}

	/** @param {Item} item */
	function updateHead({ author: name, at: date, startsDay }) {
		setText(author, name ?? texts.anonymous);
		message.dataset.initial = (/[\p{L}\p{N}\p{S}]/u.exec(name ?? "")?.[0] ?? "·").toUpperCase();
		message.classList.toggle("named", name !== null);
		message.style.setProperty("--hue", hueOf(name ?? ""));
		setTime(at, date.toISOString(), formatTime(date), date);
		day.hidden = !startsDay;
		setTime(dayTime, localDay(date), formatDay(date), date);
	}

	return { element, update };
}

/** @param {Entry} entry */
function fateOf({ state, refusal, isBusy, retryAt }) {
	if (state === "failed") return texts.failed(refusal);
	if (state !== "waiting") return texts[state];
	return (isBusy ? texts.busy : texts.queued) + countdown(retryAt);
}

function toNode({ tag = "", text, href = "" }) {
	if (!tag) return text;
	const link = href && { href, title: href, rel: "noopener nofollow noreferrer", target: "_blank" };
	return make(tag, { textContent: text, ...link });
}

function setTime(element, machine, text, date) {
	Object.assign(element, { dateTime: machine, title: formatExact(date) });
	setText(element, text);
}

const hueOf = (name) => Array.from(name).reduce((sum, character) => (sum * 31 + character.codePointAt(0)) % 360, 0);
