// On the page of a pass: keeps the screen on while it is shown, and has the page kept for a door
// without a network (pass_worker.js).
(function () {
	"use strict";
	var card = document.querySelector("[data-pass-worker]");
	if (!card) {
		forget();
		return;
	}

	// A registration without a pass: a copy of the one it had opens no door.
	function forget() {
		if (!navigator.serviceWorker) return;
		caches.delete("pass " + location.pathname);
		navigator.serviceWorker.getRegistration(location.pathname).then(function (worker) {
			if (worker) worker.unregister();
		});
	}

	// The lock is lost whenever the page is hidden.
	function stayAwake() {
		if (document.visibilityState === "visible" && navigator.wakeLock)
			navigator.wakeLock.request("screen").catch(function () { /* battery is low */ });
	}
	document.addEventListener("visibilitychange", stayAwake);
	stayAwake();

	if (!navigator.serviceWorker) return;
	navigator.serviceWorker.register(card.getAttribute("data-pass-worker"),
		{scope: card.getAttribute("data-pass-scope"), updateViaCache: "none"}).catch(
		function () { /* without a network it stays as it was */ });
	navigator.serviceWorker.ready.then(function () {
		var copy = document.getElementById("pass-copy");
		document.getElementById("pass-kept").hidden = !copy.hidden;
	});
}());
