// Every page of the desk as people see it: photographed at 390 and 1280 px, light and dark, and
// judged by axe. One part a family of pages; each begins signed in as the administrator.
//
//     node desk_pages.mjs BUILD [PART]
import { createHmac } from 'node:crypto'
import { spawn, spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fill, launch, look as lookInto, ok, plan, watch } from '../lib/browser.mjs'
import { House, OFFICER, TODAY } from '../lib/house.mjs'

const build = resolve(process.argv[2])
const look = (page, name) => lookInto(page, join(build, 'screenshots'), 'desk-' + name)

async function signIn(page, base, name, password = OFFICER[1]) {
	await page.goto(`${base}/staff/sign-in`)
	await fill(page, { name, password })
	await page.click('main form button')
}

// ---- staff ----

// RFC 6238, of a secret in base32.
function totp(secret, step = Math.floor(Date.now() / 30000)) {
	const bits = [...secret].map(c => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2)
		.padStart(5, '0')).join('')
	const key = Buffer.from(bits.match(/.{8}/g).map(byte => parseInt(byte, 2)))
	const at = Buffer.alloc(8)
	at.writeBigUInt64BE(BigInt(step))
	const digest = createHmac('sha1', key).update(at).digest()
	const code = (digest.readUInt32BE(digest[19] & 15) & 0x7fffffff) % 1000000
	return String(code).padStart(6, '0')
}

async function staff(page, base) {
	const soon = new Date(Date.now() + 9 * 86400000).toISOString().slice(0, 10)
	house.registrar('staff', 'dates', '--until', soon, '--', 'desk1')
	await page.goto(`${base}/staff/accounts`)
	await look(page, 'accounts')
	await page.goto(`${base}/staff/accounts/new`)
	await page.click('main form button')
	await look(page, 'account-new-errors')
	await fill(page, { name: 'new1', 'full-name': 'Niamh O’Ṣullivan' })
	await page.check('[value="reviewer"]')
	await page.click('main form button')
	await look(page, 'account-one-time')
	for (const step of ['', '/dates', '/role', '/disable']) {
		await page.goto(`${base}/staff/accounts/desk1${step}`)
		await look(page, `account-of${step.replace('/', '-')}`)
	}
	await page.goto(`${base}/staff/second-factor`)
	await look(page, 'factor')
	await page.click('main form button')
	await look(page, 'factor-set-up')
	const secret = (await page.textContent('.pg-code')).replaceAll(' ', '')
	await page.fill('[name="code"]', totp(secret))
	await page.click('main form button')
	ok(await page.locator('.pg-codes li').count() === 10, 'ten recovery codes are shown')
	await look(page, 'recovery')
	const recovery = await page.textContent('.pg-codes li')
	await page.goto(`${base}/staff/account`)
	await look(page, 'account')
	await page.goto(`${base}/staff/second-factor`)
	await look(page, 'factor-standing')
	await page.click('.site-header__out')
	await signIn(page, base, 'admin')
	await look(page, 'sign-in-code')
	await page.fill('[name="code"]', recovery.trim())
	await page.click('main form button')
	ok(page.url().endsWith('/staff'), 'a recovery code signs in', page.url())
	await page.click('.site-header__out')
	await signIn(page, base, 'desk1')
	await look(page, 'ends-soon')
}

// ---- badges ----

async function badges(page, base) {
	const list = `${base}/staff/conferences/${TODAY}/badges`
	await page.goto(list)
	await look(page, 'badges')
	const one = await page.locator('tbody a').first().getAttribute('href')
	await page.goto(base + one)
	await look(page, 'badge')
	house.registrar('badges', 'print', '--conference', TODAY, '--out', join(house.folder, 'badges.pdf'))
	await page.goto(list)
	await look(page, 'badges-all-printed')
	await page.goto(base + one)
	await page.click('main form button')
	await look(page, 'badge-misprint-without-words')
	await page.goto(`${base}${one}/lost`)
	await look(page, 'badge-lost')
	await fill(page, { words: 'Left in a taxi' })
	await page.click('main form button')
	ok(page.url().endsWith('done=replaced'), 'a lost badge has another pass', page.url())
	await look(page, 'badge-replaced')
}

// ---- conferences ----

async function conferences(page, base) {
	const home = `${base}/staff/conferences`
	const see = async (path, name) => {
		if (path !== null) await page.goto(home + path)
		await look(page, name)
	}
	const send = () => page.click('main form button[type=submit]')

	await see('', 'conferences')
	await see('/templates', 'templates')
	await page.goto(`${home}/new?template=2`)
	await fill(page, { title: 'Figures on bicycles', starts: '2027-11-07T01:30',
		summary: 'A boy aged 15 was found at 12 Harbour Street. Call 416-555-0123.' })
	await send()
	await see(null, 'conference-twice')
	await page.check('[name="starts-which"][value="second"]')
	await send()
	await see('/figures-on-bicycles/publish', 'conference-check')
	await page.fill('#reason-1', 'Released by the family')
	await send()
	await see(null, 'conference-check-again')
	await fill(page, { 'reason-2': 'A public building', 'reason-3': 'The number of the desk' })
	await send()
	await see(null, 'conference')
	await page.goto(`${home}/${TODAY}/edit`)
	await page.locator('#ends').evaluate(e => { e.value = e.value.replace(/:\d\d$/, ':59') })
	await send()
	await see(null, 'conference-moved')
	await see('/week', 'week')
	await see(`/${TODAY}/materials`, 'materials')
	await see(`/${TODAY}/cancel`, 'conference-cancel')
}

// ---- the review queue ----

function store(sql) {
	const ran = spawnSync('sqlite3', [join(house.data, 'registrar.db'), sql], { encoding: 'utf8' })
	if (ran.status !== 0) throw new Error(ran.stderr)
}

// Thirty of all kinds; the first are overdue.
function thirty() {
	const people = ['Ana Ferreira', 'Níamh O’Brien', 'Ọlá Adébáyọ̀', 'Владимир Кузнецов', '王秀英']
	for (let i = 0; i < 30; i++) {
		const due = Math.floor(Date.now() / 1000) + (i - 4) * 2400
		store(`INSERT INTO application (reference, state, email, name, outlet, class, proof, created,
			submitted, due, purpose) VALUES ('A-LOOK-${String(i).padStart(4, '0')}',
			'${['submitted', 'submitted', 'appealed', 'pre-approved'][i % 4]}', 'look${i}@x.example',
			'${people[i % 5]}', 'The Lantern ${i % 7}', ${i % 9}, 'My editor knows me', ${due - 7200},
			${due - 7200}, ${due}, '${i % 11 === 10 ? 'outlet' : 'new'}')`)
	}
	store(`INSERT INTO correspondence (application_id, at, kind, words)
		SELECT id, submitted, 'message', 'When will I hear?' FROM application
		WHERE reference = 'A-LOOK-0007'`)
}

async function queue(page, base) {
	store('DELETE FROM work')
	await page.goto(`${base}/staff`)
	await look(page, 'queue-empty')
	thirty()
	await page.goto(`${base}/staff`)
	await look(page, 'queue')
	ok(await page.locator('tbody .govuk-tag--red').count() > 2, 'what is overdue is said')
	await page.goto(`${base}/staff?kind=appeal&find=lantern`)
	await look(page, 'queue-filtered')
	const path = `${base}/staff/applications/A-LOOK-0000`
	await page.goto(path)
	await look(page, 'review')
	await page.click('text=Take it')
	await page.fill('[name="internal-note"]', 'Editor called back: works there.')
	await page.click('text=Add note')
	await page.click('text=Hold it until a day')
	await page.click('main form[action$="/hold"] button')
	await look(page, 'review-hold-errors')
	await page.goto(path)
	await page.click('text=Approve with limits')
	await look(page, 'review-limits')
	store(`INSERT INTO proposal (application_id, at, staff, approves, criterion, message, note)
		SELECT id, submitted, 'desk1', 0, 'proof-missing', 'Please send work.', 'Nothing published'
		FROM application WHERE reference = 'A-LOOK-0000'`)
	await page.goto(path)
	await look(page, 'review-proposed')
	await page.click('text=Confirm: refuse and write')
	await look(page, 'queue-refused')
	await page.goto(path)
	await look(page, 'review-decided')
	await page.goto(`${base}/staff/people/1`)
	await look(page, 'view-reason')
	await page.check('[value="inquiry"]')
	await page.click('main form button')
	await look(page, 'person-file')
	await page.goto(`${base}/staff/views`)
	await look(page, 'views')
}


// ---- interfaces ----

async function interfaces(page, base) {
	const home = `${base}/staff/interfaces`
	await page.goto(home)
	await look(page, 'interfaces-empty')
	await page.click('form[action$="tokens"] button')
	await look(page, 'interfaces-errors')
	await page.fill('#name', 'Newsroom wall, Ada Ng')
	await page.check('[value="gates:read"]')
	await page.fill('#days', '90')
	await page.click('form[action$="tokens"] button')
	ok((await page.textContent('[role="status"] code')).startsWith('pgt_'), 'a token is shown once')
	await page.fill('#url', 'https://localhost:9/in')
	await page.check('[value="entry.admitted"]')
	await page.click('form[action$="webhooks"] button')
	await look(page, 'interfaces')
	await page.goto(`${home}/tokens/1/revoke`)
	await look(page, 'token-revoke')
	await page.goto(`${home}/webhooks/1`)
	await page.click('form[action$="test"] button')
	await look(page, 'webhook')
	await page.goto(`${base}/staff/import`)
	await look(page, 'import')
	await page.check('[value="reporters"]')
	await page.setInputFiles('#file', { name: 'in.csv', mimeType: 'text/csv',
		buffer: Buffer.from('email,name,outlet,class\nada,Ada Ng,Nowhere Wire,chief\n') })
	await page.click('main form button')
	await look(page, 'import-problems')
}

// ---- records ----

async function records(page, base) {
	await page.goto(`${base}/staff/records`)
	await look(page, 'records-first')
	await fill(page, { what: 'nobody@marked.example', reason: 'A matter before the court' })
	await page.check('[value="person"]')
	await page.click('form[action="/staff/records/holds"] button')
	await look(page, 'records-errors')
	const slug = JSON.parse(house.registrar('conference', 'list', '--json').split('\n')[0]).slug
	house.registrar('hold', 'place', '--conference', slug, '--reason', 'A matter before the court')
	await page.goto(`${base}/staff/records`)
	await look(page, 'records-hold')
	await page.click('a[href$="/lift"]')
	await look(page, 'records-lift')
	await page.goto(`${base}/staff/records/purge`)
	await look(page, 'records-purge')
}

// ---- lists ----

const LISTS = ['attendance', 'entries', 'denials', 'no-shows', 'muster', 'guests']

async function lists(page, base) {
	const of = slug => `${base}/staff/conferences/${slug}/lists`
	const bare = 'nobody-registered'
	house.registrar('conference', 'add', '--slug', bare, '--title', 'Nobody registered',
		'--starts', new Date(Date.now() + 864e5).toISOString().slice(0, 16))
	for (const list of LISTS) {
		await page.goto(`${of(bare)}/${list}`)
		await look(page, `list-${list}-empty`)
	}
	house.enrol('lobby')
	house.sync('lobby')
	store(`UPDATE person SET name = 'محمد علي بن عبد الرحمن الهاشمي' WHERE id = 1;
		UPDATE person SET name = '=HYPERLINK("x")' WHERE id = 2;
		UPDATE person SET name = 'Wolfeschlegelsteinhausenbergerdorffvoralternwaren' WHERE id = 3`)
	const passes = house.passes()
	const lobby = door('lobby')
	for (const pass of passes.slice(1)) await lobby.scan(pass.qr)
	for (const text of [passes[2].qr, 'nonsense']) await lobby.scan(text)
	await lobby.end()
	house.sync('lobby')
	for (const list of LISTS) {
		await page.goto(`${of(TODAY)}/${list}`)
		ok(await page.locator('tbody tr').count() > 0, `${list} has rows`)
		await look(page, `list-${list}`)
	}
	await page.goto(`${of(TODAY)}/attendance?q=nobody-such&state=inside`)
	await look(page, 'list-nothing-fits')
	store(`UPDATE log_entry SET reason = 'fine' WHERE decision = 'admit'`)
	await page.goto(`${of(TODAY)}/entries?sort=newest`)
	ok(await page.getByText('was altered').count() === 1, 'an altered journal is said')
	await look(page, 'list-altered')
	store(`UPDATE log_entry SET reason = 'ok' WHERE reason = 'fine'`)
}

// ---- the live board ----

// A gate that scans; a line in, a verdict out.
function door(name) {
	const child = spawn(join(build, 'gate', 'gate'), ['scan', '--data', join(house.folder, name),
		'--conference', TODAY, '--json'], { stdio: ['pipe', 'pipe', 'ignore'] })
	const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
	return { scan: async text => { child.stdin.write(text + '\n'); return lines.next() },
		end: () => new Promise(done => { child.on('exit', done); child.stdin.end() }) }
}

async function board(page, base) {
	const address = `${base}/staff/conferences/${TODAY}`
	const arrived = page.locator('.pg-number a[href$="arrived"] .pg-number__n')
	const denied = page.locator('.pg-number a[href$="refused"] .pg-number__n')
	const passes = house.passes().filter(pass => pass.status === 'confirmed')
	house.enrol('west')
	house.sync('west')
	house.registrar('allocation', 'set', 'tomorrow-road-safety', '--deadline',
		new Date(Date.now() - 86400000).toISOString().slice(0, 16))
	for (const path of ['', '/setting']) {
		await page.goto(`${base}/staff/conferences/tomorrow-road-safety/allocation${path}`)
		await look(page, `allocation${path.replace('/', '-')}`)
	}
	await page.goto(`${base}/staff/conferences/tomorrow-road-safety`)
	await look(page, 'board-empty')
	await page.goto(address)
	const west = door('west'), took = []
	// Each comes in, and is refused the second time.
	for (const [list, number] of [['arrived', arrived], ['refused', denied]]) {
		let here = Number(await number.textContent())
		for (const pass of passes.slice(0, -1)) {
			await west.scan(pass.qr)
			const scanned = Date.now()
			here++
			await page.waitForFunction(([end, n]) => document.querySelector(
				`.pg-number a[href$="${end}"] .pg-number__n`).textContent === String(n),
			[list, here], { polling: 10, timeout: 10000 })
			took.push(Date.now() - scanned)
		}
	}
	took.sort((a, b) => a - b)
	ok(took.length > 9 && took.at(-1) <= 1000, `${took.length} scans are on an open board: median ` +
		`${took[took.length >> 1]} ms, worst ${took.at(-1)} ms`, took)
	await page.locator('a:has-text("Keep out")').first().click()
	await look(page, 'board-restrict')
	await page.click('main form button')
	ok(await page.getByText('Restrictions that stand: 1').count() === 1, 'two taps restrict')
	await look(page, 'board-restricted')
	await page.click('form[action$="/lift"] button')
	await west.end()
	// A board that is open would say that the registrar is away.
	await page.goto('about:blank')
	await conflict(passes.at(-1))
	await page.goto(address)
	await look(page, 'board-conflict')
	await page.click('text=Resolve it')
	await page.click('main form button')
	await look(page, 'conflict-errors')
	await page.fill('[name="words"]', 'Two people, one pass: the second sent away')
	await page.click('main form button')
	await page.goto(`${base}/staff/conflicts`)
	await look(page, 'conflicts')
}

// Two doors admit a pass while nobody hears them.
async function conflict(pass) {
	house.enrol('east')
	house.sync('east')
	await house.leave()
	for (const name of ['west', 'east']) {
		const one = door(name)
		await one.scan(pass.qr)
		await one.end()
	}
	await house.serve()
	for (const name of ['west', 'east']) house.sync(name)
}

const parts = { badges, conferences, interfaces, queue, records, board, lists, staff }

const house = new House(build)
let browser
try {
	await house.open()
	const base = `http://127.0.0.1:${house.port}`
	browser = await launch()
	for (const [name, part] of Object.entries(parts)) {
		if (process.argv[3] && process.argv[3] !== name) continue
		const context = await browser.newContext({ locale: 'en-CA' })
		const page = await context.newPage()
		const complaints = watch(page, base)
		await signIn(page, base, 'admin')
		await part(page, base)
		ok(complaints.length === 0, `no page of ${name} complains`, ...complaints)
		await context.close()
	}
	ok(true, 'all parts are through')
} catch (error) {
	ok(false, 'the pages are walked', error.stack, house.server?.said)
} finally {
	await browser?.close()
	await house.close()
}
plan()
