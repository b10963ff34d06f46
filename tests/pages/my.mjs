// A reporter's own page in a real browser: what next, a question answered, a refusal appealed, own
// data, in both languages. Each page is photographed at 390 and 1280 px, light and dark, and looked
// at with axe; no script of ours runs, so all of it works without.
//
//     node my.mjs BUILD
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { launch, look as lookInto, ok, plan, sleep, targets, watch } from '../lib/browser.mjs'
import { House } from '../lib/house.mjs'

const build = resolve(process.argv[2]), shots = join(build, 'screenshots')
const ANA = 'ana.ferreira@lumen.example'
const house = new House(build)
const look = (page, name) => lookInto(page, shots, 'my-' + name)

// An application that was confirmed a minute ago.
function application(reference) {
	const sql = `INSERT INTO application (reference, state, email, name, outlet, class, proof, created,
		submitted, due, person_id) SELECT '${reference}', 'submitted', email, name, 'The Weekly', 1,
		'Proof', unixepoch() - 60, unixepoch() - 60, unixepoch() + 7140, id FROM person
		WHERE email = '${ANA}'`
	const ran = spawnSync('/usr/bin/python3', ['-c', 'import sqlite3, sys\n' +
		'db = sqlite3.connect(sys.argv[1], timeout=10)\n' +
		'with db: db.execute(sys.argv[2])\ndb.close()', join(house.data, 'registrar.db'), sql],
	{ encoding: 'utf8' })
	if (ran.status !== 0) throw new Error(ran.stderr)
}

async function signInLink() {
	for (let i = 0; i < 100; i++, await sleep(100)) {
		let names = []
		try { names = readdirSync(join(house.data, 'mail')) } catch { /* not yet */ }
		for (const name of names) {
			const text = readFileSync(join(house.data, 'mail', name), 'utf8')
				.replaceAll('=\r\n', '').replaceAll('=3D', '=')
			const found = text.includes(`To: <${ANA}>`) &&
				text.match(/http:\/\/[^\s"<]*\/link\/[A-Za-z0-9_-]{43}/)
			if (found) return found[0]
		}
	}
	throw new Error('no link was mailed')
}

async function walk(browser, base) {
	const open = async () => {
		const context = await browser.newContext({ viewport: { width: 390, height: 844 },
			hasTouch: true, isMobile: true, locale: 'en-CA', bypassCSP: true })
		const page = await context.newPage()
		return [page, watch(page, base)]
	}
	const [ana, complaints] = await open(), [desk, more] = await open()
	await desk.goto(base + '/staff/sign-in')
	await desk.fill('[name="name"]', 'desk1')
	await desk.fill('[name="password"]', 'correct horse battery staple')
	await desk.click('main form button')
	await ana.goto(base + '/sign-in')
	await ana.fill('[name="email"]', ANA)
	await ana.click('main form button')
	await ana.goto(await signInLink())
	await ana.click('main form button')
	await look(ana, 'page')
	await targets(ana, 'my page', 44)

	application('A-WALK-0001')
	await ana.goto(base + '/my/applications/A-WALK-0001')
	ok(await ana.getByText('writes to you by').count() === 1, 'by when somebody answers')
	await look(ana, 'submitted')
	await ana.click('text=Send message')
	ok(await ana.evaluate(() => document.activeElement.id === 'error-summary'),
		'an empty message comes back with the focus on what is wrong')
	await look(ana, 'message-errors')
	await desk.goto(base + '/staff/applications/A-WALK-0001')
	await look(desk, 'review')
	await desk.fill('[name="question"]', 'Which outlet pays you?\nAn editor we can call is enough.')
	await desk.click('text=Ask and write to the applicant')
	await look(desk, 'review-asked')
	await ana.goto(base + '/my')
	await ana.click('text=Answer what we asked')
	await look(ana, 'more-information')
	await ana.fill('[name="answer"]', 'The Weekly does; Mr. Lund at 555-0166.')
	await ana.click('text=Send my answer')
	await look(ana, 'answered')
	await desk.reload()
	await desk.check('[name="criterion"][value="proof-missing"]')
	await desk.fill('[name="refusal-message"]', 'Two published pieces are missing.')
	await desk.click('text=Refuse and write to the applicant')
	await ana.reload()
	await look(ana, 'refused')
	await ana.fill('[name="appeal"]', 'They were in the letter.')
	await ana.getByRole('button', { name: 'Appeal' }).click()
	ok(await ana.getByText('Someone who did not refuse it before').count() === 1, 'appealed')
	await look(ana, 'appealed')
	await desk.goto(base + '/staff/applications/A-WALK-0001')
	ok(await desk.getByText('someone else decides').count() === 1 &&
		await desk.locator('form[action$="/approve"]').count() === 0, 'who refused decides no appeal')
	await look(desk, 'other-decider')
	await ana.click('text=Withdraw this application')
	await look(ana, 'withdraw')

	for (const [path, name] of [['/my/data', 'data'], ['/my/details', 'details'],
		['/my/email', 'email'], ['/my/disposal', 'disposal'],
		['/my/accreditations/1/outlet', 'outlet']]) {
		const answer = await ana.goto(base + path)
		if (answer.status() === 200) await look(ana, name)
	}
	await ana.goto(base + '/my/disposal')
	await ana.fill('[name="words"]', 'All of it')
	await ana.getByRole('button', { name: 'Ask for disposal' }).click()
	await desk.goto(base + '/staff/requests')
	await look(desk, 'requests')
	await desk.click('main li a')
	await look(desk, 'request')
	await ana.goto(base + '/my/applications/A-WALK-0001?lang=fr')
	ok(await ana.locator('html').getAttribute('lang') === 'fr', 'the same page in French')
	await look(ana, 'appealed-fr')
	await ana.goto(base + '/my/data')
	await look(ana, 'data-fr')
	await ana.getByRole('button', { name: 'Se déconnecter partout' }).click()
	ok(ana.url().endsWith('/sign-in'), 'signed out everywhere')
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
