// Keeps one pass for the door, where there may be no network: the page of this worker's scope with
// its style, script and picture, and nothing else. The page itself says since when it is a copy.
// A pass that stands no more is forgotten, and this worker with it.
"use strict";

const page = new URL(self.registration.scope).pathname;
const store = "pass " + page;
const WAIT = 4000; // a network that is this slow is none
const PARTS = /(?:href|src)="((?:\/assets\/[^"]+\.(?:css|js|svg))|[^"]+\/pass\.svg)"/g;

async function forget() {
	await caches.delete(store);
	await self.registration.unregister();
}

async function keepPart(cache, path) {
	const answer = await fetch(path);
	if (!answer.ok) throw new Error(path + " answered " + answer.status);
	await cache.put(path, answer);
}

// The page last: a copy is whole or is not there.
async function keep(answer) {
	const text = await answer.text();
	if (!text.includes("data-pass-worker=")) {
		await forget();
		return false;
	}
	const cache = await caches.open(store);
	const parts = new Set([...text.matchAll(PARTS)].map(found => found[1]));
	await Promise.all([...parts].map(path => keepPart(cache, path)));
	await cache.put(page, new Response(text.replace('id="pass-copy" hidden', 'id="pass-copy"'),
		{headers: answer.headers}));
	for (const old of await cache.keys()) {
		const path = new URL(old.url).pathname;
		if (path !== page && !parts.has(path)) await cache.delete(old);
	}
	return true;
}

async function judge(answer) {
	if (answer.status === 404 || answer.status === 410) await forget();
	else if (answer.type === "basic" && answer.ok && !answer.redirected) await keep(answer);
}

const kept = path => caches.match(path, {cacheName: store});

async function show(event) {
	const asked = fetch(event.request);
	event.waitUntil(asked.then(answer => judge(answer.clone())).catch(() => {}));
	const late = new Promise(done => setTimeout(done, WAIT)).then(() => kept(page))
		.then(copy => copy || asked);
	try {
		const answer = await Promise.race([asked, late]);
		return answer.status >= 500 ? await kept(page) || answer : answer;
	} catch (offline) {
		return await kept(page) || Response.error();
	}
}

// Files under /assets/ never change; the picture does, when a pass is issued anew.
async function part(request) {
	const path = new URL(request.url).pathname;
	const copy = await kept(path);
	if (copy && path.startsWith("/assets/")) return copy;
	const late = new Promise((done, fail) => setTimeout(fail, WAIT));
	try {
		return await Promise.race(copy ? [fetch(request), late] : [fetch(request)]);
	} catch (offline) {
		return copy || Response.error();
	}
}

self.addEventListener("install", event => {
	self.skipWaiting();
	event.waitUntil(fetch(page, {credentials: "same-origin", redirect: "manual"})
		.then(async answer => {
			if (!answer.ok || !await keep(answer)) throw new Error("no pass to keep");
		}));
});
self.addEventListener("activate", event => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", event => {
	const asked = new URL(event.request.url);
	if (event.request.method !== "GET" || asked.origin !== self.location.origin) return;
	if (event.request.mode !== "navigate") event.respondWith(part(event.request));
	else if (asked.pathname === page) event.respondWith(show(event));
});
