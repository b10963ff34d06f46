// Keeps a page of lists true: waits for news at the address in data-live, and loads the page anew
// when there is some. Where somebody is typing, it says so instead and waits for the reload. A page
// with parts (data-live-part) stays where it is and has its parts replaced, but for the one that is
// being typed in.
(function () {
	"use strict";
	var root = document.querySelector("[data-live]");
	if (!root) return;
	var seen = root.getAttribute("data-tag");
	var note = root.querySelector("[data-live-note]");
	var parts = root.querySelector("[data-live-part]") !== null;
	var pause = 1000;
	var active = restored();
	var asleep = false;

	// When somebody last touched this page; loading it anew for news is nobody's touch.
	function restored() {
		var kept = 0;
		try {
			kept = Number(sessionStorage.getItem("live-active"));
			sessionStorage.removeItem("live-active");
		} catch (refused) { /* kept by nobody */ }
		return kept > 0 && kept <= Date.now() ? kept : Date.now();
	}

	function reload() {
		try {
			sessionStorage.setItem("live-active", String(active));
		} catch (refused) { /* then it counts as a touch */ }
		location.replace(root.getAttribute("data-page"));
	}

	// A page that nobody looks at must not keep a session open.
	function awake() {
		active = Date.now();
		if (asleep) {
			asleep = false;
			ask();
		}
	}
	["keydown", "pointerdown", "pointermove", "focus"].forEach(function (kind) {
		window.addEventListener(kind, awake, {passive: true});
	});

	function typing() {
		var fields = document.querySelectorAll("main textarea, main input[type=text]");
		for (var i = 0; i < fields.length; i++)
			if (fields[i].value !== fields[i].defaultValue) return true;
		var focus = document.activeElement;
		return !!focus && /^(INPUT|TEXTAREA|SELECT)$/.test(focus.tagName);
	}

	function busy(part) {
		if (part.contains(document.activeElement)) return true;
		var fields = part.querySelectorAll("textarea, input[type=text]");
		for (var i = 0; i < fields.length; i++)
			if (fields[i].value !== fields[i].defaultValue) return true;
		return false;
	}

	// The same page as it is now: its address may say which list is shown.
	function refresh() {
		return fetch(location.href, {credentials: "same-origin"}).then(function (answer) {
			if (answer.redirected || answer.status === 403) {
				reload();
				return null;
			}
			if (!answer.ok) throw new Error(answer.status);
			return answer.text();
		}).then(function (text) {
			if (text === null) return;
			var fresh = new DOMParser().parseFromString(text, "text/html");
			root.querySelectorAll("[data-live-part]").forEach(function (part) {
				var name = part.getAttribute("data-live-part");
				var found = fresh.querySelector("[data-live-part=\"" + name + "\"]");
				if (found && !busy(part)) part.replaceChildren.apply(part, Array.from(found.childNodes));
			});
		});
	}

	function news() {
		if (parts) return refresh();
		if (!typing()) {
			reload();
			return;
		}
		if (note) note.hidden = false;
	}

	function ask() {
		if (Date.now() - active > 20 * 60 * 1000) {
			asleep = true;
			return;
		}
		fetch(root.getAttribute("data-live") + "?wait=20&seen=" + encodeURIComponent(seen), {
			credentials: "same-origin", headers: {Accept: "application/json"}
		}).then(function (answer) {
			// Signed out: the page that says so, not one that looks alive.
			if (answer.redirected || answer.status === 403) {
				reload();
				return null;
			}
			if (!answer.ok) throw new Error(answer.status);
			return answer.json();
		}).then(function (state) {
			if (state === null) return null;
			pause = 1000;
			if (state.tag === seen) return null;
			// What could not be shown is asked for again.
			return Promise.resolve(news()).then(function () { seen = state.tag; });
		}).then(function () {
			setTimeout(ask, 100);
		}).catch(function () {
			pause = Math.min(pause * 2, 30000);
			setTimeout(ask, pause);
		});
	}
	ask();
})();
