// Suggests outlets of the registry while one is typed (the combobox pattern of WAI-ARIA 1.2). Without
// it the next page offers the same outlets to choose from.
(function () {
	"use strict";
	var input = document.querySelector("input[name=outlet]");
	if (!input || !window.fetch) return;
	var list = document.createElement("ul");
	var note = document.createElement("p");
	var at = -1, asked = 0, timer = 0;
	list.id = "outlet-list";
	list.className = "pg-options";
	list.setAttribute("role", "listbox");
	list.setAttribute("aria-label", document.querySelector("label[for=outlet]").textContent);
	list.hidden = true;
	input.parentNode.classList.add("pg-combobox");
	note.className = "govuk-visually-hidden";
	note.setAttribute("role", "status");
	input.parentNode.insertBefore(list, input.nextSibling);
	input.parentNode.insertBefore(note, list.nextSibling);
	input.setAttribute("role", "combobox");
	input.setAttribute("aria-autocomplete", "list");
	input.setAttribute("aria-controls", list.id);
	input.setAttribute("aria-expanded", "false");
	input.autocomplete = "off";

	function close() {
		list.hidden = true;
		at = -1;
		input.setAttribute("aria-expanded", "false");
		input.removeAttribute("aria-activedescendant");
	}

	function mark(next) {
		var options = list.children;
		if (at >= 0) options[at].setAttribute("aria-selected", "false");
		at = (next + options.length) % options.length;
		options[at].setAttribute("aria-selected", "true");
		options[at].scrollIntoView({block: "nearest"});
		input.setAttribute("aria-activedescendant", options[at].id);
	}

	function take(option) {
		input.value = option.textContent;
		clearTimeout(timer);
		asked++;
		close();
		input.focus();
	}

	function show(names) {
		close();
		list.textContent = "";
		names.forEach(function (name, i) {
			var option = document.createElement("li");
			option.id = "outlet-option-" + i;
			option.setAttribute("role", "option");
			option.setAttribute("aria-selected", "false");
			option.dir = "auto";
			option.textContent = name;
			option.addEventListener("pointerdown", function (event) {
				event.preventDefault();
				take(option);
			});
			list.appendChild(option);
		});
		note.textContent = names.join(", ");
		if (names.length === 0) return;
		list.hidden = false;
		input.setAttribute("aria-expanded", "true");
	}

	function ask() {
		var typed = input.value.trim(), mine = ++asked;
		if (typed.length < 2) {
			show([]);
			return;
		}
		fetch("/accreditation/outlets?find=" + encodeURIComponent(typed.slice(0, 200)), {
			credentials: "same-origin", headers: {Accept: "application/json"}
		}).then(function (answer) {
			return answer.ok ? answer.json() : [];
		}).then(function (names) {
			if (mine === asked && document.activeElement === input) show(names);
		}).catch(close);
	}

	input.addEventListener("input", function () {
		clearTimeout(timer);
		timer = setTimeout(ask, 200);
	});
	input.addEventListener("blur", close);
	input.addEventListener("keydown", function (event) {
		if (list.hidden) return;
		if (event.key === "ArrowDown") mark(at + 1);
		else if (event.key === "ArrowUp") mark(at < 0 ? -1 : at - 1);
		else if (event.key === "Enter" && at >= 0) take(list.children[at]);
		else if (event.key === "Escape") close();
		else return;
		event.preventDefault();
	});
})();
