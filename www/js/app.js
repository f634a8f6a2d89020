// Wires the parts: what the server and the reader do goes into the model, the model to the screen.

import { readPage } from "./api.js";
import { mountComposer } from "./composer.js";
import { toItems } from "./conversation.js";
import { Feed } from "./feed.js";
import { mountNameField, mountRoomForm } from "./fields.js";
import { mountMessageList } from "./message-list.js";
import { chooseRoom, toAuthor } from "./names.js";
import { mountNotice } from "./notice.js";
import { OlderPages } from "./older.js";
import { Outbox } from "./outbox.js";
import { Sender } from "./sender.js";
import { mountStatusLine } from "./status-line.js";
import { openStore } from "./storage.js";
import { Timeline } from "./timeline.js";

/** @typedef {import("./timeline.js").Message} Message */

const PAGE_SIZE = 50;
const KEEP_ROWS = 800;

// Name and room are the reader's; what is unsent belongs to this tab, so that two never send it both.
const settings = openStore(() => window.localStorage);
const tab = openStore(() => window.sessionStorage);

const { room, refused } = chooseRoom(location.search, settings.get("room"));
settings.set("room", room);
const element = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

/** @type {Map<string, string>} the keys of messages sent from here, by id */
const sentKeys = new Map();
let author = toAuthor(settings.get("name") ?? "");
/** @type {string | null} the name the server gave the last message: it may know better */
let knownAs = null;

const timeline = new Timeline();
const outbox = new Outbox((entries) => {
  tab.set("outbox", JSON.stringify(entries));
  update();
});
const sender = new Sender({ outbox, onStored: storeOwn });
const older = new OlderPages({
  read: (before) => readPage(room, PAGE_SIZE, { before }),
  pageSize: PAGE_SIZE,
  onPage: (page) => { timeline.addAll(page); update(); },
  onState: () => update(),
});

document.title = `${room} · Chat`;
element("room-title").textContent = room;
const notice = mountNotice(element("notice"), { room, refused });
const statusLine = mountStatusLine(element("status"));
const list = mountMessageList(document, {
  onOlder: () => older.load(),
  onAgain: (key) => sender.again(key),
  onDiscard: (key) => sender.discard(key),
});
mountNameField(element("name"), {
  name: author ?? "",
  onChange: (name) => { author = toAuthor(name); settings.set("name", name); },
});
mountRoomForm(element("room-form"), {
  room,
  onOpen: (wanted) => location.assign(`?${new URLSearchParams({ room: wanted })}`),
});
mountComposer(document, {
  draft: tab.get(`draft:${room}`) ?? "",
  onDraft: (text) => tab.set(`draft:${room}`, text),
  onSend: (body) => { sender.submit({ room, author, body }); list.toBottom(); },
});

const feed = new Feed({
  room,
  pageSize: PAGE_SIZE,
  onOpen: (page) => { timeline.addAll(page); older.continueBefore(page); update(); },
  onMessages: receive,
  onState: statusLine.update,
  isHidden: () => document.hidden,
  isOnline: () => navigator.onLine,
});

/**
 * An own message that the poll brought first is already on the screen under its id.
 * @param {Message} message
 * @param {string} key
 */
function storeOwn(message, key) {
  knownAs = message.author;
  if (message.room === room && timeline.add(message)) sentKeys.set(message.id, key);
}

/** @param {Message[]} messages */
function receive(messages) {
  const added = timeline.addAll(messages);
  const own = outbox.noteTwins(added, knownAs);
  // A reader at the bottom looks at the newest; the oldest may go, and can be read again.
  const mayForget = list.isFollowing() && older.state !== "loading";
  if (mayForget && timeline.keepNewest(KEEP_ROWS)) older.rewindTo(timeline.messages[0].id);
  update();
  list.noteNew(added.filter(({ id }) => !own.has(id)).length);
}

function update() {
  const here = outbox.entries.filter((entry) => entry.room === room);
  list.update({ items: toItems(timeline.messages, here, sentKeys), older: older.state });
  notice.update(outbox.entries);
}

function wake() {
  feed.wake();
  sender.wake();
}

window.addEventListener("online", wake);
window.addEventListener("offline", () => feed.wake()); // a look that fails at once says so
window.addEventListener("pageshow", ({ persisted }) => { if (persisted) wake(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) wake(); });
window.addEventListener("beforeunload", (event) => {
  // Another room or a reload keeps the outbox, a closed tab does not: the browser asks.
  if (outbox.entries.length > 0) event.preventDefault();
});

history.replaceState(null, "", `?${new URLSearchParams({ room })}${location.hash}`);
outbox.restore(tab.getJson("outbox"), Date.now());
sender.run();
feed.run();
