// Keeps a page of lists true: waits for news at the address in data-live, and loads the page anew
// when there is some. Where somebody is typing, it says so instead and waits for the reload.
(function () {
	"use strict";
	var root = document.querySelector("[data-live]");
	if (!root) return;
	var seen = root.getAttribute("data-tag");
	var note = root.querySelector("[data-live-note]");
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

	function news() {
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
			if (state === null) return;
			pause = 1000;
			if (state.tag !== seen) {
				seen = state.tag;
				news();
			}
			setTimeout(ask, 100);
		}).catch(function () {
			pause = Math.min(pause * 2, 30000);
			setTimeout(ask, pause);
		});
	}
	ask();
})();
