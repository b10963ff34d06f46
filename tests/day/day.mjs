// A whole day of the communications desk, in a real browser: thirty applications of all kinds, an
// emerging conference with its public text checked, places by allocation, two doors, a restriction,
// a conflict, lists against journals, badges, and a year later the purge.
//
//     node day.mjs BUILD
import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { launch, look, note, ok, plan, sleep, watch } from '../lib/browser.mjs'
import { wedge } from '../lib/door.mjs'
import { at } from '../desk/queue.mjs'
import { House, OFFICER, SUPERVISOR, startShift, verdict } from '../lib/house.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const build = resolve(process.argv[2])
const shots = join(build, 'screenshots', 'day')
const house = new House(build)

// The thirty, who use the public pages without script.
class Press {
	constructor() {
		this.child = spawn('/usr/bin/python3', ['-B', join(here, 'press.py'), build, house.data,
			String(house.port)], { stdio: ['pipe', 'pipe', 'inherit'] })
		this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]()
	}

	async wish(wish) {
		this.child.stdin.write(JSON.stringify(wish) + '\n')
		const { value, done } = await this.lines.next()
		if (done) throw new Error(`press.py ended at ${JSON.stringify(wish)}`)
		return JSON.parse(value)
	}

	close() {
		this.child.stdin.end()
	}
}

class Desk {
	static async open(browser, name) {
		const desk = new Desk()
		desk.base = `http://127.0.0.1:${house.port}`
		desk.context = await browser.newContext({ viewport: { width: 1280, height: 900 },
			locale: 'en-CA', bypassCSP: true, acceptDownloads: true })
		desk.page = await desk.context.newPage()
		desk.page.setDefaultTimeout(20000)
		desk.complaints = watch(desk.page, desk.base)
		await desk.goto('/staff/sign-in')
		await desk.page.fill('[name="name"]', name)
		await desk.page.fill('[name="password"]', OFFICER[1])
		await desk.press('main form button')
		return desk
	}

	goto(path) {
		return this.page.goto(this.base + path)
	}

	// Presses a button or link, and is on the page it leads to.
	async press(selector) {
		const moved = this.page.waitForNavigation()
		await this.page.locator(selector).first().click()
		await moved
	}

	text() {
		return this.page.innerText('main')
	}

	look(name) {
		return look(this.page, shots, name)
	}
}

// ---- the morning: applications ----

// Who is refused, asked, or put aside; everybody else is approved.
const REFUSED = 'press30@day.example', ASKED = 'press25@day.example'

async function decide(desk, people) {
	await desk.goto('/staff')
	const order = await desk.page.$$eval('main table tbody th a', all => all.map(a => a.textContent))
	ok(order.length >= 20, 'the queue shows what waits', order.length)
	await desk.look('queue')
	const twin = people.find(p => p.email === REFUSED)
	await desk.goto(`/staff/applications/${twin.reference}`)
	ok(/Amina Ọkáfọ̀/.test(await desk.text()), 'a look-alike is pointed out, with its reason',
		await desk.text())
	await desk.look('look-alike')
	let approved = 0
	for (const person of people) {
		if (person.email === REFUSED || person.email === ASKED) continue
		await desk.goto(`/staff/applications/${person.reference}`)
		await desk.press('form[action$="/approve"] button')
		approved += new URL(desk.page.url()).pathname === '/staff'
	}
	ok(approved === people.length - 2, 'each is approved by a person', approved)
	await desk.goto(`/staff/applications/${twin.reference}`)
	const refuse = desk.page.locator('form[action$="/refuse"]')
	await refuse.locator('[name="criterion"]').first().check().catch(() =>
		refuse.locator('[name="criterion"]').selectOption({ index: 1 }))
	await refuse.locator('textarea').first().fill('You applied this morning already; that stands.')
	await desk.press('form[action$="/refuse"] button')
	const student = people.find(p => p.email === ASKED)
	await desk.goto(`/staff/applications/${student.reference}`)
	await desk.page.locator('form[action$="/ask"] textarea').first()
		.fill('Which course is it for?')
	await desk.press('form[action$="/ask"] button')
}

// ---- noon: an emerging conference, by allocation ----

const SLUG = 'grain-terminal', PLACES = 12
// Local time of the Service, as a browser's field has it.
const local = minutes => new Date(Date.now() + minutes * 60e3).toLocaleString('sv-SE',
	{ timeZone: 'America/Toronto' }).slice(0, 16).replace(' ', 'T')

async function announce(desk) {
	await desk.goto('/staff/conferences/templates')
	await desk.press('main tr:has-text("merging") a[href*="template="]')
	for (const [name, value] of Object.entries({ title: 'Fire at the grain terminal: update',
		slug: SLUG, summary: 'Chief L. Arden speaks. Families may call 416-555-0134.',
		starts: local(90), capacity: String(PLACES), 'per-outlet': '3' }))
		await desk.page.fill(`[name="${name}"]`, value)
	ok(await desk.page.isChecked('[name="emerging"]'), 'the template of an emerging matter says so')
	await desk.look('new-conference')
	await desk.press('main form button')
	ok((await desk.text()).includes('Draft: only the desk sees it'), 'it is a draft',
		await desk.text())
	const hidden = await desk.page.request.get(`${desk.base}/conferences/${SLUG}`)
	ok(hidden.status() === 404 || /staff/.test(hidden.url()), 'which nobody else sees', hidden.status())
	await desk.press('a[href$="/publish"]')
	ok(/416-555-0134/.test(await desk.text()), 'the check finds a telephone number, and says where',
		await desk.text())
	await desk.look('check')
	await desk.goto(`/staff/conferences/${SLUG}/edit`)
	await desk.page.fill('[name="summary"]', 'Chief L. Arden speaks about the fire, and answers questions.')
	await desk.press('main form button')
	await desk.goto(`/staff/conferences/${SLUG}/publish`)
	await desk.press('main form button[type="submit"]')
	ok((await desk.text()).includes('Announced: everybody sees it'), 'a person publishes it',
		await desk.text())
	await desk.goto(`/staff/conferences/${SLUG}/allocation/setting`)
	await desk.page.check('[name="mode"][value="allocation"]')
	await desk.page.fill('[name="deadline"]', local(30))
	await desk.page.fill('[name="pool-1-name"]', 'Camera pool')
	await desk.page.fill('[name="pool-1-places"]', '1')
	await desk.page.check('[name="pool-1-roles"][value="camera"]')
	await desk.page.fill('[name="outlet-camera"]', '2')
	await desk.press('main form button')
	ok(new URL(desk.page.url()).pathname.endsWith('/allocation'), 'places are given by allocation',
		await desk.text())
}

async function allocate(desk, press, people) {
	const askers = people.filter(p => ![REFUSED, ASKED].includes(p.email)).slice(0, 24)
	const said = await press.wish({ do: 'register', slug: SLUG, emails: askers.map(p => p.email) })
	ok(Object.keys(said).length === askers.length, 'twenty-four ask for a place')
	ok(house.passes(SLUG).every(p => p.status !== 'confirmed'), 'nobody has one before the run',
		JSON.stringify(house.passes(SLUG)))
	await desk.goto(`/staff/conferences/${SLUG}/allocation`)
	const before = await desk.text()
	ok(/limit/i.test(before) && /place 1 of/i.test(before) && /Camera pool/.test(before),
		'the draft says for each why, before anything is applied', before)
	await desk.look('allocation')
	await desk.press('form[action$="/allocation"] button')
	const applied = await desk.text()
	const confirmed = house.passes(SLUG).filter(p => p.status === 'confirmed')
	ok(confirmed.length >= PLACES && confirmed.length <= PLACES + 1,
		'as many have a pass as there are places', confirmed.length, applied)
	await desk.goto(`/staff/conferences/${SLUG}/allocation?replay=yes`)
	ok(/same/i.test(await desk.text()), 'decided again it comes to the same', await desk.text())
	await desk.look('replay')
	const gone = people.find(p => confirmed.some(c => c.person === p.name))
	await press.wish({ do: 'cancel', slug: SLUG, email: gone.email })
	const after = house.passes(SLUG).filter(p => p.status === 'confirmed')
	ok(after.length === confirmed.length && !after.some(p => p.person === gone.name),
		'a cancelled place goes to the waiting list by itself',
		JSON.stringify(after.map(p => p.person)))
	return after
}

// ---- the afternoon: two doors ----

class Door {
	static async open(browser, name, officer) {
		const door = new Door()
		door.name = name
		door.base = await house.desk(name)
		door.context = await browser.newContext({ viewport: { width: 1280, height: 900 },
			bypassCSP: true })
		door.page = await door.context.newPage()
		await startShift(door.page, door.base, officer, SLUG)
		return door
	}

	// Types the code, and waits for that word.
	async scan(pass, expected) {
		await wedge(this.page, pass.qr)
		await verdict(this.page, expected, 15000)
	}

	async admit(pass) {
		await this.scan(pass, /ADMIT\?|CHECK/)
		await this.page.keyboard.press('F9')
		await verdict(this.page, 'ADMITTED')
	}
}

// What a door recorded is at the registrar.
async function arrived(desk, wanted, seconds = 15) {
	let found = []
	for (let i = 0; i < seconds * 5; i++, await sleep(200)) {
		found = house.exported('entries', SLUG)
		if (found.length >= wanted) return found
	}
	throw new Error(`${found.length} entries arrived of ${wanted}`)
}

async function doors(browser, desk, passes) {
	for (const name of ['north-door', 'south-door']) house.sync(name)
	const north = await Door.open(browser, 'north-door', OFFICER)
	const south = await Door.open(browser, 'south-door', SUPERVISOR)
	await desk.goto(`/staff/conferences/${SLUG}`)
	for (const pass of passes.slice(0, 4)) await north.admit(pass)
	for (const pass of passes.slice(4, 7)) await south.admit(pass)
	await arrived(desk, 7)
	const number = desk.page.locator('.pg-number a[href*="state=arrived"]')
	await number.filter({ hasText: '7' }).waitFor({ timeout: 5000 })
	ok(true, 'the board counts them by itself')
	await desk.look('board')
	await south.scan(passes[0], 'DUPLICATE')
	return { north, south }
}

// Two taps on the board; the door says so within a second, and no more once it is lifted.
async function restrict(desk, { north, south }, passes) {
	const pass = passes[8]
	await desk.goto(`/staff/conferences/${SLUG}`)
	await desk.press(`tr:has-text("${pass.outlet}") form[action="/staff/restrictions/new"] button`)
	await desk.look('restrict')
	await desk.press('form[action="/staff/restrictions"] button')
	const told = Date.now()
	ok(new URL(desk.page.url()).pathname.endsWith(SLUG) && (await desk.text()).includes(pass.outlet),
		'two taps restrict an outlet', desk.page.url())
	await sleep(1000)
	await north.scan(pass, 'STOP')
	ok(true, `its people are stopped at the door ${Date.now() - told} ms later`)
	// The same code is ignored for five seconds.
	await sleep(5000 - (Date.now() - told))
	await desk.press('form[action$="/lift"] button')
	await sleep(1000)
	await north.admit(pass)
	ok(true, 'and let in once it is lifted')
	await south.scan(pass, 'DUPLICATE')
}

// No registrar, and doors that do not hear each other: both admit the same pass.
async function conflict(desk, { north, south }, passes) {
	await desk.page.goto('about:blank')
	await house.leave()
	await north.admit(passes[7])
	await south.admit(passes[7])
	await house.serve()
	await desk.goto(`/staff/conferences/${SLUG}`)
	const link = desk.page.locator('a[href*="/conflict?key="]')
	await link.first().waitFor({ timeout: 20000 })
	const words = await desk.text()
	ok(words.includes('north-door') && words.includes('south-door') &&
		words.includes(OFFICER[0]) && words.includes(SUPERVISOR[0]),
		'the conflict names both doors and both officers', words)
	await desk.look('conflict')
	await desk.press('a[href*="/conflict?key="]')
	await desk.page.fill('main form textarea, main form input[type="text"]',
		'Two people with one pass: the second was sent away at 2:10 p.m.')
	await desk.press('form[action$="/conflict"] button')
	await desk.goto(`/staff/conferences/${SLUG}`)
	ok(await link.count() === 0, 'a person resolves it, in words')
}

// ---- the evening: lists, badges ----

// Lines of a list as the page gives it for a download.
async function download(desk, path) {
	const answer = await desk.page.request.get(desk.base + path)
	if (answer.status() !== 200) throw new Error(`${path}: ${answer.status()}`)
	return answer.body()
}

async function lists(desk) {
	const journals = join(house.folder, 'journals')
	house.registrar('journal', 'export', journals)
	house.registrar('journal', 'verify')
	for (const [list, ...decisions] of [['entries', 'admit', 'override'], ['denials', 'deny']]) {
		const path = join(house.folder, `${list}.csv`)
		writeFileSync(path, await download(desk, 
			`/staff/conferences/${SLUG}/lists/${list}/download?format=csv`))
		const ran = spawnSync('/usr/bin/python3', ['-B', join(here, 'compare.py'), journals, SLUG,
			path, ...decisions], { encoding: 'utf8' })
		ok(ran.status === 0, `${list}, line by line as the journals have them`, ran.stdout,
			ran.stderr)
		note(`${list}: ${ran.stdout.trim()}`)
	}
	for (const list of ['attendance', 'no-shows', 'muster', 'guests']) {
		await desk.goto(`/staff/conferences/${SLUG}/lists/${list}`)
		await desk.look(`list-${list}`)
	}
}

// What zbarimg reads off each page of a PDF.
function decoded(pdf) {
	const stem = pdf.replace(/\.pdf$/, '')
	for (const [program, ...args] of [['pdftoppm', '-r', '300', '-png', pdf, stem]]) {
		const ran = spawnSync(program, args, { encoding: 'utf8' })
		if (ran.status !== 0) throw new Error(`${program}: ${ran.stderr}`)
	}
	const pages = readdirSync(house.folder).map(name => join(house.folder, name))
		.filter(path => path.startsWith(stem) && path.endsWith('.png')).sort()
	const ran = spawnSync('zbarimg', ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', ...pages],
		{ encoding: 'utf8' })
	return ran.stdout.trim().split('\n')
}

async function badges(desk) {
	const passes = house.passes(SLUG).filter(p => p.status === 'confirmed')
	await desk.goto(`/staff/conferences/${SLUG}/badges`)
	await desk.look('badges')
	for (const size of ['cr80', 'letter-8up']) {
		await desk.goto(`/staff/conferences/${SLUG}/badges?which=all`)
		await desk.page.selectOption('main form[method="post"] [name="size"]', size)
		const coming = desk.page.waitForEvent('download')
		await desk.page.click('main form[method="post"] button')
		const pdf = join(house.folder, `badges-${size}.pdf`)
		await (await coming).saveAs(pdf)
		const read = decoded(pdf)
		ok(JSON.stringify(read.sort()) === JSON.stringify(passes.map(p => p.qr).sort()),
			`${size}: each badge's code is read off the page, and is the pass`, read.length,
			passes.length)
	}
}

// ---- a year after the last use: that of an accreditation is its end, in a year ----

function purge(people) {
	const later = Object.entries(at(770 * 86400))
	const run = (...args) => {
		const ran = spawnSync('env', [...later.map(pair => pair.join('=')),
			join(build, 'registrar', 'registrar'), ...args, '--data', house.data],
			{ encoding: 'utf8' })
		if (ran.status !== 0) throw new Error(`${args.join(' ')}: ${ran.stderr}`)
		return ran.stdout
	}
	const known = people.flatMap(p => [p.email, p.name]).filter(text => text.length < 100)
	const look = () => spawnSync('/usr/bin/python3', ['-B', join(here, 'traces.py'), house.data],
		{ input: known.join('\n') + '\n', encoding: 'utf8' })
	ok(look().status === 1, 'the control: before the purge their names and addresses stand there')
	const { destroyed } = JSON.parse(run('purge'))
	note(destroyed.map(d => `${d.records} ${d.rule}`).join(', '))
	const left = look()
	ok(left.status === 0, 'a year after the last use nothing of them is left', left.stdout)
	run('journal', 'verify')
	ok(true, 'and the journals verify')
}

async function main() {
	await house.open('north-door', 'south-door')
	const password = house.secret('comms', OFFICER[1])
	house.registrar('staff', 'add', 'comms1', '--full-name', 'Robin Vale', '--role',
		'communications', '--password-file', password)
	const press = new Press(), browser = await launch()
	const started = Date.now(), lap = name => note(`${name}: ${Math.round((Date.now() - started) / 1000)} s`)
	try {
		const people = await press.wish({ do: 'apply' })
		ok(people.length === 30 && people.every(p => p.reference), 'thirty apply')
		lap('applied')
		const desk = await Desk.open(browser, 'comms1')
		await decide(desk, people)
		lap('decided')
		await announce(desk)
		const passes = await allocate(desk, press, people)
		lap('allocated')
		const { north, south } = await doors(browser, desk, passes)
		lap('admitted')
		await restrict(desk, { north, south }, passes)
		await conflict(desk, { north, south }, passes)
		lap('resolved')
		await lists(desk)
		await badges(desk)
		lap('printed')
		await desk.page.goto('about:blank')
		await north.context.close()
		await south.context.close()
		for (const name of ['north-door', 'south-door']) await house.shut(name)
		await house.leave()
		purge(people)
		lap('purged')
		ok(desk.complaints.length === 0, 'nothing is fetched from elsewhere or refused',
			...desk.complaints)
	} finally {
		press.close()
		await browser.close()
		await house.close()
	}
	plan()
}

await main()
