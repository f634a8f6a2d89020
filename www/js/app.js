// Wires the parts: which room is open, what wakes the page.

import { mountComposer, mountNameField } from "./composer.js";
import { mountList } from "./list.js";
import { chooseRoom, toAuthor } from "./names.js";
import { makeSender, openOutbox } from "./outbox.js";
import { openRoom } from "./room.js";
import { mountRooms } from "./rooms.js";
import { mountAlerts, mountStatus, noticeOf } from "./status.js";
import { openStore } from "./storage.js";
import { byId, fillTexts, setText, texts } from "./texts.js";

fillTexts();
// Else a keyboard would rise over the page.
const hasPointer = matchMedia("(pointer: fine)").matches;
const store = openStore(() => window.localStorage);
let { room, refused } = chooseRoom(location.search, store.get("room"));
/** @type {ReturnType<typeof openRoom>} */
let open;

const author = () => toAuthor(store.get("name"));
const me = () => store.get("signed-in") ?? author();
const alerts = mountAlerts(store);
const outbox = openOutbox(store, update);
const sender = makeSender(outbox, storeOwn);
const status = mountStatus(wake);
const list = mountList({
	room: () => open,
	onAct(action, key) {
		outbox[action](key);
		sender.wake();
	},
});
const rooms = mountRooms(store, { onGo: go, mayLook: () => sender.lead.isLeader && !document.hidden });
const composer = mountComposer({
	onDraft: (text) => store.set(`draft:${room}`, text),
	onSend(body) {
		if (store.get("name") === null) store.set("name", ""); // asked once
		list.toEnd();
		sender.submit({ room, author: author(), body, after: open.newestId() });
	},
});
const nameField = mountNameField({
	onChange(name) {
		store.set("name", name);
		update();
	},
	onDone: composer.focus,
});

function go(wanted) {
	refused = null;
	history.pushState(null, "", `?room=${wanted}`);
	enter(wanted);
	if (hasPointer) composer.focus();
}

function enter(next) {
	open?.close();
	room = next;
	store.set("room", room);
	rooms.enter(room);
	composer.fill(store.get(`draft:${room}`) ?? "");
	open = openRoom(room, { outbox, list, rooms, status, alerts, me });
	update();
	list.toEnd();
}

// A name that was not sent is that of a user who signed in.
function storeOwn(message, entry) {
	if (message.author === entry.author || message.author === null) store.remove("signed-in");
	else store.set("signed-in", message.author);
	if (message.room === room) open.storeOwn(message, entry.key);
}

function update() {
	open?.update();
	const signedIn = store.get("signed-in");
	const isAsked = store.get("name") === null && signedIn === null;
	setText(byId("notice"), noticeOf(room, outbox.entries(), refused) || (isAsked ? texts.askName : ""));
	nameField.update(store.get("name") ?? "", signedIn);
}

function wake() {
	open.wake();
	open.look();
	sender.wake();
}
const wakeIfSeen = () => document.hidden || wake();

window.ononline = wake;
window.onoffline = () => open.wake();
document.onvisibilitychange = wakeIfSeen;
navigator.connection?.addEventListener("change", wakeIfSeen);
window.onpopstate = () => {
	({ room, refused } = chooseRoom(location.search, null));
	enter(room);
};
window.onstorage = () => {
	update();
	rooms.update();
	sender.run();
};

// A laptop that woke says so by nothing but its clock.
let tickedAt = Date.now();
setInterval(() => {
	// In the background timers may be a minute late.
	const slept = Date.now() - tickedAt > (document.hidden ? 90_000 : 5_000);
	tickedAt = Date.now();
	if (slept) wake();
	else if (outbox.entries().some(({ state }) => state === "waiting")) update();
}, 1_000);

history.replaceState(null, "", `?room=${room}${location.hash}`);
enter(room);
sender.lead.seek(!document.hidden);
if (hasPointer) (store.get("name") === null ? nameField : composer).focus();
navigator.serviceWorker?.register("sw.js");
