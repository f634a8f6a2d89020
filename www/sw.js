// Opens the page without a network. Online everything comes from the server, and what people say
// never goes through here: neither what code asks for nor anything below /messages.

const worker = /** @type {any} */ (self);
const pageCache = () => caches.open("page");

worker.addEventListener("install", (event) => event.waitUntil(keepAll()));
worker.addEventListener("fetch", (event) => {
	const { request } = event;
	const { origin, pathname } = new URL(request.url);
	const isPart = request.method === "GET" && request.destination !== "" && origin === location.origin;
	if (isPart && pathname !== "/messages") event.respondWith(answer(request));
});
worker.addEventListener("notificationclick", (event) => {
	event.notification.close();
	event.waitUntil(show(event.notification.data));
});

// What the page consists of says the page itself.
async function keepAll() {
	const html = await (await fetch("./")).text();
	const parts = Array.from(html.matchAll(/<(?:link|script)\b[^>]* (?:href|src)="([^"]+)"/g), ([, path]) => path);
	await (await pageCache()).addAll(["./", ...parts]);
}

async function answer(request) {
	const name = request.mode === "navigate" ? "./" : request;
	try {
		const fresh = await fetch(request);
		if (fresh.status === 200) await (await pageCache()).put(name, fresh.clone());
		return fresh;
	} catch {
		return (await caches.match(name)) ?? Response.error();
	}
}

async function show(room) {
	const pages = await worker.clients.matchAll({ type: "window" });
	const there = pages.find(({ url }) => new URL(url).searchParams.get("room") === room) ?? pages[0];
	return there ? there.focus() : worker.clients.openWindow(`./?room=${room}`);
}
