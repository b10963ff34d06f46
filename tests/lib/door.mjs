// What a test of the door needs besides a browser: a scanner that types, a film for the camera, and
// colour vision of others.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sleep } from './browser.mjs'

const here = dirname(fileURLToPath(import.meta.url))

// The key position, on a US keyboard, of each character a pass may hold, and whether with Shift.
const signs = { ' ': 'Space', '-': 'Minus', '.': 'Period', '/': 'Slash' }
const shifted = { '$': 'Digit4', '%': 'Digit5', '*': 'Digit8', '+': 'Equal', ':': 'Semicolon' }

function position(sign) {
	if (/[A-Z]/.test(sign)) return { code: `Key${sign}`, shift: true }
	if (/[a-z]/.test(sign)) return { code: `Key${sign.toUpperCase()}`, shift: false }
	if (/[0-9]/.test(sign)) return { code: `Digit${sign}`, shift: false }
	if (signs[sign]) return { code: signs[sign], shift: false }
	if (shifted[sign]) return { code: shifted[sign], shift: true }
	throw new Error(`no key for ${JSON.stringify(sign)}`)
}

// What the machine's own layout makes of a position that a US scanner presses.
const layouts = {
	us: {},
	'fr-CA': { Slash: ['é', 'É'], Backquote: ['#', '|'], Quote: ['`', '`'],
		BracketLeft: ['^', '^'], Backslash: ['<', '>'], Digit3: ['3', '/'], Digit6: ['6', '?'] },
	'fr-FR': { Digit1: ['&', '1'], Digit2: ['é', '2'], Digit3: ['"', '3'], Digit4: ["'", '4'],
		Digit5: ['(', '5'], Digit6: ['-', '6'], Digit7: ['è', '7'], Digit8: ['_', '8'],
		Digit9: ['ç', '9'], Digit0: ['à', '0'], Minus: [')', '°'], Slash: ['!', '§'],
		Period: [':', '/'], Semicolon: ['m', 'M'], KeyA: ['q', 'Q'], KeyQ: ['a', 'A'],
		KeyZ: ['w', 'W'], KeyW: ['z', 'Z'], KeyM: [',', '?'] },
}

// The character that a page sees as event.key.
export function seenAs(sign, layout) {
	const { code, shift } = position(sign)
	return layouts[layout][code]?.[shift ? 1 : 0] ?? sign
}

const ends = {
	Enter: { key: 'Enter', code: 'Enter', text: '\r', windowsVirtualKeyCode: 13 },
	Tab: { key: 'Tab', code: 'Tab', windowsVirtualKeyCode: 9 },
	LF: { key: 'j', code: 'KeyJ', modifiers: 2, windowsVirtualKeyCode: 74 },
}

const KEY_MS = 3

// Types a text as a scanner with a US keyboard does on a machine with that layout. Each key carries
// the time at which the scanner sent it: a busy test machine must not make the scanner slow. Of all
// but the first the page hears `late` milliseconds later.
export async function wedge(page, text,
	{ layout = 'us', end = ['Enter'], gap = 0, late = 0 } = {}) {
	const devtools = await page.context().newCDPSession(page)
	let now = Date.now()
	const press = key => {
		const event = { ...key, timestamp: (now += gap || KEY_MS) / 1000 }
		const { text: typed, ...up } = event
		return Promise.all([
			devtools.send('Input.dispatchKeyEvent', { type: typed ? 'keyDown' : 'rawKeyDown',
				...event }),
			devtools.send('Input.dispatchKeyEvent', { type: 'keyUp', ...up })])
	}
	const pressed = []
	for (const sign of text) {
		const { code, shift } = position(sign)
		const key = seenAs(sign, layout)
		pressed.push(press({ code, key, text: key, modifiers: shift ? 8 : 0 }))
		if (gap) await sleep(gap)
		if (late && pressed.length === 1) await sleep(late)
	}
	for (const each of end)
		pressed.push(press(ends[each]))
	await Promise.all(pressed)
	await devtools.detach()
}

// Makes the film (scenes: see video.py) and gives the arguments that make it Chromium's camera.
export function film(build, path, scenes) {
	const made = spawnSync('/usr/bin/python3', ['-B', join(here, 'video.py'), path,
		join(build, 'badges', 'badges')], { input: scenes.map(s => JSON.stringify(s)).join('\n'),
		encoding: 'utf8' })
	if (made.status !== 0) throw new Error(`video.py: ${made.stderr}`)
	return ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
		`--use-file-for-fake-video-capture=${path}`]
}

// As somebody else sees the page.
export async function asSeenBy(page, shots, name, kinds = ['protanopia', 'deuteranopia',
	'tritanopia', 'achromatopsia']) {
	const devtools = await page.context().newCDPSession(page)
	for (const type of kinds) {
		await devtools.send('Emulation.setEmulatedVisionDeficiency', { type })
		await page.screenshot({ path: join(shots, `${name}-${type}.png`) })
	}
	await devtools.send('Emulation.setEmulatedVisionDeficiency', { type: 'none' })
	await devtools.detach()
}

// The milliseconds that pages measured from a camera's frame (or a scanner's last key) to the
// verdict on the screen.
export const measured = (page, kind = 'frame') => page.evaluate(name =>
	performance.getEntriesByName(name).map(e => e.duration), `${kind}-to-verdict`)

export function spread(times) {
	const sorted = [...times].sort((a, b) => a - b)
	const at = share => Math.round(sorted[Math.min(sorted.length - 1,
		Math.floor(share * sorted.length))])
	return sorted.length === 0 ? 'none' : `n ${sorted.length}, least ${at(0)}, median ${at(0.5)}, ` +
		`p90 ${at(0.9)}, most ${at(0.9999)} ms`
}
