// A focal point in a real browser: made on the staff's page, vouches for an applicant, registers
// and cancels a member, in both languages. Each page is photographed at 390 and 1280 px, light and
// dark, and looked at with axe; no script of ours runs.
//
//     node focal.mjs BUILD
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { launch, look as lookInto, ok, plan, sleep, targets, watch } from '../lib/browser.mjs'
import { House, TOMORROW } from '../lib/house.mjs'

const build = resolve(process.argv[2]), shots = join(build, 'screenshots')
const house = new House(build)
const look = (page, name) => lookInto(page, shots, 'focal-' + name)

function store(sql) {
	const ran = spawnSync('/usr/bin/python3', ['-c', 'import json, sqlite3, sys\n' +
		'db = sqlite3.connect(sys.argv[1], timeout=10)\n' +
		'with db: print(json.dumps(db.execute(sys.argv[2]).fetchall()))\ndb.close()',
	join(house.data, 'registrar.db'), sql], { encoding: 'utf8' })
	if (ran.status !== 0) throw new Error(ran.stderr)
	return JSON.parse(ran.stdout)
}

// Someone accredited who has no place tomorrow, and somebody who is to apply for their outlet.
function people() {
	const [[outlet, name, email, id]] = store(`SELECT o.id, o.name, p.email, p.id
		FROM accreditation a JOIN outlet o ON o.id = a.outlet_id JOIN person p ON p.id = a.person_id
		WHERE a.state = 'active' AND a.valid_until > unixepoch() + 86400 AND a.class = 1
		AND NOT EXISTS (SELECT 1 FROM registration r JOIN conference c ON c.id = r.conference_id
			JOIN accreditation b ON b.id = r.accreditation_id
			WHERE b.person_id = p.id AND c.slug = '${TOMORROW}') ORDER BY a.id LIMIT 1`)
	const [[stranger]] = store(`SELECT p.id FROM person p WHERE NOT EXISTS (SELECT 1
		FROM accreditation a WHERE a.person_id = p.id AND a.outlet_id = ${outlet}) LIMIT 1`)
	return { outlet, name, email, id, stranger }
}

function apply(reference, outlet, person) {
	store(`INSERT INTO application (reference, state, email, name, outlet, outlet_id, class, proof,
		created, submitted, due, person_id) SELECT '${reference}', 'submitted', p.email, p.name,
		o.name, o.id, 1, 'Proof', unixepoch() - 60, unixepoch() - 60, unixepoch() + 7140, p.id
		FROM person p, outlet o WHERE p.id = ${person} AND o.id = ${outlet}`)
}

async function signInLink(email) {
	for (let i = 0; i < 100; i++, await sleep(100)) {
		let names = []
		try { names = readdirSync(join(house.data, 'mail')) } catch { /* not yet */ }
		for (const name of names) {
			const text = readFileSync(join(house.data, 'mail', name), 'utf8')
				.replaceAll('=\r\n', '').replaceAll('=3D', '=')
			const found = text.includes(`To: <${email}>`) &&
				text.match(/http:\/\/[^\s"<]*\/link\/[A-Za-z0-9_-]{43}/)
			if (found) return found[0]
		}
	}
	throw new Error('no link was mailed')
}

async function open(browser, base) {
	const context = await browser.newContext({ viewport: { width: 390, height: 844 },
		hasTouch: true, isMobile: true, locale: 'en-CA', bypassCSP: true })
	const page = await context.newPage()
	return [page, watch(page, base)]
}

// Approves a reporter once more and makes them the focal point.
async function make(desk, base, reference) {
	await desk.goto(base + '/staff/sign-in')
	await desk.fill('[name="name"]', 'desk1')
	await desk.fill('[name="password"]', 'correct horse battery staple')
	await desk.click('main form button')
	await desk.goto(`${base}/staff/applications/${reference}`)
	ok(await desk.getByText('Make focal point').count() === 0, 'not while the application waits')
	await desk.click('text=Approve and write')
	await desk.goto(`${base}/staff/applications/${reference}`)
	await look(desk, 'may-be')
	await desk.click('text=Make focal point')
	ok(await desk.getByText('Take focal point back').count() === 1, 'made by a button')
	await look(desk, 'made')
	await targets(desk, 'the review page', 44, '.govuk-button')
}

async function vouch(page) {
	await look(page, 'outlet')
	await targets(page, 'the outlet', 44, 'button, textarea, nav a')
	const circle = await page.locator('#A-WALK-0002-no').boundingBox()
	ok(circle.width >= 44 && circle.height >= 44, 'and each answer is one', JSON.stringify(circle))
	await page.click('text=Tell the media desk')
	ok(await page.getByText('whether this person works').count() === 1, 'an answer is needed')
	await look(page, 'outlet-error')
	await page.check('#A-WALK-0002-yes')
	await page.fill('[name="words"]', 'On our night desk since May.')
	await page.click('text=Tell the media desk')
	ok(await page.isChecked('#A-WALK-0002-yes') &&
		await page.inputValue('[name="words"]') === 'On our night desk since May.', 'vouched')
	await look(page, 'outlet-vouched')
}

async function places(page) {
	await look(page, 'places')
	await targets(page, 'the places', 44)
	const places = page.locator('form[action$="/register"]'), count = await places.count()
	await page.click('text=They agree to screening')
	ok(await places.count() === count - 1 &&
		await page.getByText('Cancel this registration').count() === 1, 'a member is registered')
	await look(page, 'places-registered')
	await page.click('text=Cancel this registration')
	ok(await places.count() === count, 'and cancelled')
}

async function french(page, own) {
	await page.goto(own + '?lang=fr')
	ok(await page.locator('html').getAttribute('lang') === 'fr', 'the outlet in French')
	await look(page, 'outlet-fr')
	await page.goto(`${own}/conferences/${TOMORROW}`)
	ok(await page.locator('html').getAttribute('lang') === 'fr', 'the places in French')
	await look(page, 'places-fr')
	await page.goto(own.replace(/outlets.*/, ''))
	await look(page, 'my-page-fr')
}

async function walk(browser, base) {
	const them = people(), own = `${base}/my/outlets/${them.outlet}`
	const [page, complaints] = await open(browser, base), [desk, more] = await open(browser, base)
	apply('A-WALK-0001', them.outlet, them.id)
	await make(desk, base, 'A-WALK-0001')
	apply('A-WALK-0002', them.outlet, them.stranger)
	await page.goto(base + '/sign-in')
	await page.fill('[name="email"]', them.email)
	await page.click('main form button')
	await page.goto(await signInLink(them.email))
	await page.click('main form button')
	await page.goto(base + '/my')
	await look(page, 'my-page')
	await page.click(`main a[href="/my/outlets/${them.outlet}"]`)
	await vouch(page)
	await page.click(`main a[href$="/conferences/${TOMORROW}"]`)
	await places(page)
	await french(page, own)
	await desk.goto(base + '/staff/applications/A-WALK-0002')
	ok(await desk.getByText('vouches for the applicant').count() === 1, 'the desk reads it')
	await look(desk, 'said')
	await desk.goto(base + '/staff/applications/A-WALK-0001')
	await desk.click('text=Take focal point back')
	ok(await desk.getByText('Make focal point').count() === 1, 'taken back by a button')
	ok((await page.goto(own)).status() === 404, 'and the outlet is theirs no more')
	ok(complaints.concat(more).length === 0, 'nothing is fetched from elsewhere or refused',
		...complaints, ...more)
}

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
