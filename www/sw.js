// Opens the page without a network. What people say never goes through here.

self.oninstall = (event) => event.waitUntil(keepAll());
self.onfetch = (event) => {
	const { request } = event;
	const { origin, pathname } = new URL(request.url);
	const isPage = request.mode !== "navigate" || pathname === new URL("./", location.href).pathname;
	const isPart = request.method === "GET" && request.destination !== "" && origin === location.origin;
	if (isPart && isPage) event.respondWith(answer(request));
};
self.onnotificationclick = (event) => {
	event.notification.close();
	event.waitUntil(show(event.notification.data));
};

async function keepAll() {
	const html = await (await fetch("./")).text();
	const parts = Array.from(html.matchAll(/<(?:link|script)\b[^>]* (?:href|src)="([^"]+)"/g), ([, path]) => path);
	await (await caches.open("page")).addAll(["./", ...parts]);
}

async function answer(request) {
	const name = request.mode === "navigate" ? "./" : request;
	try {
		const fresh = await fetch(request);
		if (fresh.status === 200) await (await caches.open("page")).put(name, fresh.clone());
		return fresh;
	} catch {
		return (await caches.match(name)) ?? Response.error();
	}
}

async function show(room) {
	const pages = await self.clients.matchAll({ type: "window" });
	const there = pages.find(({ url }) => new URL(url).searchParams.get("room") === room) ?? pages[0];
	return there ? there.focus() : self.clients.openWindow(`./?room=${room}`);
}
