// A frame to draw around the face: moved by pointer or arrow keys, made larger or smaller by wheel,
// buttons or + and -. What is in it is sent in place of the file; the server draws it anew all the
// same. Without it the middle of the picture is kept.
(function () {
	"use strict";
	var form = document.querySelector("form[data-crop]");
	if (!form || !window.createImageBitmap || !window.DataTransfer) return;
	var input = form.querySelector("input[type=file]");
	var tool = form.querySelector("[data-crop-tool]");
	var plain = form.querySelector("[data-crop-plain]");
	var canvas = form.querySelector("[data-crop-canvas]");
	var state = form.querySelector("[data-crop-state]");
	var pen = canvas.getContext("2d");
	var picture = null, scale = 1, frame = null, drag = null, done = false;
	var WIDTH = 480, HEIGHT = 600;

	// The frame in the picture's own pixels: 4 wide and 5 high, inside of it.
	function place(x, y, width) {
		var most = Math.min(picture.width, picture.height * 4 / 5);
		width = Math.max(Math.min(64, most), Math.min(most, width));
		var height = width * 5 / 4;
		frame = {
			width: width, height: height,
			x: Math.max(0, Math.min(picture.width - width, x)),
			y: Math.max(0, Math.min(picture.height - height, y))
		};
		draw();
	}

	function draw() {
		var x = frame.x * scale, y = frame.y * scale;
		var w = frame.width * scale, h = frame.height * scale;
		pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
		pen.fillStyle = "rgba(11, 12, 12, 0.55)";
		pen.fillRect(0, 0, canvas.width, y);
		pen.fillRect(0, y + h, canvas.width, canvas.height - y - h);
		pen.fillRect(0, y, x, h);
		pen.fillRect(x + w, y, canvas.width - x - w, h);
		pen.lineWidth = 4;
		pen.strokeStyle = "#0b0c0c";
		pen.strokeRect(x, y, w, h);
		pen.lineWidth = 2;
		pen.strokeStyle = "#ffdd00";
		pen.strokeRect(x, y, w, h);
	}

	function say() {
		state.textContent = [frame.x, frame.y].map(function (at, i) {
			var room = i ? picture.height - frame.height : picture.width - frame.width;
			return Math.round(room > 0 ? 100 * at / room : 50) + " %";
		}).join(" / ") + ", " + Math.round(100 * frame.width / picture.width) + " %";
	}

	function grow(steps) {
		var width = frame.width * Math.pow(1.1, steps);
		place(frame.x + (frame.width - width) / 2,
			frame.y + (frame.height - width * 5 / 4) / 2, width);
		say();
	}

	function open() {
		var file = input.files[0];
		done = false;
		picture = null;
		tool.hidden = true;
		plain.hidden = false;
		if (!file) return;
		createImageBitmap(file).then(function (read) {
			picture = read;
			tool.hidden = false;
			plain.hidden = true;
			var room = canvas.parentNode.clientWidth || 300;
			scale = Math.min(room / picture.width, 480 / picture.height);
			canvas.width = Math.max(1, Math.round(picture.width * scale));
			canvas.height = Math.max(1, Math.round(picture.height * scale));
			var most = Math.min(picture.width, picture.height * 4 / 5);
			place((picture.width - most) / 2, (picture.height - most * 5 / 4) / 2, most);
			say();
		}).catch(function () { /* the server says what is wrong with it */ });
	}

	function cut() {
		var small = document.createElement("canvas");
		small.width = WIDTH;
		small.height = HEIGHT;
		small.getContext("2d").drawImage(picture, frame.x, frame.y, frame.width, frame.height,
			0, 0, WIDTH, HEIGHT);
		return new Promise(function (kept) { small.toBlob(kept, "image/jpeg", 0.92); });
	}

	form.addEventListener("submit", function (event) {
		if (!picture || done) return;
		var button = event.submitter;
		event.preventDefault();
		cut().then(function (blob) {
			var files = new DataTransfer();
			done = true;
			if (blob) {
				files.items.add(new File([blob], "portrait.jpg", {type: "image/jpeg"}));
				input.files = files.files;
			}
			form.requestSubmit(button);
		});
	});
	input.addEventListener("change", open);
	Array.prototype.forEach.call(form.querySelectorAll("[data-crop-by]"), function (button) {
		button.addEventListener("click", function () {
			grow(Number(button.getAttribute("data-crop-by")));
		});
	});
	canvas.addEventListener("keydown", function (event) {
		var step = frame.width / (event.shiftKey ? 40 : 10);
		var moves = {ArrowLeft: [-step, 0], ArrowRight: [step, 0],
			ArrowUp: [0, -step], ArrowDown: [0, step]};
		if (moves[event.key])
			place(frame.x + moves[event.key][0], frame.y + moves[event.key][1], frame.width);
		else if (event.key === "+" || event.key === "=") grow(1);
		else if (event.key === "-") grow(-1);
		else return;
		event.preventDefault();
		say();
	});
	canvas.addEventListener("pointerdown", function (event) {
		drag = {x: event.clientX, y: event.clientY, at: frame};
		canvas.setPointerCapture(event.pointerId);
	});
	canvas.addEventListener("pointermove", function (event) {
		var shown = canvas.clientWidth / canvas.width * scale;
		if (drag)
			place(drag.at.x + (event.clientX - drag.x) / shown,
				drag.at.y + (event.clientY - drag.y) / shown, drag.at.width);
	});
	["pointerup", "pointercancel"].forEach(function (kind) {
		canvas.addEventListener(kind, function () {
			drag = null;
			say();
		});
	});
	canvas.addEventListener("wheel", function (event) {
		event.preventDefault();
		grow(event.deltaY < 0 ? 1 : -1);
	}, {passive: false});
})();
