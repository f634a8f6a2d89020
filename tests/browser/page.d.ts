// The nouns of the page in www/, for its JSDoc and for `tsc --checkJs`. Nothing of it is sent to
// a browser.

/** A message as the contract has it. */
interface Message {
	/** Sorts by creation; the cursor. */
	id: string;
	created_at: string;
	body: string;
	room: string;
	author: string | null;
}

/** What is kept in the browser; memory alone where storage is forbidden. */
type Store = ReturnType<typeof import("../../www/js/storage.js").openStore>;

/** What somebody wrote here. */
interface Draft {
	room: string;
	author: string | null;
	body: string;
	/** The last id that was known in the room when it was written; a message like it came later. */
	after: string;
}

/** A message that the server has not yet confirmed, as it is kept. */
interface Saved extends Draft {
	/** The Idempotency-Key, the same for every try. */
	key: string;
	createdAt: number;
	/** Why the server will not have it. */
	refusal?: string;
}

/** What only the tab that sends knows of it. */
interface Trying {
	state?: "sending" | "waiting";
	tries: number;
	/** Whether the last try failed because the server is busy. */
	isBusy?: boolean;
	retryAt?: number;
}

interface Entry extends Saved, Omit<Trying, "state"> {
	state: "queued" | "sending" | "waiting" | "failed";
}

/** A row of the log. */
interface Item {
	/** Names the row for as long as the message is shown. */
	key: string;
	author: string | null;
	body: string;
	at: Date;
	startsDay: boolean;
	/** The first that the reader has not seen. */
	startsNews: boolean;
	/** Said by the author of the row above, soon after it. */
	isContinued: boolean;
	state: "stored" | Entry["state"];
	entry?: Entry;
}

/** How it stands with the server. */
interface FeedState {
	name: "connecting" | "connected" | "waiting" | "busy" | "offline" | "refused";
	retryAt?: number;
	/** What the server said. */
	sentence?: string;
}

interface FeedParts {
	room: string;
	/** Gets the newest page, once. */
	onOpen(page: Message[]): void;
	/** Gets what came after it. */
	onMessages(messages: Message[]): void;
	onState(state: FeedState): void;
	isHidden?(): boolean;
	isOnline?(): boolean;
	locks?: LockManager;
	api?: Pick<typeof import("../../www/js/api.js"), "readPage" | "readAfter">;
}

interface ListView {
	items: Item[];
	/** How it stands with the pages before those in memory. */
	older: "unknown" | "more" | "loading" | "failed" | "end";
	/** Whether messages in memory come before the items. */
	hasAbove: boolean;
	/** Whether the newest message is in the page. */
	reachesEnd: boolean;
	/** How many new messages the reader has not seen. */
	unread: number;
}

interface RoomParts {
	outbox: ReturnType<typeof import("../../www/js/outbox.js").openOutbox>;
	list: ReturnType<typeof import("../../www/js/list.js").mountList>;
	rooms: ReturnType<typeof import("../../www/js/rooms.js").mountRooms>;
	status: ReturnType<typeof import("../../www/js/status.js").mountStatus>;
	alerts: ReturnType<typeof import("../../www/js/status.js").mountAlerts>;
	/** The name of the reader, as the server knows it. */
	me(): string | null;
}

/** How messages become items. */
interface Context {
	/** What comes before the messages and is not shown. */
	above?: Message;
	/** Of the same room, in the order of writing. */
	entries?: Entry[];
	/** The keys of messages sent from here, by id. */
	keys?: Map<string, string>;
	/** The last id that was seen, when that is to be shown. */
	seen?: string | null;
	me?: string | null;
}

/** Not in every browser. */
interface Navigator {
	connection?: EventTarget;
}

/** What sw.js finds around it. */
interface WorkerEvent extends Event {
	request: Request;
	notification: Notification;
	respondWith(answer: Promise<Response>): void;
	waitUntil(work: Promise<unknown>): void;
}

interface Window {
	clients: {
		matchAll(options: { type: "window" }): Promise<{ url: string; focus(): unknown }[]>;
		openWindow(url: string): unknown;
	};
	oninstall(event: WorkerEvent): void;
	onfetch(event: WorkerEvent): void;
	onnotificationclick(event: WorkerEvent): void;
}
