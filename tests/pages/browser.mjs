// The whole way of a reporter in a real browser: apply, confirm, be approved, sign in, register,
// show the pass, cancel. Every page is photographed at 390 and 1280 px, light and dark, and looked
// at with axe: no violation is allowed. No script of ours runs anywhere.
//
//     node browser.mjs BUILD
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync }
	from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fill, focusIsSeen, freePort, launch, look as lookInto, ok, plan, sleep, stop, targets,
	watch } from '../lib/browser.mjs'

const build = resolve(process.argv[2])
const registrar = join(build, 'registrar', 'registrar')
const folder = mkdtempSync(join(tmpdir(), 'pressgate-browser-'))
const data = join(folder, 'data')
const shots = join(build, 'screenshots')
const password = 'correct horse battery staple'

const look = (page, name) => lookInto(page, shots, name)

function run(...args) {
	const ran = spawnSync(registrar, args, { encoding: 'utf8' })
	if (ran.status !== 0) throw new Error(`registrar ${args[0]}: ${ran.stderr}`)
	return ran.stdout
}

// One gate that has said how it stands, and one whose code waits.
function gates() {
	const { code, pin } = JSON.parse(run('gate', 'code', '--data', data, 'north-door'))
	const gate = (...args) => spawnSync(join(build, 'gate', 'gate'),
		[args[0], '--data', join(folder, 'north'), ...args.slice(1)], { encoding: 'utf8' })
	gate('enrol', '--url', `https://127.0.0.1:${device}`, '--code', code, '--pin', pin)
	const synced = gate('sync', '--once')
	ok(synced.status === 0, 'a gate syncs', synced.stderr)
	run('gate', 'code', '--data', data, 'east-door')
}

// The link in the newest mail to this address; a mail is quoted-printable.
async function mailedLink(recipient, kind) {
	for (let i = 0; i < 100; i++, await sleep(100)) {
		let names = []
		try { names = readdirSync(join(data, 'mail')) } catch { /* not yet */ }
		names.sort((a, b) => parseInt(b) - parseInt(a))
		for (const name of names) {
			const text = readFileSync(join(data, 'mail', name), 'utf8')
			if (!text.includes(`To: <${recipient}>`)) continue
			const link = text.replaceAll('=\r\n', '').replaceAll('=3D', '=')
				.match(new RegExp(`http://[^\\s]*/${kind}/[A-Za-z0-9_-]{43}`))
			if (link) return link[0]
		}
	}
	throw new Error(`no ${kind} link mailed to ${recipient}`)
}

// The way by the keyboard alone: skip link first, then what is focused is visible.
async function keyboard(page) {
	await page.keyboard.press('Tab')
	ok(await page.evaluate(() => document.activeElement.className.includes('skip-link')),
		'the first Tab reaches the skip link')
	await focusIsSeen(page, 12, 'focus is visible on each step')
}

// Continue with what the page asks.
const next = page => page.click('main button[value="go"], ' +
	'main form[action$="/check"] button')

async function apply(page, base) {
	await page.goto(base + '/accreditation')
	await look(page, 'apply')
	await page.click('text=Start now')
	await page.check('[value="reporter"]')
	await next(page)
	await next(page)
	ok(page.url().endsWith('/accreditation/you') && await page.title().then(t =>
		t.startsWith('Error: ')), 'an empty form comes back with "Error: " in its title')
	ok(await page.evaluate(() => document.activeElement.id === 'error-summary'),
		'and the error summary has the focus')
	await look(page, 'apply-errors')
	await page.click('.govuk-error-summary__list a >> nth=0')
	ok(await page.evaluate(() => document.activeElement.name === 'name'),
		'a message leads to its field')
	await fill(page, { name: 'Amina Ọkáfọ̀', email: 'amina@lantern.example' })
	await next(page)
	await fill(page, { outlet: 'The Lantern' })
	await next(page)
	await fill(page, { site: 'www.lantern.example' })
	await next(page)
	await fill(page, { proof: 'Staff reporter since 2019.\nMy editor answers at desk@lantern.example' })
	for (let i = 0; i < 3; i++) await next(page)
	ok(page.url().endsWith('/accreditation/check'), 'all answers are shown', page.url())
	await next(page)
	await look(page, 'apply-sent')
	await page.goto(await mailedLink('amina@lantern.example', 'confirm'))
	await look(page, 'confirm')
	await page.click('main form button')
	ok(/A-\w{4}-\w{4}/.test(await page.textContent('main')), 'a reference number is shown')
	await look(page, 'confirmed')
}

async function staff(page, base) {
	await page.goto(base + '/staff')
	ok(page.url().endsWith('/staff/sign-in'), 'the queue asks for a sign-in')
	await look(page, 'staff-sign-in')
	await fill(page, { name: 'admin', password: 'wrong horse battery' })
	await page.click('main form button')
	await look(page, 'staff-sign-in-wrong')
	await fill(page, { name: 'admin', password })
	await page.click('main form button')
	await look(page, 'queue')
	await page.click('text=Amina')
	await look(page, 'review')
	await page.fill('[name="months"]', '99')
	await page.click('text=Approve and write')
	await look(page, 'review-errors')
	await page.fill('[name="months"]', '12')
	await page.fill('[name="message"]', 'Welcome. Please bring your press card.')
	await page.fill('[name="note"]', 'Editor confirmed by telephone.')
	await page.click('text=Approve and write')
	ok(page.url().includes('done=approved'), 'approved')
	await look(page, 'queue-done')
	await page.click('main a:has-text("Amina")')
	await look(page, 'review-decided')
	await page.goto(base + '/staff/conferences')
	await look(page, 'boards')
	await page.click('main a:has-text("Collision")')
	await look(page, 'board')
	await page.goto(page.url() + '?entries=all')
	await look(page, 'board-entries')
	for (const [path, name] of [['/staff/referrals', 'referrals'], ['/staff/conflicts', 'conflicts'],
		['/staff/restrictions?find=ferreira', 'restrictions'],
		['/staff/restrictions/new?scope=building', 'restrict']]) {
		await page.goto(base + path)
		await look(page, name)
	}
	gates()
	await page.goto(base + '/staff/gates')
	ok(await page.getByText('Ready, with remarks').count() === 1, 'a gate has said how it stands')
	await look(page, 'gates')
	await page.goto(base + '/staff/restrictions/new?scope=building')
	await page.getByLabel('Reason').fill('')
	await page.getByRole('button', { name: 'Restrict entry now' }).click()
	await look(page, 'restrict-errors')
	await page.getByLabel('Reason').fill('A parcel is looked at')
	await page.getByRole('button', { name: 'Restrict entry now' }).click()
	await look(page, 'restricted')
	await page.getByRole('button', { name: 'Lift The building' }).click()
	ok(await page.getByText('What stands: 0').count() === 1, 'it is lifted')
	await page.goto(base + '/staff/password')
	await look(page, 'password')
	await page.goto(base + '/staff/nowhere')
	await look(page, 'not-found')
}

async function register(page, base) {
	await page.goto(base + '/sign-in')
	await look(page, 'sign-in')
	await page.fill('[name="email"]', 'amina@lantern.example')
	await page.click('main form button')
	await look(page, 'sign-in-sent')
	await page.goto(await mailedLink('amina@lantern.example', 'link'))
	await look(page, 'link')
	await page.click('main form button')
	ok(page.url().endsWith('/my'), 'the link signs in')
	await look(page, 'my')
	await targets(page, 'my', 44)
	await page.click('main a:has-text("Road safety")')
	await look(page, 'conference-signed-in')
	await page.click('.pg-register button')
	ok(page.url().includes('/registrations/'), 'one tap registers')
	await look(page, 'pass')
	const box = await page.locator('.pg-pass img').boundingBox()
	ok(box.width >= 226.7 && Math.abs(box.width - box.height) < 1, 'the code is 6 cm or wider',
		JSON.stringify(box))
	ok(await page.evaluate(() => getComputedStyle(document.querySelector('.pg-pass'))
		.backgroundColor === 'rgb(255, 255, 255)'), 'on a white card')
	await page.emulateMedia({ colorScheme: 'dark' })
	await page.locator('.pg-pass').screenshot({ path: join(folder, 'card.png') })
	const read = spawnSync('zbarimg', ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable',
		join(folder, 'card.png')], { encoding: 'utf8' })
	ok(read.stdout.startsWith('ACR1:'), 'zbarimg reads it off the screen in dark mode', read.stderr)
	await page.goto(base + '/my')
	await look(page, 'my-registered')
	await page.click('main a:has-text("Show my pass")')
	await page.click('text=Cancel this registration')
	await look(page, 'cancel')
	await page.click('text=Cancel my registration')
	ok((await page.textContent('main')).includes('Cancelled'), 'cancelled')
	ok(await page.locator('.pg-pass').count() === 0, 'and the pass is gone')
	await look(page, 'cancelled')
	await page.click('text=Sign out')
	await page.goto(base + '/my')
	ok(page.url().endsWith('/sign-in'), 'signed out')
}

async function walk(base) {
	const browser = await launch()
	try {
		// Without script: what works here works without it.
		const open = async () => {
			const context = await browser.newContext({ viewport: { width: 390, height: 844 },
				hasTouch: true, isMobile: true, locale: 'en-CA', bypassCSP: true })
			const page = await context.newPage()
			const complaints = watch(page, base)
			return [page, complaints]
		}
		const [visitor, complaints] = await open()
		await visitor.goto(base + '/')
		await keyboard(visitor)
		await look(visitor, 'home')
		await targets(visitor, 'home', 24)
		await visitor.click('main a:has-text("Collision")')
		await look(visitor, 'conference')
		await apply(visitor, base)
		const [desk, more] = await open()
		await staff(desk, base)
		await register(visitor, base)
		ok(complaints.concat(more).length === 0, 'nothing is fetched from elsewhere or refused',
			...complaints, ...more)
	} finally {
		await browser.close()
	}
}

mkdirSync(shots, { recursive: true })
writeFileSync(join(folder, 'password'), password + '\n')
chmodSync(join(folder, 'password'), 0o600)
run('init', '--data', data, '--sample', '--password-file', join(folder, 'password'))
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
