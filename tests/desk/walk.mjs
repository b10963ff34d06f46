// A shift in a real browser, on the real programs: a registrar with its sample, gates and their
// desks. A queue of ten stands before a camera; an officer starts a shift by the keyboard, scans with
// a scanner on a Canadian French layout, admits, takes back, searches, records an exit, locks, hands
// over and ends; a supervisor stops both doors; the registrar goes away and comes back. Every verdict
// is photographed and judged by axe, and at the end each of them stands in the registrar's books.
//
//     node walk.mjs BUILD [STEP,...]
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { launch, look, note, ok, plan, watch } from '../lib/browser.mjs'
import { wedge } from '../lib/door.mjs'
import { House, OFFICER, SUPERVISOR, TODAY, TOMORROW, startShift, verdict, word }
	from '../lib/house.mjs'
import { Ledger } from './ledger.mjs'
import * as queue from './queue.mjs'

const build = resolve(process.argv[2])
const shots = join(build, 'screenshots', 'desk')
const house = new House(build)
const ledger = new Ledger(house)
// somebody of the sample with a pass of today
const ACCREDITED = ['Ana Ferreira', 'ana.ferreira@lumen.example']
const holds = (promise, name) => promise.then(() => ok(true, name),
	error => ok(false, name, error.message))

// Scans until it is what the screen shows: a busy machine may hold a key back too long. A page that
// is loaded anew has forgotten which codes it saw.
async function scan(page, text, expected, name, reason) {
	const sign = page.locator(reason ? `.verdict[data-reason="${reason}"] #word` : '#word')
		.filter({ hasText: expected })
	for (let i = 0; i < 8; i++) {
		await wedge(page, text, { layout: 'fr-CA' })
		if (await sign.waitFor({ timeout: 5000 }).then(() => true, () => false))
			return ok(true, name)
		await page.reload()
		if (await sign.count()) return ok(true, name)
	}
	return ok(false, name, `the screen says ${await word(page)}`,
		await page.locator('.verdict').getAttribute('data-reason').catch(() => 'no verdict'))
}

async function photograph(page, name) {
	// the same pages in the dark, and as others see colours: stage.mjs
	await look(page, shots, `walk-${name}`, { once: true, schemes: ['light'] })
	await page.setViewportSize({ width: 1280, height: 900 })
}

async function begin(page, base) {
	await page.goto(`${base}/`)
	ok(page.url().endsWith('/shift'), 'without a shift the desk asks for one')
	await photograph(page, 'start')
	await page.focus('[name="officer"]')
	await page.keyboard.type(OFFICER[0], { delay: 110 })
	await page.keyboard.press('Tab')
	await page.keyboard.type('wrong', { delay: 110 })
	await page.keyboard.press('Enter')
	await holds(page.locator('.problem, .govuk-error-summary').first().waitFor({ timeout: 9000 }),
		'a wrong PIN is refused with words')
	await photograph(page, 'start-wrong')
	await startShift(page, base)
	ok(await word(page) === 'Ready', 'a right one starts the shift')
	ok((await page.textContent('#strip')).includes('north-door'), 'the strip names the door')
	await photograph(page, 'ready')
}

// Good passes of today that nobody came in on.
const unused = () => house.passes().filter(p => p.status === 'confirmed' &&
	!ledger.cameIn(p.person))

async function machine(page) {
	const [first] = unused()
	await scan(page, first.qr, /ADMIT|CHECK/, 'a good pass is previewed')
	ok((await page.textContent('.person__name')).includes(first.person), 'with its name')
	await photograph(page, 'preview')
	await page.keyboard.press('F9')
	await holds(verdict(page, 'ADMITTED'), 'F9 admits')
	await photograph(page, 'admitted')
	const revoked = house.passes().find(p => p.status === 'revoked')
	await scan(page, revoked.qr, 'STOP', 'a revoked pass is stopped', 'revoked')
	await photograph(page, 'revoked')
	const other = house.passes(TOMORROW).find(p => p.qr)
	await scan(page, other.qr, 'STOP', 'a pass of another conference is stopped', 'wrong-conference')
	await photograph(page, 'wrong-conference')
	await scan(page, 'HTTPS://EXAMPLE.ORG/MENU', 'NO PASS', 'what is no pass is said to be none',
		'malformed')
	await photograph(page, 'malformed')
	await page.reload()
	ok(await word(page) === 'NO PASS', 'a reload shows the same look')
	await scan(page, first.qr, 'DUPLICATE', 'a second person on a pass is a duplicate',
		'already-inside')
	const told = await page.textContent('.before')
	ok(told.includes('north-door') && told.includes(OFFICER[0]) && /\d\d:\d\d/.test(told),
		'which says when, where and by whom', told)
	await photograph(page, 'already-inside')
}

async function elsewise(page, base) {
	const pass = unused().at(-1)
	await page.keyboard.press('F3')
	await page.locator('h1', { hasText: 'Search' }).waitFor()
	await page.keyboard.type(pass.person.slice(0, 4).toLowerCase(), { delay: 110 })
	await page.keyboard.press('Enter')
	await holds(page.locator('.found').first().waitFor({ timeout: 5000 }), 'F3 searches')
	await photograph(page, 'search')
	await page.locator('.found', { hasText: pass.person }).locator('button').click()
	await holds(verdict(page, 'CHECK'), 'somebody picked is to be checked')
	await photograph(page, 'picked')
	await page.keyboard.press('F9')
	await holds(verdict(page, 'ADMITTED'), 'and admitted')
	await page.keyboard.press('F8')
	await holds(verdict(page, 'UNDONE'), 'F8 takes it back')
	await photograph(page, 'undone')
	await page.keyboard.press('F9')
	await holds(verdict(page, 'ADMITTED'), 'and F9 admits again')
	await page.keyboard.press('F2')
	await page.keyboard.type(pass.code, { delay: 110 })
	await page.keyboard.press('Enter')
	await holds(verdict(page, 'DUPLICATE'), 'F2: a typed code finds the same person')
	await page.goto(`${base}/desk?way=out`)
	await scan(page, pass.qr, 'EXIT', 'an exit is recorded')
	await photograph(page, 'exit')
	await page.goto(`${base}/desk?way=in`)
	await scan(page, pass.qr, 'USED', 'who left does not come back on the pass', 'already-used')
	await photograph(page, 'already-used')
	const [barred] = unused()
	house.registrar('restrict', 'add', '--outlet', barred.outlet, '--words',
		'Access is under review')
	await scan(page, barred.qr, 'STOP', 'a restricted outlet is stopped', 'restricted')
	await photograph(page, 'restricted')
	const [line] = house.registrar('restrict', 'list').match(/^\s*\d+/m)
	house.registrar('restrict', 'lift', line.trim())
	const [name, email] = ACCREDITED
	house.registrar('accreditation', 'suspend', email, '--words', 'Asked for by the Service')
	await scan(page, house.passes().find(p => p.person === name).qr, 'STOP',
		'a suspended accreditation is stopped', 'suspended')
	await photograph(page, 'suspended')
	house.registrar('accreditation', 'restore', email, '--words', 'Cleared')
}

async function others(page, base) {
	for (const path of ['/desk/last', '/desk/refer', '/desk/referrals', '/desk/conflicts',
		'/desk/stop', '/desk/override', '/desk/accept-stale', '/ready', '/pair']) {
		await page.goto(base + path)
		await photograph(page, path.slice(1).replace('/', '-'))
	}
	await page.goto(`${base}/ready`)
	await wedge(page, 'ACR1:TEST CARD 0123456789 $%*+-./: ABCDEFGHIJKLMNOPQRSTUVWXYZ',
		{ layout: 'fr-CA' })
	await holds(page.locator('.finding--ok[role="status"]').waitFor({ timeout: 8000 }),
		'the test card is read without fault on a Canadian French layout')
	await photograph(page, 'ready-card')
}

async function stops(page, base, browser) {
	// cookies know no ports: another gate's screen is another browser
	const apart = await browser.newContext({ viewport: { width: 1280, height: 900 },
		bypassCSP: true })
	const other = await apart.newPage()
	await startShift(other, south)
	await page.goto(`${base}/desk/stop`)
	await page.fill('[name="words"]', 'Everybody stays outside until the room is searched.')
	for (const [name, i] of [['supervisor', 0], ['pin', 1]])
		if (await page.locator(`[action="/desk/stop"] [name="${name}"]`).count())
			await page.fill(`[action="/desk/stop"] [name="${name}"]`, SUPERVISOR[i])
	const begun = Date.now()
	await page.click('[name="scope"][value="conference"]')
	await holds(other.locator('.cover').waitFor({ timeout: 15000 }),
		'a stop at one gate covers the other')
	note(`a stop reached the other door's screen after ${Date.now() - begun} ms`)
	ok((await other.textContent('.cover')).includes('room is searched'), 'with its words')
	await photograph(other, 'stop')
	await page.goto(`${base}/desk/stop`)
	await page.click('.slip summary')
	const lift = page.locator('[action="/desk/lift"]').first()
	await lift.locator('[name="words"]').fill('Searched.')
	for (const [name, i] of [['supervisor', 0], ['pin', 1]])
		if (await lift.locator(`[name="${name}"]`).count())
			await lift.locator(`[name="${name}"]`).fill(SUPERVISOR[i])
	await lift.locator('button').click()
	await holds(other.locator('.cover').waitFor({ state: 'detached', timeout: 15000 }),
		'and lifting it opens both')
	await apart.close()
}

// Nobody answers now: a gate whose clock was set back, but not to before the key of the pass began,
// for then the pass is not valid yet; then one whose lists have grown old.
async function clocks(browser) {
	for (const [seconds, expected, reason] of [[-43200, 'REFER', 'clock-suspect'],
		[50000, 'REFER', 'roster-stale']]) {
		const context = await queue.visitor(browser, ledger, 'east-door')
		const page = await context.newPage()
		await startShift(page, await house.desk('east-door', { env: queue.at(seconds) }), OFFICER,
			queue.ROOM)
		await scan(page, room.old, expected, `a gate's clock is ${seconds} s off: ${reason}`, reason)
		await photograph(page, reason)
		await house.shut('east-door')
		await context.close()
	}
}

async function offline(page, base, browser) {
	await page.goto(`${base}/desk`)
	const [pass] = unused()
	house.enrol('east-door')
	house.sync('east-door')
	await house.leave()
	await holds(page.locator('.chip--offline').first().waitFor({ timeout: 40000 }),
		'without the registrar the strip says offline')
	await scan(page, pass.qr, /ADMIT|CHECK/, 'and the door goes on')
	await photograph(page, 'offline')
	await page.keyboard.press('F9')
	await holds(verdict(page, 'ADMITTED'), 'and admits')
	await photograph(page, 'admitted-offline')
	if (queue.canShift()) await clocks(browser)
	else note('libfaketime is not here: two verdicts stand on the stage only')
	await house.serve()
	await holds(page.locator('.strip--offline').waitFor({ state: 'detached', timeout: 120000 }),
		'when it is back the strip says so')
}

async function end(page, base) {
	await page.goto(`${base}/desk`)
	await page.keyboard.press('F12')
	await holds(page.locator('h1', { hasText: 'Locked' }).waitFor({ timeout: 8000 }), 'F12 locks')
	ok(!(await page.content()).includes('person__name'), 'and shows nobody')
	await photograph(page, 'locked')
	await page.fill('[name="pin"]', OFFICER[1])
	await page.keyboard.press('Enter')
	await holds(page.locator('.stage').waitFor({ timeout: 15000 }), 'the PIN unlocks')
	await page.goto(`${base}/shift/hand-over`)
	await photograph(page, 'hand-over')
	await page.fill('[name="officer"]', SUPERVISOR[0])
	await page.fill('[name="pin"]', SUPERVISOR[1])
	await page.click('.act--go')
	await page.locator('.stage').waitFor({ timeout: 15000 })
	ok((await page.textContent('#strip')).includes(SUPERVISOR[0]), 'handed over')
	await page.goto(`${base}/shift/end`)
	await photograph(page, 'end')
	await page.click('main form button')
	await page.locator('h1', { hasText: 'Shift ended' }).waitFor({ timeout: 8000 })
	await photograph(page, 'ended')
}

mkdirSync(shots, { recursive: true })
let room, south
try {
	// a gate that is enrolled and silent would be told of at each admission: others come later
	await house.open('north-door', 'south-door', 'west-door')
	room = queue.furnish(house)
	house.sync('south-door')
	const base = await house.desk('north-door')
	south = await house.desk('south-door')
	const browser = await launch()
	const context = await queue.visitor(browser, ledger, 'north-door')
	const page = await context.newPage()
	const complaints = watch(page, base)
	const tools = { house, ledger, photograph, scan, room }
	const steps = { begin: () => begin(page, base), camera: () => queue.camera(tools),
		machine: () => machine(page), elsewise: () => elsewise(page, base),
		reasons: () => queue.reasons(tools, browser, south),
		others: () => others(page, base), stops: () => stops(page, base, browser),
		paper: () => queue.paper(tools, browser, unused()[0]),
		offline: () => offline(page, base, browser), end: () => end(page, base),
		books: async () => {
			await context.close()
			await ledger.settle()
			ledger.saw([...queue.decided, ...queue.denials, ...queue.canShift() ? queue.byClock : [],
				...house.mounts.length ? queue.byDisk : []])
		} }
	const asked = process.argv[3]?.split(',') ?? Object.keys(steps)
	for (const [name, step] of Object.entries(steps).filter(([name]) => asked.includes(name))) {
		const begun = Date.now()
		await step().catch(error => ok(false, `${name} ran to its end`, error.stack))
		note(`${name}: ${Math.round((Date.now() - begun) / 1000)} s`)
	}
	ok(complaints.length === 0, 'nothing is fetched from elsewhere, and nothing complains',
		...complaints)
	await browser.close()
} catch (error) {
	ok(false, 'the walk ran to its end', error.stack)
} finally {
	await house.close()
}
plan()
