// The whole way of two reporters in a real browser, beside a desk that asks and approves: one by the
// keyboard alone, with script, in English, on a telephone; one without script, in French, on a wide
// screen in the dark. Both apply, confirm, answer what the desk asks, sign in and register; there is
// one place: who comes second waits, and gets it when the first cancels. Each page is photographed,
// judged by axe, and shown at 400 %; each mail is read.
//
//     node reporter.mjs BUILD
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { deflateSync } from 'node:zlib'
import { launch, ok, plan, sleep } from '../lib/browser.mjs'
import { House, OFFICER } from '../lib/house.mjs'
import { Walker } from '../lib/walker.mjs'

const build = resolve(process.argv[2])
const house = new House(build)
const HARBOUR = 'port', TITLE = 'Sécurité au port : bilan de l’été'
const shots = join(build, 'screenshots', 'reporter')

const AMINA = { name: 'Amina Ọkáfọ̀', email: 'amina@lantern.example', class: 'documentary',
	answers: { outlet: 'Lakemont Courier', title: 'Night shift',
		synopsis: 'A night at a newsroom, for Lakemount Public Television',
		begins: '2027-01-11', ends: '2027-02-05', requirements: 'A quiet corner and one socket',
		proof: 'https://www.lantern.example/amina\nMy editor answers at desk@lantern.example' },
	answer: 'The Lantern pays; Mr. Lund answers at 555-0166.' }
const ODILE = { name: 'Odile Gagné', email: 'odile@echo.example', class: 'student',
	answers: { outlet: 'L’Écho du lac', site: 'www.echo.example',
		scope: 'Un travail sur la sécurité routière, pour le cégep de Lakemount',
		deadline: '2027-03-01', proof: 'https://www.echo.example/odile' },
	answer: 'Mon professeur répond au 555-0177.' }

// CRC-32 as PNG has it (ISO 3309): Debian 12's zlib module of node has none.
function crc32(bytes) {
	let sum = ~0
	for (const byte of bytes) {
		sum ^= byte
		for (let i = 0; i < 8; i++) sum = sum >>> 1 ^ (sum & 1 ? 0xEDB88320 : 0)
	}
	return ~sum >>> 0
}

// A PNG of a light face on a dark ground, off its middle.
function portrait() {
	const width = 600, height = 400, rows = Buffer.alloc((3 * width + 1) * height)
	for (let y = 0; y < height; y++)
		for (let x = 0; x < width; x++) {
			const face = ((x - 200) / 70) ** 2 + ((y - 190) / 95) ** 2 < 1
			const shoulders = y > 290 && Math.abs(x - 200) < 130
			rows.set(face ? [214, 172, 140] : shoulders ? [60, 72, 110] : [190, 200, 206],
				y * (3 * width + 1) + 1 + 3 * x)
		}
	const chunk = (kind, data) => {
		const body = Buffer.concat([Buffer.from(kind), data]), ends = Buffer.alloc(8)
		ends.writeUInt32BE(data.length, 0)
		ends.writeUInt32BE(crc32(body), 4)
		return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
	}
	const head = Buffer.from([0, 0, 2, 88, 0, 0, 1, 144, 8, 2, 0, 0, 0])
	return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head),
		chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}

const face = join(house.folder, 'me.png'), letter = join(house.folder, 'lettre.pdf')
writeFileSync(face, portrait())
writeFileSync(letter, '%PDF-1.4\n% a letter\n%%EOF\n')

// What the outbox wrote to that address, oldest first: {subject, text}.
function mails(address) {
	const ran = spawnSync('/usr/bin/python3', ['-c', `
import email, email.policy, json, os, re, sys
found = []
for name in os.listdir(sys.argv[1]) if os.path.isdir(sys.argv[1]) else []:
    with open(os.path.join(sys.argv[1], name), "rb") as file:
        mail = email.message_from_binary_file(file, policy=email.policy.default)
    if mail["To"] and mail["To"].addresses[0].addr_spec == sys.argv[2]:
        found.append(([int(n) for n in re.findall(r"[0-9]+", name)], str(mail["Subject"]),
                      mail.get_body(("plain",)).get_content()))
print(json.dumps([{"subject": s, "text": t} for _, s, t in sorted(found)]))`,
	join(house.data, 'mail'), address], { encoding: 'utf8' })
	if (ran.status !== 0) throw new Error(ran.stderr)
	return JSON.parse(ran.stdout)
}

// The link of that kind in the newest mail that has one, once there is one that was not seen yet.
const used = new Set()
async function mailed(address, kind) {
	const link = new RegExp(`http://\\S+/${kind}/[A-Za-z0-9_-]{43}`)
	for (let i = 0; i < 100; i++, await sleep(200)) {
		const found = mails(address).map(m => m.text.match(link)?.[0]).filter(x => x && !used.has(x))
		if (found.length) {
			used.add(found.at(-1))
			return found.at(-1)
		}
	}
	throw new Error(`no ${kind} link was mailed to ${address}`)
}

async function question(w, path, person) {
	const { answers } = person
	const fields = await w.page.$$eval('main form [name]', all => all.map(e => e.name))
	if (fields.includes('class')) await w.check('class', person.class)
	for (const name of ['name', 'email'])
		if (fields.includes(name)) await w.fill(name, person[name])
	for (const name of fields)
		if (answers[name]) await w.fill(name, answers[name])
}

const GO = 'main button[value="go"]'
const at = (w, path) => new URL(w.page.url()).pathname === path

// From the first page to the last question's answer.
async function answerAll(w, person) {
	await w.goto('/')
	await w.see('home')
	await w.goto('/accreditation')
	await w.see('apply')
	await w.follow('main a[href="/accreditation/kind"]')
	for (let i = 0; i < 9 && !at(w, '/accreditation/files'); i++) {
		const path = new URL(w.page.url()).pathname, name = path.split('/').at(-1)
		await w.see(`apply-${name}`)
		if (name === 'kind' || name === 'you') {
			await w.follow(GO)
			ok((await w.page.title()).startsWith(w.french ? 'Erreur' : 'Error'),
				`${w.name}: an empty ${name} comes back as an error`, await w.page.title())
			await w.see(`apply-${name}-error`)
		}
		if (name === 'outlet-choice') {
			const first = await w.page.locator('[name="choice"]').first().getAttribute('value')
			await w.check('choice', first)
			await w.follow('main form[action*="outlet-choice"] button')
			continue
		}
		await question(w, path, person)
		if (name === 'proof' && w.french) await saved(w, person)
		else await w.follow(GO)
	}
	ok(at(w, '/accreditation/files'), `${w.name}: each question leads to the next`, w.page.url())
}

// Breaks off, and goes on by the link that is mailed.
async function saved(w, person) {
	await w.follow('main button[value="save"]')
	await w.see('apply-save')
	await w.follow('main form[action="/accreditation/save"] button')
	await w.see('apply-saved')
	await w.goto(await mailed(person.email, 'return'))
	await w.see('apply-return')
	await w.follow('main form button')
	ok(at(w, '/accreditation/check'), `${w.name}: the link opens what was saved`, w.page.url())
	await w.goto('/accreditation/files')
}

async function files(w) {
	await w.follow('main button[value="add"]')
	await w.see('apply-files-error')
	await w.check('kind', 'letter')
	await w.file('file', letter)
	await w.follow('main button[value="add"]')
	await w.see('apply-files')
	await w.follow(GO)
	ok(at(w, '/accreditation/photo'), `${w.name}: then the photograph`, w.page.url())
	await w.see('apply-photo')
	await w.file('photo', face)
	if (w.script) {
		await w.page.locator('[data-crop-tool]:not([hidden])').waitFor()
		await w.reach('[data-crop-canvas]')
		const before = await w.page.textContent('[data-crop-state]')
		for (const key of ['-', '-', 'ArrowLeft', 'ArrowLeft', 'ArrowDown'])
			await w.page.keyboard.press(key)
		ok(await w.page.textContent('[data-crop-state]') !== before,
			`${w.name}: keys move the frame around the face`, before)
		await w.see('apply-photo-frame')
	}
	await w.follow(GO)
	ok(at(w, '/accreditation/check'), `${w.name}: all answers are shown`, w.page.url())
}

async function apply(w, person) {
	await answerAll(w, person)
	await files(w)
	await w.see('apply-check')
	await w.follow('main form[action="/accreditation/check"] button')
	await w.see('apply-sent')
	await w.goto(await mailed(person.email, 'confirm'))
	await w.see('confirm')
	await w.follow('main form button')
	person.reference = (await w.page.textContent('main')).match(/A-\w{4}-\w{4}/)?.[0]
	ok(person.reference, `${w.name}: confirmed, with a reference`)
	await w.see('confirmed')
}

async function signIn(w, person) {
	await w.goto('/sign-in')
	await w.see('sign-in')
	await w.fill('email', person.email)
	await w.follow('main form[action="/sign-in"] button')
	await w.see('sign-in-sent')
	await w.goto(await mailed(person.email, 'link'))
	await w.see('sign-in-link')
	await w.follow('main form button')
	ok(at(w, '/my'), `${w.name}: the link signs in`, w.page.url())
	await w.see('my-applied')
}

const text = w => w.page.innerText('main')

async function desk(page, base, person, what) {
	await page.goto(`${base}/staff/applications/${person.reference}`)
	if (what === 'ask') {
		await page.fill('[name="question"]', person === ODILE ? 'Qui répond de votre travail ?'
			: 'Who pays for your film?')
		await page.click('form[action$="/ask"] button')
	} else {
		await page.click('form[action$="/approve"] button')
	}
	await page.waitForLoadState()
	ok(await page.locator('.govuk-error-summary').count() === 0,
		`the desk: ${what} ${person.name}`, await page.innerText('main'))
}

async function answered(w, person) {
	await w.goto('/my')
	await w.see('my-asked')
	await w.follow(`main a[href="/my/applications/${person.reference}"]`)
	await w.see('more-information')
	await w.follow('main form[action$="/answer"] button')
	await w.see('more-information-error')
	await w.fill('answer', person.answer)
	await w.follow('main form[action$="/answer"] button')
	ok((await text(w)).includes(person.answer), `${w.name}: the answer stands on the page`)
	await w.see('answered')
}

async function register(w, state) {
	await w.goto('/my')
	await w.see('my-approved')
	await w.follow(`main a[href="/conferences/${HARBOUR}"]`)
	await w.see('conference')
	await w.follow('.pg-register button')
	ok(w.page.url().includes('/registrations/'), `${w.name}: one button registers`, w.page.url())
	ok(await w.page.locator('.pg-pass').count() === (state === 'pass' ? 1 : 0),
		`${w.name}: registered, with ${state}`)
	await w.see(state)
}

// The pass is a picture to keep, and opens without a network where the browser can keep pages.
async function keep(w) {
	const link = w.page.locator('a[href$="/pass.png"], a[href*="/pass.png?"]').first()
	const answer = await w.context.request.get(new URL(await link.getAttribute('href'), w.base).href)
	ok(answer.status() === 200 && (await answer.body()).subarray(1, 4).toString() === 'PNG',
		`${w.name}: the pass is kept as a picture`)
	const box = await w.page.locator('.pg-pass img, .pg-pass svg').first().boundingBox()
	ok(box.width >= 226.7, `${w.name}: 6 cm or wider`, JSON.stringify(box))
	ok(await w.page.locator('.pg-pass').evaluate(e => getComputedStyle(e).backgroundColor) ===
		'rgb(255, 255, 255)', `${w.name}: on a white card`)
}

// The registrar is gone: the page of the pass opens all the same, on the device that has seen it.
async function offline(w) {
	const before = w.complaints.length
	await w.page.locator('#pass-kept:not([hidden])').waitFor()
	await house.leave()
	await w.page.reload()
	await w.page.locator('#pass-copy:not([hidden])').waitFor()
	ok(await w.page.locator('.pg-pass__code').evaluate(e => e.complete && e.naturalWidth > 0),
		`${w.name}: the pass opens without a network`)
	await w.see('pass-offline')
	await house.serve()
	await w.page.reload()
	// What was asked of a registrar that is gone.
	w.complaints.length = before
}

async function cancel(w) {
	await w.follow('main a[href$="/cancel"]')
	await w.see('cancel')
	await w.follow('main form[action$="/cancel"] button')
	ok(await w.page.locator('.pg-pass').count() === 0, `${w.name}: cancelled, and the pass is gone`)
	await w.see('cancelled')
}

// A conference of tomorrow, as the clocks of Toronto have it, for one person.
function announce() {
	const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Toronto' })
		.format(Date.now() + 86400000)
	house.registrar('conference', 'add', '--slug', HARBOUR, '--title', TITLE, '--starts',
		`${day}T14:00`, '--capacity', '1', '--stream', 'https://media.lakemount.example/live')
}

const ENGLISH = /\b(the|and|you|your|with|is|are|of|to|we|this|it|at|by|when|for)\b/i

function french(person) {
	const subjects = mails(person.email).map(m => m.subject)
	ok(subjects.length >= 7, `mails were written to ${person.name}`, ...subjects)
	for (const { subject, text } of mails(person.email)) {
		const lines = (subject + '\n' + text).replace(/\S+@\S+|https?:\/\/\S+/g, '')
			.replaceAll('Lakemount Police Service', '')
			.split('\n')
		const leaks = lines.filter(line => ENGLISH.test(line))
		ok(leaks.length === 0, `in French: ${subject}`, ...leaks)
	}
}

async function walk(browser, base) {
	const amina = await Walker.open(browser, base, shots, { name: 'en', keyboard: true,
		width: 390, height: 844, scheme: 'light' })
	const odile = await Walker.open(browser, base, shots, { name: 'fr', french: true, script: false,
		width: 1280, height: 900, scheme: 'dark',
		own: [AMINA.answers.outlet, ODILE.name, ODILE.answers.outlet] })
	const page = await (await browser.newContext({ locale: 'en-CA' })).newPage()
	page.setDefaultTimeout(30000)
	await page.goto(base + '/staff/sign-in')
	await page.fill('[name="name"]', 'admin')
	await page.fill('[name="password"]', OFFICER[1])
	await page.click('main form button')
	for (const [w, person] of [[amina, AMINA], [odile, ODILE]]) {
		await apply(w, person)
		await signIn(w, person)
		await desk(page, base, person, 'ask')
		await answered(w, person)
		await desk(page, base, person, 'approve')
	}
	announce()
	await register(amina, 'pass')
	await keep(amina)
	await offline(amina)
	await register(odile, 'waitlisted')
	await cancel(amina)
	await odile.page.reload()
	ok(await odile.page.locator('.pg-pass').count() === 1, 'fr: a place came free, and the pass is there')
	await odile.see('promoted')
	await keep(odile)
	await odile.goto('/my')
	await odile.see('my-promoted')
	for (let i = 0; i < 50 && mails(ODILE.email).length < 7; i++) await sleep(200)
	french(ODILE)
	for (const w of [amina, odile])
		ok(w.complaints.length === 0, `${w.name}: nothing is fetched from elsewhere or refused`,
			...w.complaints)
}

mkdirSync(shots, { recursive: true })
let browser
try {
	await house.open()
	browser = await launch()
	await walk(browser, `http://127.0.0.1:${house.port}`)
} catch (error) {
	ok(false, 'the walk ran to its end', error.stack)
} finally {
	await browser?.close()
	await house.close()
}
plan()
