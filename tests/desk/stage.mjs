// The desk's pages in a browser, on a stage with invented values: every page and every verdict is
// photographed at 390 and 1280 px, light and dark, looked at with axe and as colour-blind people see
// it; then the scripts: scanner, camera, keys, strip, STOP.
//
//     node stage.mjs BUILD
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync }
	from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { focusIsSeen, launch, look, note, ok, plan, sleep, startPrinting, stop as stopProgram,
	targets, watch } from '../lib/browser.mjs'
import { asSeenBy, film, measured, seenAs, spread, wedge } from '../lib/door.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const build = resolve(process.argv[2])
const shots = join(build, 'screenshots', 'desk')
const folder = mkdtempSync(join(tmpdir(), 'pressgate-stage-'))
const looks = ['admit', 'check-id', 'check-name', 'admit-offline', 'check-offline',
	'admitted', 'admitted-offline', 'overridden', 'malformed', 'bad-signature', 'revoked',
	'restricted', 'already-inside', 'full', 'not-on-roster', 'roster-stale', 'refused', 'undone',
	'exited', 'asked', 'failed']
const pages = ['start', 'start-wrong', 'hand-over', 'locked', 'end', 'ended', 'search',
	'search-none', 'refer', 'referrals', 'conflicts', 'last', 'stop', 'accept-stale', 'pair',
	'join', 'ready', 'message']
const LOAD_MOST = 600_000
const stage = await startPrinting(join(build, 'tests', 'desk', 'desk_stage'))
const base = `http://127.0.0.1:${stage.port}`
const pass = 'ACR1:6BF/XL 9Z$D%K*3+0P-.E:7Q'

const strip = n => fetch(`${base}/strip/${n}`, { method: 'POST',
	headers: { 'content-type': 'application/x-www-form-urlencoded' } })
const word = page => page.textContent('#word').then(text => text.trim())
const shows = (page, name, label = `shown: ${name}`) => page.locator('.person__name')
	.filter({ hasText: name }).waitFor({ timeout: 5000 })
	.then(() => ok(true, label), error => ok(false, label, error.message))
// A busy machine may hold a key back for longer than a scanner would: once more, then.
async function scanned(page, text, options, label, shown = text) {
	for (let i = 0; i < 3; i++) {
		await wedge(page, text + 'ABC'[i], options)
		if (await page.locator('.person__name').filter({ hasText: shown })
			.waitFor({ timeout: 3000 }).then(() => true, () => false))
			return ok(true, label)
		note(`typed again: ${label}`)
	}
	return ok(false, label, await page.textContent('main'))
}
const says = (page, text, label) => page.locator('#word').filter({ hasText: text })
	.waitFor({ timeout: 8000 })
	.then(() => ok(true, label), error => ok(false, label, error.message))

async function photographs(browser) {
	const page = await browser.newPage({ bypassCSP: true, locale: 'en-CA' })
	const complaints = watch(page, base)
	await page.goto(`${base}/desk`)
	await look(page, shots, 'ready')
	for (const name of looks) {
		await strip(name.includes('offline') ? 1 : 0)
		await page.goto(`${base}/look/${name}`)
		await look(page, shots, `look-${name}`)
		await targets(page, name, 72, '.verdict button, .verdict summary, .verdict .more__open')
		await page.setViewportSize({ width: 1280, height: 900 })
		await page.emulateMedia({ colorScheme: 'light' })
		await asSeenBy(page, shots, `look-${name}`)
	}
	for (const name of pages) {
		await strip(0)
		await page.goto(`${base}/page/${name}`)
		await look(page, shots, `page-${name}`)
		await targets(page, name, 24)
	}
	for (const [n, name] of [[1, 'offline'], [2, 'troubled'], [3, 'stop']]) {
		await strip(n)
		await page.goto(`${base}/desk`)
		await look(page, shots, `strip-${name}`, { fullPage: false })
		await page.setViewportSize({ width: 1280, height: 900 })
		await asSeenBy(page, shots, `strip-${name}`)
	}
	await strip(0)
	ok(complaints.length === 0, 'no page complains, and nothing is fetched from elsewhere',
		...complaints)
	await page.close()
}

// All that the desk's page fetches, compressed, once.
async function weight(browser) {
	const context = await browser.newContext({ permissions: [] })
	const page = await context.newPage()
	let bytes = 0, fetched = []
	page.on('response', async r => {
		const sizes = await r.request().sizes().catch(() => null)
		if (sizes && r.url().startsWith(base)) fetched.push([r.url(), sizes.responseBodySize])
	})
	await page.goto(`${base}/desk`, { waitUntil: 'networkidle' }).catch(() => {})
	const links = await page.$$eval('link[rel=worker], link[rel=zxing], link[rel=wasm]',
		all => all.map(e => e.href))
	for (const link of links) {
		const answer = await context.request.get(link, { headers: { 'Accept-Encoding': 'gzip' } })
		ok(answer.headers()['content-encoding'] === 'gzip', `compressed: ${link}`)
		fetched = fetched.filter(([url]) => url !== link)
		fetched.push([link, gzipSync(await answer.body(), { level: 9 }).length])
		if (link.endsWith('.wasm'))
			ok(answer.headers()['content-type'] === 'application/wasm', 'as WebAssembly')
		ok(/immutable/.test(answer.headers()['cache-control']), 'kept for ever by its name')
	}
	fetched = fetched.filter(([url]) => !url.includes('/desk/now'))
	for (const [, size] of fetched) bytes += size
	note(`desk page: ${bytes} bytes compressed in ${fetched.length} files`)
	ok(bytes > 100_000 && bytes <= LOAD_MOST, `the desk's page is ${LOAD_MOST} bytes at most`, bytes,
		...fetched.map(f => f.join(' ')))
	const again = []
	page.on('request', r => again.push(r.url()))
	await page.goto(`${base}/desk`)
	await context.close()
}

// A scanner on every layout, with every end, wherever the focus is.
async function scanner(browser) {
	const page = await browser.newPage()
	const complaints = watch(page, base)
	await page.goto(`${base}/desk`)
	ok([...pass].map(s => seenAs(s, 'fr-CA')).join('') !== pass,
		'control: read by event.key a Canadian French layout spoils the pass')
	let n = 0
	for (const layout of ['us', 'fr-CA', 'fr-FR'])
		for (const end of [['Enter'], ['Tab'], ['LF'], ['Enter', 'LF']]) {
			const text = `${pass}${n++}`
			await scanned(page, text, { layout, end },
				`scanner, ${layout} layout, ends in ${end.join(' ')}`)
		}
	for (const id of ['text', 'q']) {
		await page.focus(`#${id}`)
		await page.keyboard.type('AB', { delay: 130 })
		await scanned(page, `${pass}${++n}`, { layout: 'fr-CA' },
			`a scan is taken while #${id} has the focus`)
	}
	await page.focus('#word')
	await wedge(page, `${pass}LATE`, { late: 400 })
	await shows(page, `${pass}LATE`, 'a scan is whole, though the page hears of its keys late')
	await page.focus('.act--plain, .more__open')
	await scanned(page, `${pass}F`, { layout: 'fr-CA' },
		'a scan presses no button that has the focus')
	await page.focus('#text')
	await page.keyboard.type('K7MN42PQ', { delay: 130 })
	ok(await page.inputValue('#text') === 'K7MN42PQ', 'a person types into a field as ever')
	await page.keyboard.press('Enter')
	await shows(page, 'K7MN42PQ', 'and Enter sends it')
	await page.focus('#word')
	await wedge(page, 'STAGE', { gap: 140 })
	await sleep(300)
	ok(!(await page.textContent('#page')).includes('STAGE'), 'slow keys are no scan')
	await scanned(page, 'X'.repeat(300), {}, 'a code that is far too long wedges nothing', 'XXXX')
	await wedge(page, `STAGE:ADMIT`)
	await says(page, 'ADMIT?', 'and the next scan stands')
	ok(await page.evaluate(() => Desk.sound.played.at(-1)) === 'ask', 'with its own sound')
	const played = await page.evaluate(() => Desk.sound.played.length)
	await wedge(page, `STAGE:ADMIT`)
	await sleep(300)
	ok(await page.evaluate(() => Desk.sound.played.at(-1)) === 'again' &&
		await page.evaluate(() => Desk.sound.played.length) === played + 1,
	'the same code is ignored for 5 s')
	note(`scanner's last key to verdict: ${spread(await measured(page, 'wedge'))}`)
	ok(complaints.length === 0, 'the scripts complain of nothing', ...complaints)
	await page.close()
}

// Every act by the keyboard alone.
async function keys(browser) {
	const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
	const complaints = watch(page, base)
	await page.goto(`${base}/look/admit`)
	await focusIsSeen(page, 30, 'what has the focus shows it, on each of 30 steps')
	await page.goto(`${base}/look/admit`)
	await page.keyboard.press('Enter')
	await sleep(200)
	ok(await word(page) === 'ADMIT?', 'a stray Enter admits nobody')
	await page.keyboard.press('F9')
	await says(page, 'ADMITTED', 'F9 admits')
	ok(await page.evaluate(() => document.activeElement.id === 'word'), 'the verdict has the focus')
	const first = await page.textContent('[data-count]')
	await sleep(3100)
	ok(Number(await page.textContent('[data-count]')) <= Number(first) - 2, 'undo counts down')
	await page.keyboard.press('F8')
	await says(page, 'UNDONE', 'F8 takes it back')
	for (const [i, reason] of ['screening-refused', 'no-identification', 'identity-mismatch',
		'prohibited-item', 'conduct', 'service-restricted', 'other'].entries()) {
		await page.goto(`${base}/look/admit`)
		await page.keyboard.press('F4')
		await page.keyboard.press(String(i + 1))
		await page.locator('.verdict__given').filter({ hasText: reason }).waitFor({ timeout: 5000 })
			.then(() => ok(true, `F4 and ${i + 1} deny: ${reason}`),
				error => ok(false, `F4 and ${i + 1} deny: ${reason}`, error.message))
	}
	await page.goto(`${base}/look/revoked`)
	await page.keyboard.press('F7')
	ok(await page.evaluate(() => document.activeElement.name === 'words'),
		'F7 opens the override at its words')
	await page.keyboard.type('Seen by the chief', { delay: 60 })
	await page.keyboard.press('Enter')
	await says(page, 'OVERRIDDEN', 'which Enter sends')
	await page.goto(`${base}/look/not-on-roster`)
	await page.keyboard.press('F10')
	ok(await page.evaluate(() => Boolean(document.activeElement.closest('.more__form'))),
		'F10 opens the question to Communications')
	await page.keyboard.press('F2')
	ok(await page.evaluate(() => document.activeElement.id === 'text'), 'F2 goes to the code')
	ok(complaints.length === 0, 'the scripts complain of nothing', ...complaints)
	await page.close()
}

// The button stays in reach: it lies over what is lowest, and that must be nothing to look at.
async function nothingUnderAdmit(page, name) {
	await page.goto(`${base}/look/${name}`)
	return page.evaluate(() => {
		const box = document.querySelector('.act--admit').getBoundingClientRect()
		return [...document.querySelectorAll('.person__who, .face, .checks__item, .unchecked, ' +
			'.deny__button')].every(each => {
			const other = each.getBoundingClientRect()
			return other.right <= box.left || other.left >= box.right ||
				other.bottom <= box.top || other.top >= box.bottom
		})
	})
}

// At two metres: what waits for the officer is paper, what is recorded is its colour, and a stop is
// no admission even in greys.
async function seenFromAfar(browser) {
	const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
	const filled = which => page.$eval(which, e => getComputedStyle(e).backgroundColor)
	const green = 'rgb(0, 112, 60)'
	for (const colorScheme of ['light', 'dark'])
		for (const name of ['admit', 'admit-offline', 'check-id', 'check-name']) {
			await page.emulateMedia({ colorScheme })
			await page.goto(`${base}/look/${name}`)
			const paper = await filled('.verdict')
			ok(paper === (colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(18, 22, 28)') &&
				await filled('.act--admit') === green,
			`a question is paper, and only its button is green: ${name}, ${colorScheme}`, paper)
		}
	for (const name of ['admit', 'admit-offline', 'check-id', 'check-name', 'check-offline'])
		ok(await nothingUnderAdmit(page, name), `the button that admits covers nothing: ${name}`)
	await page.goto(`${base}/look/admit`)
	ok(await page.getAttribute('.verdict', 'data-sound') === 'ask' &&
		/\?$/.test(await word(page)), 'it sounds and reads as a question')
	await page.goto(`${base}/look/admitted`)
	ok(await filled('.verdict') === green &&
		await page.getAttribute('.verdict', 'data-sound') === 'admitted', 'recorded, all is green')
	await page.goto(`${base}/look/revoked`)
	ok(await filled('.verdict') === 'rgb(11, 12, 12)', 'a stop stands on black')
	await page.close()
}

async function stopped(browser) {
	const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
	await page.goto(`${base}/look/admit`)
	await sleep(300)
	const begun = Date.now()
	await strip(3)
	await page.locator('.cover').waitFor({ timeout: 3000 })
	note(`a stop covered the screen after ${Date.now() - begun} ms`)
	ok(await page.evaluate(() => {
		const box = document.querySelector('.act--admit').getBoundingClientRect()
		const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
		return Boolean(top?.closest('.cover'))
	}), 'STOP lies over the button that admits')
	await page.keyboard.press('F9')
	await sleep(300)
	ok(await word(page) === 'ADMIT?', 'and its key does nothing')
	await strip(0)
	await page.locator('.cover').waitFor({ state: 'detached', timeout: 3000 })
	ok(true, 'lifted, it goes without a reload')
	await strip(1)
	await page.locator('.chip--offline').first().waitFor({ timeout: 3000 })
	ok(true, 'the strip says offline without a reload')
	await strip(0)
	await page.close()
}

async function lostGate(browser) {
	const page = await browser.newPage()
	await page.goto(`${base}/desk`)
	await page.route('**/desk/now*', route => route.abort())
	await strip(0)
	await page.locator('#lost:not([hidden])').waitFor({ timeout: 15000 })
		.then(() => ok(true, 'a screen that lost its gate says so, and to use the paper list'),
			error => ok(false, 'a screen that lost its gate says so', error.message))
	await page.unroute('**/desk/now*')
	await page.locator('#lost[hidden]').waitFor({ state: 'attached', timeout: 15000 })
		.then(() => ok(true, 'and that it is back'),
			error => ok(false, 'and that it is back', error.message))
	await page.close()
}

// The gate tells at once that a shift is over or a screen locked, and may do so before it has
// answered the officer who asked for it.
async function overtaken(browser) {
	const ended = await (await fetch(`${base}/page/ended`)).text()
	const page = await browser.newPage()
	const complaints = watch(page, base)
	const left = []
	page.on('request', r => r.isNavigationRequest() && left.push(r.url()))
	let asked, heard
	const asking = new Promise(done => { asked = done })
	const hearing = new Promise(done => { heard = done })
	await page.route('**/desk/now*', async route => {
		await asking
		await route.fulfill({ status: 403, body: '' })
		heard()
	})
	await page.route('**/shift/end', async route => {
		asked()
		await hearing
		await sleep(300)
		await route.fulfill({ contentType: 'text/html', body: ended })
	})
	await page.goto(`${base}/page/end`)
	await page.click('main form button')
	await page.locator('h1', { hasText: 'Shift ended' }).waitFor({ timeout: 5000 })
		.then(() => ok(true, 'the summary of a shift is shown, though its end is heard of first'),
			error => ok(false, 'the summary of a shift is shown', error.message))
	await page.unroute('**/desk/now*')

	// The strip is renewed while the page goes over to one that has none.
	let renewed, shown
	const renewing = new Promise(done => { renewed = done })
	const showing = new Promise(done => { shown = done })
	await page.route('**/desk', async route => {
		renewed()
		await showing
		await route.continue()
	})
	await page.goto(`${base}/page/end`)
	await renewing
	await page.click('main form button')
	await page.locator('h1', { hasText: 'Shift ended' }).waitFor({ timeout: 5000 })
	const answered = page.waitForResponse(`${base}/desk`)
	shown()
	await (await answered).finished()
	await sleep(300)
	ok(await page.evaluate(() => !document.getElementById('strip').dataset.tag),
		'and no strip of before comes over it')
	await page.unroute('**/desk')
	ok(left.length === 2 && left.every(url => url === `${base}/page/end`),
		'nobody is sent to another page meanwhile', ...left)

	for (const [answer, to] of [[{ status: 403, body: '' }, '/shift'],
		[{ json: { locked: true } }, '/shift/unlock']]) {
		await page.route('**/desk/now*', route => route.fulfill(answer))
		await page.route(`**${to}`, route => route.fulfill({ contentType: 'text/html', body: ended }))
		await page.goto(`${base}/desk`)
		await page.locator('h1', { hasText: 'Shift ended' }).waitFor({ timeout: 5000 })
			.then(() => ok(new URL(page.url()).pathname === to, `a screen nobody touched goes to ${to}`),
				error => ok(false, `a screen nobody touched goes to ${to}`, error.message))
		await page.unrouteAll()
	}
	ok(complaints.length === 0, 'the scripts complain of nothing', ...complaints)
	await page.close()
}

// The camera sees one pass after another, a strange code and a spoilt one among them.
async function camera() {
	const names = ['ADMIT', 'CHECK-ID', 'REVOKED', 'ALREADY-INSIDE', 'FULL', 'NOT-ON-ROSTER']
	const scenes = []
	for (const [i, name] of names.entries())
		scenes.push({ text: `STAGE:${name}`, seconds: 1.2, width: 320, angle: 5 * i - 12,
			light: 0.6 + i / 12, invert: i === 3 }, { seconds: 0.6 })
	scenes.push({ text: 'https://example.org/é?%00', seconds: 1.2 }, { seconds: 0.6 })
	const browser = await launch(...film(build, join(folder, 'queue.mjpeg'), scenes))
	try {
		const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
		const complaints = watch(page, base)
		await page.goto(`${base}/page/start`)
		await page.click('.act--go')
		await page.locator('html[data-camera-state="on"]').waitFor({ state: 'attached', timeout: 10000 })
		ok(await page.evaluate(() => location.pathname === '/desk' && Desk.sound.ready()),
			'one tap starts shift, camera and sound')
		const said = new Set()
		const end = Date.now() + 25000
		while (Date.now() < end && said.size < 6) {
			if (await page.locator('.verdict').count()) said.add(await word(page))
			await sleep(100)
		}
		for (const each of ['ADMIT?', 'CHECK ID', 'STOP', 'USED', 'FULL', 'ASK'])
			ok(said.has(each), `the camera brought ${each}`, [...said].join(', '))
		const times = await measured(page)
		note(`camera frame to verdict: ${spread(times)}`)
		ok(times.length >= 6, 'each was measured', times.length)
		const before = await page.evaluate(() => Desk.camera.count)
		await sleep(2000)
		const rate = (await page.evaluate(() => Desk.camera.count) - before) / 2
		note(`${rate} pictures decoded a second`)
		ok(complaints.length === 0, 'the camera needs nothing from elsewhere', ...complaints)
		await page.evaluate(() => Desk.camera.video.srcObject.getVideoTracks()[0]
			.dispatchEvent(new Event('ended')))
		ok((await page.textContent('[data-camera-help]')).includes('search work'),
			'a camera that is lost says what works still')
		await page.screenshot({ path: join(shots, 'camera-lost.png') })
		await wedge(page, 'STAGE:FAILED')
		await says(page, 'PAPER', 'and a scanner goes on')
	} finally {
		await browser.close()
	}
}

async function refusedCamera() {
	const browser = await launch()
	const context = await browser.newContext({ permissions: [] })
	const page = await context.newPage()
	await page.addInitScript(() => {
		navigator.mediaDevices.getUserMedia = () =>
			Promise.reject(new DOMException('no', 'NotAllowedError'))
	})
	await page.goto(`${base}/desk`)
	await page.locator('html[data-camera-state="denied"]').waitFor({ timeout: 5000 })
	ok((await page.textContent('[data-camera-help]')).includes('Allow it'),
		'a camera that is not allowed says what to do')
	await page.screenshot({ path: join(shots, 'camera-denied.png'), fullPage: true })
	await wedge(page, 'STAGE:ADMIT')
	await says(page, 'ADMIT?', 'and the scanner works without it')
	await browser.close()
}

// The kiosk opens the desk and nothing else, and opens it again.
async function kiosk() {
	const browser = join(folder, 'browser'), told = join(folder, 'told')
	writeFileSync(browser, `#!/bin/sh\nprintf '%s\\n' "$*" >>${told}\n`)
	chmodSync(browser, 0o755)
	const child = spawn('sh', [join(here, '../../gate/desk/kiosk.sh'),
		`${base}/`], { stdio: 'ignore', env: { ...process.env, PRESSGATE_BROWSER: browser,
		PRESSGATE_KIOSK_PAUSE: '0.2', XDG_STATE_HOME: folder } })
	const lines = () => existsSync(told) ? readFileSync(told, 'utf8').trim().split('\n') : []
	for (let i = 0; i < 50 && lines().length < 2; i++) await sleep(100)
	await stopProgram(child)
	ok(lines().length >= 2, 'the kiosk opens the desk again when its browser ends', lines().length)
	ok(lines()[0].includes('--kiosk') && lines()[0].endsWith(`${base}/`) &&
		lines()[0].includes('MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'),
	'over the whole screen, with no other host', lines()[0])
}

// What others wrote is delivered with their notices.
async function notices(browser) {
	const page = await browser.newPage()
	for (const path of ['/page/start', '/page/ready']) {
		await page.goto(base + path)
		const link = await page.getByRole('link', { name: /Licences/ }).getAttribute('href')
		const answer = await page.request.get(base + link)
		const text = await answer.text()
		ok(answer.headers()['content-type'] === 'text/plain; charset=utf-8' &&
			['govuk-frontend', 'Crown Copyright', 'zxing-wasm', 'Ze-Zheng Wu', 'zxing-cpp',
				'Apache License', 'The MIT License', 'libzueci'].every(each => text.includes(each)),
		`the licences of what others wrote are linked: ${path}`, text.slice(0, 400))
	}
	await page.close()
}

async function withoutScript(browser) {
	const context = await browser.newContext({ javaScriptEnabled: false })
	const page = await context.newPage()
	await page.goto(`${base}/desk`)
	await page.fill('#text', 'STAGE:ADMIT')
	await page.click('.next__go >> nth=0')
	await says(page, 'ADMIT?', 'without script: a typed code is looked at')
	await page.click('.act--admit')
	await says(page, 'ADMITTED', 'and its holder admitted')
	const still = await page.textContent('.strip__still')
	ok(/As it was at \d\d:\d\d:\d\d/.test(still), 'the strip says of when it is', still)
	await page.click('.strip__still a')
	ok(new URL(page.url()).pathname === '/desk', 'and is renewed by a link', page.url())
	const renews = await page.getAttribute('meta[http-equiv="refresh"]', 'content')
	ok(/^\d{3,};url=\/desk$/.test(renews ?? ''), 'by itself only once the desk has locked', renews)
	await context.close()
}

mkdirSync(shots, { recursive: true })
const steps = { photographs, weight, scanner, keys, seenFromAfar, stopped,
	lostGate, overtaken, notices, withoutScript }
try {
	const browser = await launch()
	for (const [name, step] of Object.entries(steps))
		if (!process.argv[3] || process.argv[3].split(',').includes(name))
			await step(browser).catch(error => ok(false, `${name} ran to its end`, error.stack))
	await browser.close()
	for (const [name, step] of Object.entries({ camera, refusedCamera, kiosk }))
		if (!process.argv[3] || process.argv[3].split(',').includes(name))
			await step().catch(error => ok(false, `${name} ran to its end`, error.stack))
} finally {
	await stage.end()
	rmSync(folder, { recursive: true, force: true })
}
plan()
