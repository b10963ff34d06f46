// strip: keeps what stands above every page true. /desk/now answers when something changed; the
// strip and a STOP are then taken from the page the gate writes, so that words live in one place.
'use strict'
;(() => {
	const Desk = globalThis.Desk ??= {}
	const AGAIN_MS = [500, 1000, 2000, 4000]
	let running = false, failures = 0

	const sleep = ms => new Promise(done => setTimeout(done, ms))
	const strip = () => document.getElementById('strip')

	// What the officer reads when the gate itself does not answer.
	function lost(is) {
		const box = document.getElementById('lost')
		document.documentElement.classList.toggle('is-lost', is)
		if (!box || box.hidden === !is) return
		box.hidden = !is
		box.textContent = is ? 'This screen has lost its gate. What it shows may be old, and nothing ' +
			'can be recorded here. Use the paper list. It tries again by itself.' : ''
	}

	// Puts a stop up or takes it down, with the word for those who don't see it.
	function cover(fresh) {
		const page = document.getElementById('page')
		const shown = page.querySelector(':scope > .cover')
		const coming = fresh.querySelector('#page > .cover')
		if (shown?.textContent === coming?.textContent) return
		shown?.remove()
		if (coming) page.prepend(document.adoptNode(coming))
		document.getElementById('say').textContent = coming ? '' : 'The stop is lifted.'
		if (coming) Desk.sound.play('stop')
	}

	// Leaves the page that has this strip. What the officer has asked for goes first: it may be what
	// ended the shift or locked the screen, and its answer is the one to be shown.
	async function leave(here, way) {
		await Desk.settled()
		if (strip() === here) await way()
	}

	async function renew(here) {
		// so marked, it does not count as somebody at the desk
		const answer = await fetch('/desk', { headers: { 'Pressgate-Renew': '1' } })
		const text = await answer.text()
		if (strip() !== here) return
		if (new URL(answer.url).pathname !== '/desk' || !answer.ok)
			return leave(here, () => Desk.show(text, answer.url))
		const fresh = new DOMParser().parseFromString(text, 'text/html')
		const coming = fresh.getElementById('strip')
		if (!coming) return
		const held = document.activeElement?.closest('#strip') &&
			document.activeElement.getAttribute('aria-keyshortcuts')
		strip().replaceWith(document.adoptNode(coming))
		if (held) strip().querySelector(`[aria-keyshortcuts="${held}"]`)?.focus()
		cover(fresh)
		Desk.drawn?.()
	}

	// False once the browser is on its way to another page.
	async function once() {
		const here = strip()
		const answer = await fetch('/desk/now?seen=' + encodeURIComponent(here.dataset.tag))
		// another page may have come while this waited: its strip is newer
		if (strip() !== here) return true
		if (answer.status === 403) {
			await leave(here, () => location.assign('/shift'))
			return strip() !== here
		}
		if (!answer.ok) throw new Error(String(answer.status))
		const now = await answer.json()
		failures = 0
		lost(false)
		// ages grow without a change: renewed at each answer
		await (now.locked ? leave(here, () => Desk.go('/shift/unlock')) : renew(here))
		return true
	}

	async function run() {
		if (running) return
		running = true
		while (strip()?.dataset.tag) {
			try {
				if (!await once()) break
			} catch {
				if (++failures > 1) lost(true)
				await sleep(AGAIN_MS[Math.min(failures, AGAIN_MS.length) - 1])
			}
		}
		running = false
	}

	Desk.strip = { run, lost }
})()
