// The public site in a real browser: every page with axe at 390 and 1280 px, light and dark, in both
// languages, at 400 %, by keyboard; how many requests its first look takes, and how many bytes.
//
//     node public.mjs BUILD
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { focusIsSeen, freePort, launch, look, note, ok, plan, sleep, stop, targets, watch }
	from '../lib/browser.mjs'

const build = resolve(process.argv[2])
const registrar = join(build, 'registrar', 'registrar')
const folder = mkdtempSync(join(tmpdir(), 'pressgate-public-'))
const data = join(folder, 'data')
const most = 40 * 1024 // bytes that travel until a page can be read

const pages = [['/', 'home'], ['/past-conferences', 'past'], ['/who-may-come', 'who-may-come'],
	['/privacy', 'privacy'], ['/announcements', 'announcements'],
	['/contact', 'contact'], ['/nowhere', 'missing'],
	['/conferences/today-harbour-street', 'conference-today'],
	['/conferences/tomorrow-road-safety', 'conference-cancelled'],
	['/conferences/last-week-annual-report', 'conference-past'],
	['/accreditation', 'accreditation'], ['/sign-in', 'sign-in-public']]

function run(...args) {
	const ran = spawnSync(registrar, args, { encoding: 'utf8' })
	if (ran.status !== 0) throw new Error(`registrar ${args[0]}: ${ran.stderr}`)
	return ran.stdout
}

// What a visitor who was never here is sent for a page.
async function weigh(browser, url, name) {
	const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
	const page = await context.newPage()
	const protocol = await context.newCDPSession(page)
	const asked = new Map()
	let bytes = 0
	await protocol.send('Network.enable')
	protocol.on('Network.requestWillBeSent', e => asked.set(e.requestId, e.request.url))
	protocol.on('Network.loadingFinished', e => { bytes += e.encodedDataLength })
	await page.goto(url, { waitUntil: 'networkidle' })
	const parts = [...asked.values()].filter(u => /\.(css|js)$/.test(new URL(u).pathname))
	ok(parts.length <= 2 && asked.size - parts.length <= 2 && bytes > 0 && bytes <= most,
		`${name}: ${asked.size} requests, ${bytes} bytes`, ...asked.values())
	await context.close()
	return bytes
}

// Every link and button in turn; then the page again, as wide as a phone's at 400 %.
async function keyboard(page, name) {
	await page.keyboard.press('Tab')
	ok(await page.evaluate(() => document.activeElement.className.includes('skip-link')),
		`the first Tab reaches the skip link: ${name}`)
	await page.keyboard.press('Enter')
	ok(await page.evaluate(() => document.activeElement.id === 'main'), `and it works: ${name}`)
	await page.reload()
	const n = await page.locator('a[href]:visible, button:visible, input:visible').count()
	await focusIsSeen(page, Math.min(n, 40), `focus is visible on each step: ${name}`)
}

async function walk(base) {
	const browser = await launch()
	try {
		let heaviest = 0
		for (const [path, name] of pages)
			heaviest = Math.max(heaviest, await weigh(browser, base + path, name))
		note(`the heaviest page travels in ${heaviest} bytes of ${most}, with its heads`)
		for (const locale of ['en-CA', 'fr-CA']) {
			const context = await browser.newContext({ locale, bypassCSP: true,
				viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
			const page = await context.newPage()
			const complaints = watch(page, base)
			for (const [path, name] of pages) {
				await page.goto(base + path)
				await look(page, join(build, 'screenshots'), `public-${name}-${locale}`)
				await targets(page, `${name} ${locale}`, 24)
				if (locale === 'en-CA') await keyboard(page, name)
			}
			ok(complaints.length === 0, `nothing is fetched from elsewhere: ${locale}`, ...complaints)
			await context.close()
		}
		// The switch of languages stays on the page, and is kept.
		const page = await browser.newPage({ locale: 'en-CA' })
		await page.goto(base + '/privacy')
		await page.click('text=Français')
		ok(page.url() === base + '/privacy' &&
			await page.getAttribute('html', 'lang') === 'fr', 'the switch says the same page in French')
		await page.goto(base + '/contact')
		ok(await page.getAttribute('html', 'lang') === 'fr', 'and the next one')
	} finally {
		await browser.close()
	}
}

writeFileSync(join(folder, 'password'), 'correct horse battery staple\n')
chmodSync(join(folder, 'password'), 0o600)
run('init', '--data', data, '--sample', '--password-file', join(folder, 'password'))
run('conference', 'cancel', '--data', data, 'tomorrow-road-safety')
for (const kind of ['release', 'photograph', 'recording'])
	run('conference', 'material', 'add', '--data', data, 'last-week-annual-report', '--kind', kind,
		'--title', `The ${kind} of a report with a rather long title, so that it has to wrap`,
		'--url', `https://media.lakemount.example/${kind}`)
const port = await freePort(), device = await freePort()
const server = spawn(registrar, ['serve', '--data', data, '--listen', `127.0.0.1:${port}`,
	'--device-listen', `127.0.0.1:${device}`], { stdio: ['ignore', 'ignore', 'inherit'] })
try {
	const base = `http://127.0.0.1:${port}`
	for (let i = 0; i < 100; i++, await sleep(100))
		if (await fetch(base).then(r => r.ok, () => false)) break
	await walk(base)
} catch (error) {
	ok(false, 'the walk ran to its end', error.stack)
} finally {
	await stop(server)
	rmSync(folder, { recursive: true, force: true })
}
plan()
