// camera: frames to the scan worker, texts out. Whatever the camera or a picture does, the page goes
// on: scanner, typed code and search need none of this.
'use strict'
;(() => {
	const Desk = globalThis.Desk ??= {}
	const CROP = 720 // pixels, from the middle of the picture
	const EVERY_MS = 75 // 13 pictures a second at most
	const WORKER_MS = 4000 // a worker that is silent for longer is replaced
	const AGAIN_MS = 5000
	const HINT_MS = 8000

	const video = document.createElement('video')
	video.muted = true
	video.playsInline = true
	video.className = 'camera__video'
	video.setAttribute('aria-label', 'Camera picture')

	const canvas = document.createElement('canvas')
	const picture = canvas.getContext('2d', { willReadFrequently: true })

	let stream = null, worker = null, ready = false, asked = 0, sent = 0, count = 0, told = ''
	let files, onText = () => {}, wanted = false, paused = false, retry, since = 0

	// What is said, and what to do about it.
	const states = {
		off: ['Camera off', 'Tap "Camera on" to scan with it.'],
		starting: ['Camera is starting', 'Scanner, typed code and search work already.'],
		on: ['Hold the QR code inside the frame', ''],
		denied: ['The camera is not allowed',
			'Allow it for this page in the browser (the camera or lock sign beside the address), ' +
			'then tap "Camera on". Scanner, typed code and search work.'],
		missing: ['No camera found',
			'Plug one in: it starts by itself. Scanner, typed code and search work.'],
		busy: ['Another program has the camera',
			'Close that program, then tap "Camera on". Scanner, typed code and search work.'],
		insecure: ['This address can’t use a camera',
			'Open the desk by its https address, from the pairing code. Scanner, typed code and ' +
			'search work.'],
		lost: ['The camera was unplugged or stopped',
			'Plug it in again: it starts by itself. Scanner, typed code and search work.'],
	}
	const faults = { NotAllowedError: 'denied', SecurityError: 'denied', NotFoundError: 'missing',
		NotReadableError: 'busy', AbortError: 'busy', OverconstrainedError: 'missing' }

	function say(state) {
		told = state
		document.documentElement.dataset.cameraState = state
		draw()
	}

	// Puts the picture and the words into the page that is shown now.
	function draw() {
		const slot = document.querySelector('[data-camera-slot]')
		if (slot && video.parentNode !== slot) slot.append(video)
		for (const [name, text] of [['[data-camera-word]', 0], ['[data-camera-help]', 1]]) {
			const place = document.querySelector(name)
			const words = states[told || 'off'][text]
			if (place && place.textContent !== words) place.textContent = words
		}
		for (const button of document.querySelectorAll('[data-camera]')) {
			const act = button.dataset.camera
			if (act === 'on') button.hidden = wanted && (told === 'on' || told === 'starting')
			if (act === 'off') button.hidden = told !== 'on'
			if (act === 'torch') button.hidden = !ability('torch')
			if (act === 'zoom') button.hidden = !(ability('zoom')?.max >= Number(button.value))
		}
		const zooms = document.querySelector('[data-camera-zoom]')
		if (zooms) zooms.hidden = told !== 'on' || !(ability('zoom')?.max >= 2)
		if (stream && video.isConnected && video.paused) video.play().catch(() => {})
	}

	const track = () => stream?.getVideoTracks()[0]
	const ability = name => track()?.getCapabilities?.()[name]

	async function open() {
		const best = { facingMode: 'environment', width: { ideal: 1920 }, height: { ideal: 1080 } }
		try {
			return await navigator.mediaDevices.getUserMedia({ video: best, audio: false })
		} catch (error) {
			if (error.name === 'NotAllowedError') throw error
			return navigator.mediaDevices.getUserMedia({ video: true })
		}
	}

	async function start() {
		wanted = true
		clearTimeout(retry)
		if (stream || told === 'starting') return draw()
		if (!navigator.mediaDevices?.getUserMedia) return say('insecure')
		say('starting')
		try {
			stream = await open()
		} catch (error) {
			say(faults[error.name] ?? 'missing')
			return again()
		}
		if (!wanted) return stop()
		track().addEventListener('ended', lost)
		video.srcObject = stream
		since = performance.now()
		employ()
		say('on')
		await video.play().catch(() => {})
		next()
	}

	function release() {
		for (const each of stream?.getTracks() ?? []) {
			each.removeEventListener('ended', lost)
			each.stop()
		}
		stream = null
		video.srcObject = null
	}

	function stop() {
		wanted = false
		clearTimeout(retry)
		release()
		say('off')
	}

	function lost() {
		release()
		say('lost')
		again()
	}

	// What was refused needs a person; what was unplugged or is in use may come back.
	function again() {
		clearTimeout(retry)
		if (wanted && told !== 'denied') retry = setTimeout(start, AGAIN_MS)
	}

	function dismiss() {
		worker?.terminate()
		worker = null
		ready = false
		asked = 0
	}

	function employ() {
		if (worker) return
		worker = new Worker(files.worker)
		worker.onmessage = ({ data }) => {
			if (data.ready) ready = true
			if (data.failed && !ready) return dismiss()
			asked = 0
			if (data.text) {
				since = performance.now()
				onText(data.text, sent)
			}
		}
		worker.onerror = dismiss
		asked = performance.now()
		worker.postMessage({ zxing: files.zxing, wasm: files.wasm })
	}

	function take(shown) {
		const width = video.videoWidth, height = video.videoHeight
		const side = Math.min(CROP, width, height)
		if (!side) return
		if (canvas.width !== side) canvas.width = canvas.height = side
		picture.drawImage(video, (width - side) / 2, (height - side) / 2, side, side, 0, 0, side,
			side)
		const { data } = picture.getImageData(0, 0, side, side)
		sent = shown
		asked = performance.now()
		worker.postMessage({ id: ++count, width: side, height: side, pixels: data.buffer },
			[data.buffer])
	}

	function frame(now, about) {
		const late = asked && now - asked > WORKER_MS
		if (late) dismiss()
		if (!worker) employ()
		if (ready && !asked && !paused && performance.now() - frame.last >= EVERY_MS) {
			frame.last = performance.now()
			take(about?.presentationTime ?? now)
		}
		const blurred = performance.now() - since > HINT_MS
		document.documentElement.classList.toggle('is-unread', blurred)
		next()
	}
	frame.last = 0

	function next() {
		if (!stream) return
		if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(frame)
		else requestAnimationFrame(frame)
	}

	async function press(button) {
		const act = button.dataset.camera
		if (act === 'on') await start()
		if (act === 'off') stop()
		if (act === 'torch') {
			const torch = button.getAttribute('aria-pressed') !== 'true'
			await track()?.applyConstraints({ advanced: [{ torch }] }).catch(() => {})
			button.setAttribute('aria-pressed', String(torch))
		}
		if (act === 'zoom')
			await track()?.applyConstraints({ advanced: [{ zoom: Number(button.value) }] })
				.catch(() => {})
	}

	document.addEventListener('click', event => {
		const button = event.target.closest?.('[data-camera]')
		if (button) press(button)
	})
	navigator.mediaDevices?.addEventListener?.('devicechange', () => {
		if (wanted && !stream) start()
	})

	Desk.camera = {
		video, start, stop, draw, states,
		set files(value) { files = value },
		set onText(value) { onText = value },
		set paused(value) { paused = value },
		get told() { return told },
		get count() { return count },
	}
})()
