// sound: one for each verdict, told apart by pitch, rhythm and length. Made here, nothing is loaded.
'use strict'
;(() => {
	const Desk = globalThis.Desk ??= {}
	// [hertz, seconds from the start, seconds long, shape]
	const sounds = {
		// a question: short and level; what sounds good is heard only once somebody is let in
		ask: [[440, 0, 0.09, 'sine']],
		admitted: [[660, 0, 0.1, 'sine'], [990, 0.1, 0.1, 'sine'], [1320, 0.2, 0.3, 'sine']],
		check: [[520, 0, 0.16, 'triangle'], [520, 0.26, 0.16, 'triangle']],
		deny: [[180, 0, 0.18, 'square'], [140, 0.22, 0.18, 'square'], [180, 0.44, 0.3, 'square']],
		stop: [[880, 0, 0.2, 'sawtooth'], [440, 0.2, 0.2, 'sawtooth'], [880, 0.4, 0.2, 'sawtooth'],
			[440, 0.6, 0.4, 'sawtooth']],
		again: [[300, 0, 0.05, 'sine']],
		exit: [[990, 0, 0.12, 'sine'], [660, 0.12, 0.24, 'sine']],
	}
	const shakes = { ask: [30], admitted: [60], check: [60, 80, 60], deny: [250, 80, 250], stop: [400, 100, 400] }
	let context

	function volume(percent) {
		try {
			if (percent !== undefined) localStorage.setItem('volume', String(percent))
			const kept = parseInt(localStorage.getItem('volume') ?? '70', 10)
			return Number.isFinite(kept) ? Math.min(100, Math.max(0, kept)) : 70
		} catch {
			return percent ?? 70 // storage may be closed to us
		}
	}

	// In a tap or a key press only: browsers keep a page silent until somebody touches it.
	async function unlock() {
		try {
			if (navigator.userActivation?.hasBeenActive !== false)
				context ??= new AudioContext()
			if (context && !ready()) await context.resume()
		} catch { /* a machine without sound */ }
		document.documentElement.classList.toggle('is-silent', !ready())
	}

	const ready = () => context?.state === 'running'

	function note([hertz, from, long, shape], loud) {
		const start = context.currentTime + from
		const gain = context.createGain(), tone = context.createOscillator()
		tone.type = shape
		tone.frequency.value = hertz
		gain.gain.setValueAtTime(0, start)
		gain.gain.linearRampToValueAtTime(loud, start + 0.01)
		gain.gain.setValueAtTime(loud, start + long - 0.02)
		gain.gain.linearRampToValueAtTime(0, start + long)
		tone.connect(gain).connect(context.destination)
		tone.start(start)
		tone.stop(start + long)
	}

	function play(name) {
		if (!sounds[name]) return
		Desk.sound.played.push(name)
		navigator.vibrate?.(shakes[name] ?? 40)
		if (!ready()) return
		for (const each of sounds[name])
			note(each, volume() / 100 * (each[3] === 'sine' ? 0.9 : 0.35))
	}

	Desk.sound = { play, unlock, volume, ready, played: [] }
})()
