// A shift in a real browser, on the real programs: a registrar with its sample, two gates and their
// desks. An officer starts a shift by the keyboard, scans with a scanner on a Canadian French layout
// and with a camera, admits, denies for each reason, takes back, searches, records an exit, locks,
// hands over and ends; a supervisor stops both doors; the registrar goes away. Every verdict is
// photographed and judged by axe.
//
//     node walk.mjs BUILD [STEP,...]
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { launch, look, note, ok, plan, sleep, watch } from '../lib/browser.mjs'
import { film, measured, spread, wedge } from '../lib/door.mjs'
import { House, OFFICER, SUPERVISOR, TODAY, TOMORROW, startShift, verdict, word }
	from '../lib/house.mjs'

const build = resolve(process.argv[2])
const shots = join(build, 'screenshots', 'desk')
const house = new House(build)
const shown = name => join(shots, `walk-${name}.png`)
const holds = (promise, name) => promise.then(() => ok(true, name),
	error => ok(false, name, error.message))

// Scans until it is what the screen shows: a busy machine may hold a key back too long.
async function scan(page, text, expected, name) {
	for (let i = 0; i < 3; i++) {
		await wedge(page, text, { layout: 'fr-CA' })
		if (await verdict(page, expected, 4000).then(() => true, () => false))
			return ok(true, name)
		await sleep(5200)
	}
	return ok(false, name, `the screen says ${await word(page)}`)
}

async function photograph(page, name) {
	await look(page, shots, `walk-${name}`)
	await page.setViewportSize({ width: 1280, height: 900 })
	await page.emulateMedia({ colorScheme: 'light' })
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

// Good passes of today, each used once.
function* good() {
	for (const pass of house.passes())
		if (pass.status === 'confirmed' && pass.qr) yield pass
}

async function machine(page, passes) {
	const first = passes.next().value
	await scan(page, first.qr, /ADMIT|CHECK/, 'a good pass is previewed')
	ok((await page.textContent('.person__name')).includes(first.person), 'with its name')
	await photograph(page, 'preview')
	await page.keyboard.press('F9')
	await holds(verdict(page, 'ADMITTED'), 'F9 admits')
	await photograph(page, 'admitted')
	await sleep(5200)
	await scan(page, first.qr, 'DUPLICATE', 'a second person on it is a duplicate')
	const told = await page.textContent('.before')
	ok(told.includes('north-door') && told.includes(OFFICER[0]) && /\d\d:\d\d/.test(told),
		'which says when, where and by whom', told)
	await photograph(page, 'already-inside')
	const revoked = house.passes().find(p => p.status === 'revoked' && p.qr)
	if (revoked) await scan(page, revoked.qr, 'STOP', 'a revoked pass is stopped')
	await photograph(page, 'revoked')
	const other = house.passes(TOMORROW).find(p => p.qr)
	await scan(page, other.qr, 'STOP', 'a pass of another conference is stopped')
	await photograph(page, 'wrong-conference')
	const spoilt = passes.next().value.qr
	await scan(page, spoilt.slice(0, 60) + (spoilt[60] === 'A' ? 'B' : 'A') + spoilt.slice(61),
		/STOP|NO PASS/, 'a spoilt pass is stopped')
	await photograph(page, 'spoilt')
	await scan(page, 'HTTPS://EXAMPLE.ORG/MENU', 'NO PASS', 'what is no pass is said to be none')
	await photograph(page, 'malformed')
	await page.reload()
	ok(await word(page) === 'NO PASS', 'a reload shows the same look')
}

async function officers(page, passes) {
	for (let i = 1; i <= 7; i++) {
		const next = passes.next().value ?? house.passes().filter(p => p.status === 'confirmed')[i]
		await scan(page, next.qr, /ADMIT|CHECK|REFUSED|REFER/, `a pass for the officer's reason ${i}`)
		if (i === 7) await page.fill('.verdict [name="words"]', 'Asked to leave.')
		await page.focus('#word')
		await page.keyboard.press('F4')
		await page.keyboard.press(String(i))
		await holds(verdict(page, 'REFUSED'), `F4 and ${i} deny`)
		if (i === 1 || i === 7) await photograph(page, `refused-${i}`)
	}
}

async function elsewise(page, base, passes) {
	const pass = house.passes().filter(p => p.status === 'confirmed').at(-1)
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
	await sleep(5200)
	await scan(page, pass.qr, 'EXIT', 'an exit is recorded')
	await photograph(page, 'exit')
	await page.goto(`${base}/desk?way=in`)
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
	await startShift(other, await house.desk('south-door'))
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

async function offline(page, base) {
	await page.goto(`${base}/desk`)
	await house.leave()
	await holds(page.locator('.chip--offline').first().waitFor({ timeout: 40000 }),
		'without the registrar the strip says offline')
	const pass = house.passesBefore.filter(p => p.status === 'confirmed')[2]
	await scan(page, pass.qr, /ADMIT|CHECK/, 'and the door goes on')
	await photograph(page, 'offline')
	await page.keyboard.press('F9')
	await holds(verdict(page, 'ADMITTED'), 'and admits')
	await photograph(page, 'admitted-offline')
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

// The real desk with a camera: from the frame that shows a pass to the verdict on the screen.
async function camera() {
	const scenes = []
	for (const pass of house.passes().filter(p => p.qr).slice(0, 8))
		scenes.push({ text: pass.qr, seconds: 0.8, width: 340, angle: 6 }, { seconds: 0.5 })
	const browser = await launch(...film(build, join(house.folder, 'queue.mjpeg'), scenes))
	const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
	await startShift(page, await house.desk('west-door'))
	await holds(page.locator('.verdict').waitFor({ timeout: 15000 }), 'the camera brings a verdict')
	for (let i = 0; i < 25 && (await measured(page)).length < 16; i++) await sleep(1000)
	const times = await measured(page)
	ok(times.length >= 8, 'each pass of the film was looked at', times.length)
	note(`camera frame to verdict, real desk: ${spread(times)}`)
	await page.screenshot({ path: shown('camera') })
	await browser.close()
}

mkdirSync(shots, { recursive: true })
try {
	await house.open('north-door', 'south-door', 'west-door')
	house.passesBefore = house.passes()
	const base = await house.desk('north-door')
	const browser = await launch()
	const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, bypassCSP: true })
	const complaints = watch(page, base)
	const passes = good()
	const steps = { begin: () => begin(page, base), machine: () => machine(page, passes),
		officers: () => officers(page, passes), elsewise: () => elsewise(page, base, passes),
		others: () => others(page, base), stops: () => stops(page, base, browser),
		offline: () => offline(page, base), end: () => end(page, base), camera }
	const asked = process.argv[3]?.split(',') ?? Object.keys(steps)
	for (const [name, step] of Object.entries(steps).filter(([name]) => asked.includes(name)))
		await step().catch(error => ok(false, `${name} ran to its end`, error.stack))
	ok(complaints.length === 0, 'nothing is fetched from elsewhere, and nothing complains',
		...complaints)
	await browser.close()
} catch (error) {
	ok(false, 'the walk ran to its end', error.stack)
} finally {
	await house.close()
}
plan()
