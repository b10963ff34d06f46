// Steps of the walk: ten people before a camera, and passes for every reason that a gate gives.
import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { launch, note, ok } from '../lib/browser.mjs'
import { film, measured, spread } from '../lib/door.mjs'
import { TODAY, startShift, verdict, word } from '../lib/house.mjs'

export const ROOM = 'small-room'
const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1'
const REPORTER = 1, PHOTOGRAPHER = 2
export const denials = ['screening-refused', 'no-identification', 'identity-mismatch',
	'prohibited-item', 'conduct', 'service-restricted', 'other']

// What a gate decides by itself (gate/door/decide.h), and what it needs for the last three.
export const decided = ['malformed', 'unknown-key', 'bad-signature', 'wrong-conference',
	'wrong-class', 'not-yet-valid', 'expired', 'restricted', 'suspended', 'revoked',
	'not-on-roster', 'already-inside', 'already-used', 'full']
export const byClock = ['clock-suspect', 'roster-stale'], byDisk = ['journal-unavailable']

export const canShift = () => existsSync(FAKETIME)

// The environment of a program whose wall clock is off by so much; boot time is not.
export const at = seconds => ({ LD_PRELOAD: FAKETIME, FAKETIME: `${seconds < 0 ? '' : '+'}${seconds}s`,
	FAKETIME_DONT_FAKE_MONOTONIC: '1' })

// A browser of its own at that gate, whose verdicts are kept. Cookies know no ports.
export async function visitor(browser, ledger, gate) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 },
		bypassCSP: true })
	await ledger.follow(context, gate)
	return context
}

// A room for one, where only reporters may enter and nobody registers, and passes made by its key
// and by others: each good but for one thing.
export function furnish(house) {
	const soon = new Date(Date.now() + 3600e3).toISOString().slice(0, 16)
	const numbers = () => new Map(house.registrar('conference', 'list', '--json').trim().split('\n')
		.map(line => JSON.parse(line)).map(c => [c.slug, c.number]))
	house.registrar('conference', 'add', '--slug', ROOM, '--title', 'The small room', '--starts',
		soon, '--capacity', '1', '--classes', 'reporter', '--no-pre-registration')
	const keys = house.registrar('keys', 'list').split('\n').map(line => line.split(/\s+/))
	const known = numbers(), now = Math.floor(Date.now() / 1000), day = 86400
	const secret = slug => join(house.data, 'keys',
		`pass-${keys.find(k => k[1] === 'pass' && k.at(-1) === String(known.get(slug)))[0]}.key`)
	const strange = join(house.folder, 'strange.key')
	house.run('badges', 'keygen', '--secret', strange)
	const sign = (key, slug, claims) => {
		const ran = spawnSync(join(house.build, 'badges', 'badges'), ['sign', '--secret', key],
			{ input: JSON.stringify({ conference: known.get(slug), class: REPORTER, nbf: now - 3 * day,
				exp: now + 3 * day, ...claims }) + '\n', encoding: 'utf8' })
		if (ran.status !== 0) throw new Error(`badges sign: ${ran.stderr}`)
		return ran.stdout.trim()
	}
	const one = claims => sign(secret(ROOM), ROOM, claims)
	return { one: one(), two: one(), old: one(), photographer: one({ class: PHOTOGRAPHER }),
		early: one({ nbf: now + day }), late: one({ exp: now - day }),
		strange: sign(strange, ROOM, {}), unlisted: sign(secret(TODAY), TODAY, {}) }
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'

// The pass with another signature, which stands at its end: one bit of base45 (RFC 9285) is changed.
function forged(qr) {
	const body = qr.slice('ACR1:'.length), from = Math.floor(body.length / 3) * 3 - 3
	const bytes = [...body.slice(from, from + 3)].reduce((sum, sign, i) =>
		sum + ALPHABET.indexOf(sign) * 45 ** i, 0) ^ 1
	const signs = [0, 1, 2].map(i => ALPHABET[Math.floor(bytes / 45 ** i) % 45]).join('')
	return qr.slice(0, 'ACR1:'.length) + body.slice(0, from) + signs + body.slice(from + 3)
}

// Every reason that a gate gives of itself where a pass brings it, at a second gate.
export async function reasons({ ledger, scan, photograph, room }, browser, base) {
	const context = await visitor(browser, ledger, 'south-door')
	const page = await context.newPage()
	await startShift(page, base, undefined, ROOM)
	for (const [pass, expected, reason] of [[room.strange, 'STOP', 'unknown-key'],
		[forged(room.one), 'STOP', 'bad-signature'], [room.photographer, 'STOP', 'wrong-class'],
		[room.early, 'STOP', 'not-yet-valid'], [room.late, 'STOP', 'expired']]) {
		await scan(page, pass, expected, `${reason}: ${expected}`, reason)
		await photograph(page, reason)
	}
	await scan(page, room.one, /ADMIT\?|CHECK/, 'there is room for one')
	await page.keyboard.press('F9')
	await verdict(page, 'ADMITTED')
	await scan(page, room.two, 'STOP', 'and no more', 'full')
	await photograph(page, 'full')
	// a full room would be told of before its old list (see clocks in walk.mjs)
	await page.goto(`${base}/desk?way=out`)
	await scan(page, room.one, 'EXIT', 'until somebody leaves')
	await page.goto(`${base}/shift/end`)
	await page.click('main form button')
	await page.locator('h1', { hasText: 'Shift ended' }).waitFor()
	await startShift(page, base)
	await scan(page, room.unlisted, 'REFER', 'a genuine pass of nobody is referred', 'not-on-roster')
	await photograph(page, 'not-on-roster')
	await context.close()
}

// A gate whose disk is full: nobody is let in by it, and with room again it goes on by itself.
export async function paper({ house, ledger, scan, photograph }, browser, pass) {
	const gate = 'full-door', filler = join(house.folder, gate, 'filler')
	if (!house.small(gate, '8m'))
		return note('nothing can be mounted here: a full disk stands on the stage only')
	house.enrol(gate)
	house.sync(gate)
	const context = await visitor(browser, ledger, gate)
	const page = await context.newPage()
	await startShift(page, await house.desk(gate))
	try {
		for (const bytes = Buffer.alloc(4096); ;) appendFileSync(filler, bytes)
	} catch (error) {
		if (error.code !== 'ENOSPC') throw error
	}
	// the store's own files may have room inside for some entries more
	const tries = await page.evaluate(async () => {
		const csrf = document.querySelector('#scan [name="csrf"]').value
		for (let n = 0; n < 300; n++) {
			const body = new URLSearchParams({ csrf, text: `FILL ${n}` })
			if ((await fetch('/desk/look', { method: 'POST', body })).status === 503) return n
		}
	})
	note(`${tries} more entries went onto the full disk`)
	await scan(page, pass.qr, /ADMIT\?|CHECK|PAPER LIST/, 'a good pass before a full disk')
	await page.keyboard.press('F9')
	await verdict(page, 'PAPER LIST')
	ok(await page.locator('.verdict[data-reason="journal-unavailable"]').count() === 1,
		'is not let in by this gate: use the paper list')
	await photograph(page, 'journal-unavailable')
	unlinkSync(filler)
	await page.reload()
	await scan(page, pass.qr, /ADMIT\?|CHECK/, 'with room again it goes on by itself')
	await context.close()
}

// The one who stands there: the camera waits meanwhile, as the next in a queue does. What came of it
// is read from the screen, for somebody else may have stepped forward at the last moment.
async function serve(page, wanted) {
	await page.evaluate(() => { Desk.camera.paused = true })
	await page.locator('html:not(.is-working)').waitFor({ state: 'attached' })
	if (wanted === 'admit') {
		await page.keyboard.press('F9')
	} else {
		if (wanted === 'other') await page.fill('.verdict [name="words"]', 'Asked to leave.')
		await page.focus('#word')
		await page.keyboard.press('F4')
		await page.keyboard.press(String(denials.indexOf(wanted) + 1))
	}
	const told = page.locator('.verdict--done')
	await told.waitFor({ timeout: 8000 })
	const outcome = { person: await page.textContent('.person__name').catch(() => ''),
		word: await word(page), reason: await told.getAttribute('data-reason') }
	return outcome
}

// Ten people hold up their passes, one after another, until each was dealt with: three are let in,
// seven are refused, each for another reason.
export async function camera({ house, ledger, photograph }) {
	const people = house.passes().filter(p => p.status === 'confirmed')
	const scenes = people.flatMap((p, i) => [{ text: p.qr, seconds: 1, width: 340, angle: i - 5 },
		{ seconds: 0.4 }])
	const browser = await launch(...film(house.build, join(house.folder, 'queue.mjpeg'), scenes))
	try {
		const context = await visitor(browser, ledger, 'west-door')
		const page = await context.newPage()
		await startShift(page, await house.desk('west-door'))
		const left = ['admit', ...denials, 'admit', 'admit'], served = new Set()
		let seen = ''
		for (const end = Date.now() + 150e3; left.length && Date.now() < end;) {
			await page.evaluate(() => { Desk.camera.paused = false })
			const next = page.locator(`.verdict--ask:not([data-look="${seen}"])`)
			await next.waitFor({ timeout: 30000 })
			seen = await next.getAttribute('data-look')
			if (served.has((await page.textContent('.person__name')).trim())) continue
			const outcome = await serve(page, left[0])
			served.add(outcome.person.trim())
			const is = outcome.word === 'ADMITTED' ? 'admit' : outcome.reason
			if (is === left[0] && ['ADMITTED', 'REFUSED'].includes(outcome.word)) {
				if (is === 'other') await photograph(page, 'refused')
				left.shift()
			}
		}
		ok(people.length === 10 && left.length === 0,
			'ten people before the camera: three let in, seven refused, for each reason of an officer',
			`${people.length} people; not done: ${left.join(' ')}`)
		const times = await measured(page)
		ok(times.length >= 10, 'each pass of the film was looked at', times.length)
		note(`camera frame to verdict, real desk: ${spread(times)}`)
	} finally {
		await browser.close()
	}
}
