// desk: ties the page together. Forms and links go by fetch and the answer's page takes the place of
// the one shown, so that camera, sound and the screen's wakefulness last a whole shift. Without
// this script each of them works as it stands.
'use strict'
;(() => {
	const Desk = globalThis.Desk ??= {}
	const AGAIN_MS = 5000 // the same code is ignored for so long
	const TEXT_MOST = 1024
	const root = document.documentElement
	let turn = 0, asking = Promise.resolve(), lock = null, touched = performance.now()
	const seen = new Map()

	const page = () => document.getElementById('page')
	const file = name => document.querySelector(`link[rel="${name}"]`).href

	// ---- what is shown ----

	function say(words) {
		const place = document.getElementById('say')
		place.textContent = ''
		place.textContent = words
	}

	// Fills in what belongs to this device and to this moment.
	function drawn() {
		Desk.camera.draw()
		for (const range of document.querySelectorAll('[data-volume]'))
			range.value = String(Desk.sound.volume())
		root.classList.toggle('is-silent', !Desk.sound.ready())
		count()
	}

	function focus(quiet) {
		const place = page().querySelector('[autofocus]') ?? page().querySelector('[data-focus]') ??
			page().querySelector('h1')
		if (!place || quiet) return
		if (!place.hasAttribute('tabindex') && !place.matches('input, button, a'))
			place.tabIndex = -1
		place.focus({ preventScroll: true })
		scrollTo(0, 0)
	}

	const script = doc => doc.querySelector('script[src*="/desk."]')?.getAttribute('src')

	// Shows a page that came by fetch. One that is not the desk's, or of a newer gate, is loaded.
	function show(text, url) {
		const fresh = new DOMParser().parseFromString(text, 'text/html')
		// what answers a form has no address of its own to come back to
		const address = new URL(url ?? (fresh.querySelector('.stage') ? '/desk' : location.href),
			location.href)
		if (!fresh.getElementById('page') || script(fresh) !== script(document))
			return location.assign(address.pathname + address.search)
		const slot = fresh.querySelector('[data-camera-slot]')
		if (slot && Desk.camera.video.isConnected) slot.append(Desk.camera.video)
		document.title = fresh.title
		document.body.dataset.lock = fresh.body.dataset.lock ?? ''
		document.getElementById('strip').replaceWith(fresh.getElementById('strip'))
		page().replaceWith(fresh.getElementById('page'))
		if (location.pathname + location.search !== address.pathname + address.search)
			history.pushState(null, '', address.pathname + address.search)
		drawn()
		focus()
		const sound = page().querySelector('[data-sound]')?.dataset.sound
		if (sound) Desk.sound.play(sound)
		Desk.strip.run()
	}

	// Asks the gate. An answer that a newer question has overtaken is not shown.
	function ask(url, options, mark) {
		return asking = answered(++turn, url, options, mark)
	}

	async function answered(mine, url, options, mark) {
		const slow = setTimeout(() => root.classList.add('is-working'), 400)
		try {
			const answer = await fetch(url, options)
			const text = await answer.text()
			if (mine !== turn) return
			show(text, options.method === 'POST' && !answer.redirected ? null : answer.url)
			Desk.strip.lost(false)
			mark?.()
		} catch {
			if (mine === turn) Desk.strip.lost(true)
		} finally {
			clearTimeout(slow)
			if (mine === turn) root.classList.remove('is-working')
		}
	}

	// Until what was asked last is shown.
	async function settled() {
		for (let last; last !== asking;)
			await (last = asking)
	}

	const go = url => ask(url, { headers: { Accept: 'text/html' } })

	function send(form, button) {
		const fields = new URLSearchParams(new FormData(form, button))
		if (form.method === 'get')
			return go(`${new URL(form.action).pathname}?${fields}`)
		return ask(form.action, { method: 'POST', body: fields })
	}

	// ---- scans ----

	// Only what can be a pass goes on as it is; the rest stays what it is: no pass.
	const tame = text => text.slice(0, TEXT_MOST).replace(/[^ -~]/g, '?')

	// True once for a code, and again when it was out of sight for AGAIN_MS.
	function isNew(text) {
		const now = performance.now()
		for (const [old, when] of seen)
			if (now - when > AGAIN_MS) seen.delete(old)
		const known = seen.has(text)
		seen.set(text, now)
		return !known
	}

	function look(text, shown, from) {
		const form = document.querySelector('form[data-scan]') ?? document.getElementById('scan')
		if (!form) return
		touched = performance.now()
		const card = form.hasAttribute('data-scan')
		if (!card && !isNew(text)) {
			if (from === 'wedge') {
				Desk.sound.play('again')
				say('The same code again: ignored for 5 seconds.')
			}
			return
		}
		const fields = new URLSearchParams(new FormData(form))
		fields.set('text', tame(text))
		ask(form.action, { method: 'POST', body: fields }, () => mark(shown, from))
	}

	// How long it took from the camera's frame until the verdict was drawn.
	function mark(shown, from) {
		requestAnimationFrame(() => setTimeout(() => {
			performance.measure(`${from}-to-verdict`, { start: shown, end: performance.now() })
		}))
	}

	// ---- keys ----

	const visible = element => element.getClientRects().length > 0

	// F1 to F12: what shows the key in its own words does it.
	function shortcut(event) {
		if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return
		if (!/^F([1-9]|1[0-2])$/.test(event.key) || event.key === 'F5') return
		const all = [...document.querySelectorAll(`[aria-keyshortcuts="${event.key}"]`)]
		const cover = document.querySelector('.cover')
		const covered = cover && getComputedStyle(cover).position === 'fixed'
		const [target] = all.filter(each => visible(each) && (!covered || cover.contains(each) ||
			each.closest('#strip')))
		if (event.key === 'F2' && !covered && document.getElementById('text')) {
			event.preventDefault()
			return document.getElementById('text').focus()
		}
		if (!target) return
		event.preventDefault()
		if (event.key === 'F4') return target.focus()
		target.click()
		if (target.matches('summary')) target.parentNode.querySelector('input:not([type=hidden])')
			?.focus()
	}

	// Digits choose a reason while the reasons have the focus.
	function digit(text) {
		const reasons = document.activeElement?.closest('[data-deny]')
		if (!reasons || !/^[1-9]$/.test(text)) return
		reasons.querySelectorAll('button[name="reason"]')[Number(text) - 1]?.click()
	}

	// ---- the shift ----

	async function awake() {
		try {
			if (document.visibilityState === 'visible' && (!lock || lock.released))
				lock = await navigator.wakeLock?.request('screen')
		} catch { /* the machine's own settings stand */ }
	}

	// In one tap: sound, camera, and a screen that stays on.
	function start() {
		Desk.sound.unlock()
		Desk.camera.start()
		awake()
	}

	// ---- what runs by the second ----

	function count() {
		for (const form of document.querySelectorAll('[data-left]')) {
			form.until ??= performance.now() + Number(form.dataset.left) * 1000
			const left = Math.ceil((form.until - performance.now()) / 1000)
			const place = form.querySelector('[data-count]')
			if (left <= 0) form.hidden = true
			else if (place.textContent !== String(left)) place.textContent = String(left)
		}
	}

	function tick() {
		count()
		const minutes = Number(document.body.dataset.lock)
		const form = document.querySelector('form[action="/shift/lock"]')
		if (form && minutes > 0 && performance.now() - touched > minutes * 60000) send(form)
	}

	// ---- listening ----

	function submitted(event) {
		const form = event.target
		if (event.defaultPrevented || new URL(form.action).origin !== location.origin) return
		event.preventDefault()
		touched = performance.now()
		if (form.hasAttribute('data-start')) start()
		send(form, event.submitter)
	}

	function clicked(event) {
		touched = performance.now()
		if (event.target.closest('[data-unlock]')) start()
		const play = event.target.closest('[data-play]')
		if (play) Desk.sound.unlock().then(() => Desk.sound.play(play.dataset.play))
		const link = event.target.closest('a[href]')
		if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey ||
			event.metaKey || event.shiftKey) return
		if (link.origin !== location.origin || link.hash || link.target) return
		event.preventDefault()
		go(link.href)
	}

	function begin() {
		Desk.camera.files = { worker: file('worker'), zxing: file('zxing'), wasm: file('wasm') }
		Desk.camera.onText = (text, shown) => look(text, shown, 'frame')
		Desk.wedge(document, {
			found: text => look(text, performance.now(), 'wedge'),
			single: digit,
		})
		document.addEventListener('submit', submitted)
		document.addEventListener('click', clicked)
		document.addEventListener('keydown', shortcut)
		for (const kind of ['pointerdown', 'keydown'])
			document.addEventListener(kind, () => {
				touched = performance.now()
				Desk.sound.unlock()
			}, { passive: true })
		document.addEventListener('input', event => {
			if (event.target.matches('[data-volume]'))
				Desk.sound.volume(Number(event.target.value))
		})
		document.addEventListener('visibilitychange', awake)
		addEventListener('popstate', () => go(location.href))
		setInterval(tick, 1000)
		root.classList.add('has-script')
		drawn()
		// a page that was loaded anew in the middle of a shift
		if (document.getElementById('scan')) {
			start()
			Desk.strip.run()
		}
	}

	Object.assign(Desk, { show, go, settled, look, drawn, start, say })
	begin()
})()
