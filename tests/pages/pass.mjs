// A pass on a phone: the white card in both schemes, at least 6 cm wide, read off the screen; kept for
// a door without a network, with the registrar stopped; and forgotten when it is cancelled, when its
// page is gone, and when its holder signs out. Chromium, with a registrar of this test's own.
//
//     node pass.mjs BUILD
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { launch, look, ok, plan, sleep, stop, watch } from '../lib/browser.mjs'
import { House, TODAY, TOMORROW } from '../lib/house.mjs'

const build = resolve(process.argv[2])
const shots = join(build, 'screenshots')
const house = new House(build)
const ANA = 'ana.ferreira@lumen.example'

async function mailedLink(recipient, used) {
	for (let i = 0; i < 150; i++, await sleep(100)) {
		let names = []
		try { names = readdirSync(join(house.data, 'mail')) } catch { /* not yet */ }
		for (const name of names) {
			const text = readFileSync(join(house.data, 'mail', name), 'utf8')
				.replaceAll('=\r\n', '').replaceAll('=3D', '=')
			const link = text.includes(`To: <${recipient}>`) &&
				text.match(/http:\/\/[^\s"<]*\/link\/[A-Za-z0-9_-]{43}/)
			if (link && !used.has(link[0])) return used.add(link[0]) && link[0]
		}
	}
	throw new Error('no link was mailed')
}

const used = new Set()

async function signIn(page, base) {
	await page.goto(base + '/sign-in')
	await page.fill('[name="email"]', ANA)
	await page.click('main form button')
	await page.goto((await mailedLink(ANA, used)).replace(/^http:\/\/[^/]+/, base))
	await page.click('main form button')
}

// What zbar reads off a picture of the screen.
function scan(path) {
	const ran = spawnSync('zbarimg', ['-q', '--raw', '-S*.disable', '-Sqrcode.enable', path],
		{ encoding: 'utf8' })
	return ran.stdout.trim()
}

const CM = 96 / 2.54

async function card(page, name, text) {
	for (const colorScheme of ['light', 'dark']) {
		await page.setViewportSize({ width: 390, height: 844 })
		await page.emulateMedia({ colorScheme })
		const path = join(shots, `${name}-${colorScheme}-screen.png`)
		await page.locator('.pg-pass').scrollIntoViewIfNeeded()
		await page.screenshot({ path })
		const read = scan(path)
		ok(text ? read === text : read.length > 100, `${name}, ${colorScheme}: the code reads off ` +
			'the screen at 390 px', read)
		const seen = await page.evaluate(() => {
			const image = document.querySelector('.pg-pass__code').getBoundingClientRect()
			const style = getComputedStyle(document.querySelector('.pg-pass'))
			return { width: image.width, left: image.left, right: innerWidth - image.right,
				background: style.backgroundColor, color: style.color }
		})
		ok(seen.width >= 6 * CM && seen.left >= 0 && seen.right >= 0,
			`${name}, ${colorScheme}: at least 6 cm wide, all of it on the screen`,
			JSON.stringify(seen))
		ok(seen.background === 'rgb(255, 255, 255)' && seen.color === 'rgb(0, 0, 0)',
			`${name}, ${colorScheme}: a white card`, JSON.stringify(seen))
		text = text || read
	}
	await page.emulateMedia({ colorScheme: 'light' })
	return text
}

const kept = page => page.evaluate(async () => {
	const found = {}
	for (const name of await caches.keys())
		found[name] = (await (await caches.open(name)).keys())
			.map(request => new URL(request.url).pathname)
	return found
})
const workers = page => page.evaluate(async () =>
	(await navigator.serviceWorker.getRegistrations()).map(one => new URL(one.scope).pathname))

// Until the worker said that it holds the page.
async function openKept(page, url) {
	await page.goto(url)
	await page.waitForSelector('#pass-kept:not([hidden])')
}

async function untilForgotten(page, path) {
	let left
	for (let i = 0; i < 50; i++, await sleep(100)) {
		left = JSON.stringify([await kept(page), await workers(page)])
		if (!left.includes(path)) return true
	}
	return left
}

async function offline(page, base, path, text) {
	await openKept(page, base + path)
	const copies = await kept(page)
	const files = copies[`pass ${path}`] || []
	ok(Object.keys(copies).length === 1 && files.includes(path) && files.includes(path + '/pass.svg') &&
		files.filter(file => file.endsWith('.css')).length === 1 &&
		files.every(file => file === path || file === path + '/pass.svg' ||
			/^\/assets\/(style|pass|icon)\.[0-9a-f]+\.(css|js|svg)$/.test(file)),
	'kept are this page, its picture and its style and script, and nothing else',
	JSON.stringify(copies))
	ok(JSON.stringify(await workers(page)) === JSON.stringify([path]),
		'the worker watches over this registration alone', await workers(page))
	await house.leave()
	await page.reload()
	ok(await page.isVisible('#pass-copy') && /copy of .*20\d\d/.test(await page.textContent('#pass-copy')),
		'with the registrar stopped the page opens, and says since when it is a copy',
		await page.textContent('main').catch(String))
	ok(await page.isHidden('#pass-kept'), 'and no more than that')
	await look(page, shots, 'pass-offline')
	await card(page, 'pass-offline', text)
	await page.goto(base + path + '?from=home').catch(() => {})
	ok(await page.isVisible('#pass-copy').catch(() => false), 'opened anew, too')
	const other = await page.context().newPage()
	ok(await other.goto(base + '/my').then(() => false, () => true),
		'no other page is kept: it does not open')
	await other.close()
	await house.serve()
	await page.reload()
	ok(await page.isHidden('#pass-copy'), 'back with a network it is no copy')
}

async function french(page, base, path, text) {
	await openKept(page, base + path + '?lang=fr')
	await look(page, shots, 'pass-fr', { once: true })
	await house.leave()
	await page.reload()
	ok((await page.textContent('#pass-copy')).includes('Ceci est une copie'),
		'the copy is in the language it was read in', await page.textContent('#pass-copy'))
	await card(page, 'pass-offline-fr', text)
	await house.serve()
	await openKept(page, base + path + '?lang=en')
}

async function signOut(page, base, path) {
	await openKept(page, base + path)
	await page.click('.site-header__out')
	await page.waitForURL(base + '/')
	const left = await untilForgotten(page, path)
	ok(left === true, 'who signs out leaves no copy and no worker behind', left)
}

async function cancelled(page, base, path) {
	await openKept(page, base + path)
	await page.goto(base + path + '/cancel')
	await page.click('main form button')
	ok(await page.locator('.pg-pass').count() === 0, 'cancelled: no pass is shown')
	const left = await untilForgotten(page, path)
	ok(left === true, 'and its copy is forgotten, with its worker', left)
	await look(page, shots, 'pass-cancelled', { once: true })
	await house.leave()
	ok(await page.goto(base + path).then(() => false, () => true),
		'without a network a cancelled pass does not open')
	await house.serve()
}

// Cancelled elsewhere: the phone learns of it the next time it asks.
async function cancelledElsewhere(page, other, base, path) {
	await openKept(page, base + path)
	await other.goto(base + path + '/cancel')
	await other.click('main form button')
	await page.reload()
	ok(await page.locator('.pg-pass').count() === 0, 'cancelled elsewhere: no pass is shown')
	const left = await untilForgotten(page, path)
	ok(left === true, 'and the copy here is forgotten', left)
}

async function gone(page, base, path) {
	await openKept(page, base + path)
	const ran = spawnSync('sqlite3', ['-cmd', '.timeout 10000', join(house.data, 'registrar.db'),
		`UPDATE registration SET reference = 'R-GONE-0001' WHERE reference = '${path.split('/')[2]}'`],
	{ encoding: 'utf8' })
	ok(ran.status === 0, 'the registration gets another reference', ran.stderr)
	const answer = await page.goto(base + path)
	ok(answer.status() === 404, 'its page is gone')
	const left = await untilForgotten(page, path)
	ok(left === true, 'and so are the copy and the worker', left)
}

async function register(page, base, slug) {
	await page.goto(`${base}/conferences/${slug}`)
	if (await page.locator('main form[action$="/register"]').count()) {
		if (await page.locator('[name="consent"][type="checkbox"]').count())
			await page.check('[name="consent"]')
		await page.click('main form[action$="/register"] button')
	} else
		await page.click('main a[href^="/registrations/"]')
	return new URL(page.url()).pathname
}

// One screen lock asked for while the page stands.
async function awake(context, url) {
	const page = await context.newPage()
	await page.addInitScript(() => {
		window.locks = 0
		Object.defineProperty(navigator, 'wakeLock', { value: { request: kind => {
			window.locks += kind === 'screen'
			return Promise.resolve({})
		} } })
	})
	await page.goto(url)
	await page.waitForLoadState('load')
	ok(await page.evaluate(() => window.locks) === 1, 'the screen is asked to stay on')
	await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
	ok(await page.evaluate(() => window.locks) === 2, 'and again when the page is seen again')
	await page.close()
}

const browser = await launch()
try {
	await house.open()
	const base = `http://127.0.0.1:${house.port}`
	const context = await browser.newContext({ locale: 'en-CA', viewport: { width: 390, height: 844 } })
	const page = await context.newPage()
	const complaints = watch(page, base)
	await signIn(page, base)
	let path = await register(page, base, TODAY)
	await openKept(page, base + path)
	await look(page, shots, 'pass')
	const text = await card(page, 'pass')
	ok(complaints.length === 0, 'nothing complains, and nobody else is asked', ...complaints)
	await awake(context, base + path)
	await offline(page, base, path, text)
	await french(page, base, path, text)
	await signOut(page, base, path)

	await signIn(page, base)
	await cancelled(page, base, path)
	path = await register(page, base, TODAY)
	const elsewhere = await browser.newContext({ locale: 'en-CA' })
	const other = await elsewhere.newPage()
	await signIn(other, base)
	await cancelledElsewhere(page, other, base, path)
	path = await register(page, base, TODAY)
	await gone(page, base, path)

	// The page without script is whole but for the copy.
	const plain = await (await browser.newContext({ javaScriptEnabled: false,
		viewport: { width: 390, height: 844 }, storageState: await context.storageState() })).newPage()
	path = await register(plain, base, TOMORROW)
	await plain.goto(base + path)
	ok(await plain.isVisible('.pg-pass__code') && await plain.isHidden('#pass-copy') &&
		await plain.isHidden('#pass-kept'), 'without script the pass stands, and promises nothing')
} catch (error) {
	ok(false, 'the script ran to its end', error.stack)
} finally {
	await browser.close()
	await house.close()
	plan()
}
