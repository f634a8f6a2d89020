// What the page says, in German.

const messages = (n, kind = "") => `${n} ${kind}Nachricht${n === 1 ? "" : "en"}`;

/** @type {typeof import("./en.js").en} */
export const de = {
	rooms: "Räume",
	otherRoom: "Anderer Raum",
	go: "Öffnen",
	forget: (room) => `${room} vergessen`,
	unread: "neu",
	roomRule: "Ein Raum heißt mit a bis z, 0 bis 9, - und _, höchstens 64 Zeichen.",
	roomRefused: (asked, room) => `„${asked}“ kann kein Raum sein. Dies ist ${room}.`,

	messages: "Nachrichten",
	anonymous: "anonym",
	empty: "Hier wurde noch nichts gesagt.",
	beginning: "Hier beginnt der Raum.",
	older: "Ältere Nachrichten zeigen",
	loading: "Ältere Nachrichten werden geladen …",
	failedOlder: "Ältere Nachrichten waren nicht zu laden. Noch einmal",
	newest: "Neueste Nachrichten ↓",
	newMessages: (n) => `${messages(n, "neue ")} ↓`,
	more: "Alles zeigen",
	less: "Weniger zeigen",

	notifications: "Benachrichtigungen",
	sound: "Ton",
	denied: "Der Browser erlaubt hier keine Benachrichtigungen.",

	connecting: "Verbindung wird aufgebaut …",
	connected: "Verbunden",
	waiting: "Verbindung unterbrochen",
	busy: "Der Server ist ausgelastet",
	offline: "Offline",
	refused: (sentence) => `Der Server sagt: ${sentence}`,
	nextTry: (s) => `nächster Versuch in ${s} s`,
	now: "Jetzt",
	unreachable: "Der Server ist nicht erreichbar.",
	notUnderstood: "Die Antwort war nicht zu verstehen.",
	status: (status) => `Der Server antwortete ${status}.`,

	name: "Name",
	message: "Nachricht",
	write: "Nachricht schreiben",
	send: "Senden",
	askName: "Wer bist du? Gib dir einen Namen, oder bleib anonym.",
	signedIn: "Mit diesem Namen angemeldet",
	queued: "Wartet aufs Senden",
	sending: "Wird gesendet …",
	again: "Noch einmal senden",
	remove: "Verwerfen",
	failed: (reason) => `Nicht gesendet. ${reason ?? "Sie hat zu lange gewartet."}`,
	failedHere: (n) => `${messages(n)} nicht gesendet.`,
	unsent: (n, rooms) => `${messages(n)} noch nicht gesendet in ${rooms}.`,
	bytesLeft: (n) => `noch ${n} Byte`,
	bytesTooMany: (n) => `${n} Byte zu lang zum Senden`,
};
