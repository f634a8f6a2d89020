// Rooms one has been in: seen:ROOM is the last id seen, news:ROOM says that more came.

import { NIL, readAfter } from "./api.js";
import { isRoom, toRoom } from "./names.js";
import { byId, make, setText, texts } from "./texts.js";

export function mountRooms(store, { onGo, mayLook }) {
	const [nav, list, form, field, problem] = ["rooms", "room-list", "room-form", "room", "problem"].map(byId);
	let room = "";
	let turn = 0;
	let shown = "";

	form.onsubmit = (event) => {
		event.preventDefault();
		const wanted = toRoom(field.value);
		setProblem(isRoom(wanted) ? "" : texts.roomRule);
		if (!isRoom(wanted)) return field.focus();
		field.value = "";
		leadTo(wanted);
	};
	field.oninput = () => setProblem("");
	setInterval(lookIntoNext, 5_000);

	function leadTo(wanted) {
		nav.hidePopover();
		onGo(wanted);
	}

	function setProblem(text) {
		setText(problem, text);
		field.ariaInvalid = text !== "";
	}

	const seen = (name = room) => store.get(`seen:${name}`) ?? "";

	// One room at a time: a long list must not become a burst.
	async function lookIntoNext() {
		const quiet = store.names("seen:").filter((name) => name !== room && !store.get(`news:${name}`));
		const name = quiet[++turn % quiet.length];
		if (!name || !mayLook()) return;
		const news = await readAfter(name, seen(name), { limit: 1 }).catch(() => []);
		if (news.length === 0 || news[0].id <= seen(name)) return;
		store.set(`news:${name}`, "1");
		update();
	}

	function enter(next) {
		room = next;
		see(seen() || NIL);
		setText(byId("room-title"), room);
		update();
		lookIntoNext();
	}

	function see(id) {
		if (id > seen()) store.set(`seen:${room}`, id);
		store.remove(`news:${room}`);
	}

	function update() {
		const names = store.names("seen:").filter(isRoom);
		const now = [room, names, store.names("news:")].join();
		if (now === shown) return; // the focus may be on one of them
		shown = now;
		list.replaceChildren(...names.map(toEntry));
	}

	function toEntry(name) {
		const entry = make("li");
		const link = make("a", { textContent: name, href: `?room=${name}` });
		link.onclick = (event) => {
			if (event.ctrlKey || event.metaKey || event.shiftKey) return; // for a new tab or window
			event.preventDefault();
			leadTo(name);
		};
		if (store.get(`news:${name}`)) link.append(" ", make("span", { className: "mark", textContent: texts.unread }));
		entry.append(link);
		if (name === room) link.ariaCurrent = "page";
		else entry.append(make("button", { textContent: "×", ariaLabel: texts.forget(name), onclick: () => forget(name) }));
		return entry;
	}

	function forget(name) {
		for (const part of ["seen", "news", "draft"]) store.remove(`${part}:${name}`);
		update();
		field.focus();
	}

	return { enter, see, seen, update };
}
