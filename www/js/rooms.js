// The rooms one has been in, with a mark where something is unread; kept for all tabs: seen:ROOM
// is the last id seen, news:ROOM is there when more came.

import { NIL, readAfter } from "./api.js";
import { isRoom, toRoom } from "./names.js";
import { byId, setText, texts } from "./texts.js";

const LOOK_MS = 5_000;

/** @param {Store} store */
export function mountRooms(store, { onGo, mayLook }) {
	const [nav, list, form, field, problem] = ["rooms", "room-list", "room-form", "room", "room-problem"].map(byId);
	let room = "";
	let turn = 0;
	let shown = "";

	list.onclick = (event) => {
		const { go, forget } = event.target.dataset;
		// With a key for a new tab or window it is an ordinary link.
		if (go && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
			event.preventDefault();
			leadTo(go);
		} else if (forget) {
			for (const name of ["seen", "news", "draft"]) store.remove(`${name}:${forget}`);
			update();
			field.focus();
		}
	};
	form.onsubmit = (event) => {
		event.preventDefault();
		const wanted = toRoom(field.value);
		setProblem(isRoom(wanted) ? "" : texts.roomRule);
		if (!isRoom(wanted)) return field.focus();
		field.value = "";
		leadTo(wanted);
	};
	field.oninput = () => setProblem("");
	setInterval(lookIntoNext, LOOK_MS);

	function leadTo(wanted) {
		nav.hidePopover();
		onGo(wanted);
	}

	function setProblem(text) {
		setText(problem, text);
		field.ariaInvalid = String(text !== "");
	}

	const seen = (name = room) => store.get(`seen:${name}`);

	/** One room at a time: a long list must not become a burst. */
	async function lookIntoNext() {
		const quiet = store.names("seen:").filter((name) => name !== room && !store.get(`news:${name}`));
		const name = quiet[++turn % quiet.length];
		if (!name || !mayLook()) return;
		// The status line tells how it stands with the server.
		const news = await readAfter(name, seen(name) ?? NIL, { limit: 1 }).catch(() => []);
		if (news.length === 0 || news[0].id <= (seen(name) ?? "")) return;
		store.set(`news:${name}`, "1");
		update();
	}

	function enter(next) {
		room = next;
		see(seen() ?? NIL);
		setText(byId("room-title"), room);
		update();
		lookIntoNext();
	}

	/** @param {string} id  seen by the reader, with all before it */
	function see(id) {
		if (id > (seen() ?? "")) store.set(`seen:${room}`, id);
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
		const entry = document.createElement("li");
		const link = add(entry, "a", { textContent: name, href: `?room=${name}` }, { go: name });
		if (store.get(`news:${name}`)) {
			link.append(" ");
			add(link, "span", { className: "mark", textContent: texts.unread });
		}
		if (name === room) link.ariaCurrent = "page";
		else add(entry, "button", { textContent: "×", ariaLabel: texts.forget(name) }, { forget: name });
		return entry;
	}

	return { enter, see, seen, update };
}

function add(parent, tag, properties, data = {}) {
	const child = Object.assign(document.createElement(tag), properties);
	Object.assign(child.dataset, data);
	parent.append(child);
	return child;
}
