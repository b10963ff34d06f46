// What the screens of a test showed as recorded, kept apart from the programs, and compared at the
// end with what the registrar has: line by line, and person by person.
import { join } from 'node:path'
import { ok } from '../lib/browser.mjs'
import { TODAY } from '../lib/house.mjs'

// Runs in the page: each answer to a form is told to the test as it came.
function overhear() {
	const ask = globalThis.fetch
	globalThis.fetch = async (...what) => {
		const answer = await ask(...what)
		if (what[1]?.method === 'POST')
			globalThis.overheard(await answer.clone().text().catch(() => ''))
		return answer
	}
}

const text = (page, pattern) => page.match(pattern)?.[1].replace(/<[^>]*>/g, '').trim() ?? ''
const plain = words => words.replaceAll('&#39;', "'").replaceAll('&quot;', '"')
	.replaceAll('&amp;', '&')

// The word on the screen for each decision in the journal.
const decided = { ADMITTED: ['admit', 'override'], REFUSED: ['deny'], UNDONE: ['void'],
	EXIT: ['exit'], STOP: ['deny'], 'NO PASS': ['deny'], DUPLICATE: ['deny'], USED: ['deny'],
	REFER: ['deny'] }

export class Ledger {
	constructor(house) {
		this.house = house
		this.lines = new Map()
		this.reasons = new Set()
	}

	async follow(context, gate) {
		await context.exposeFunction('overheard', page => this.take(gate, page))
		await context.addInitScript(overhear)
	}

	take(gate, page) {
		this.reasons.add(text(page, /data-reason="([^"]+)"/))
		const entry = text(page, /data-entry="([^"]+)"/)
		if (!entry) return
		const [epoch, seq] = entry.split('-')
		this.lines.set(`${gate} ${epoch} ${seq}`, {
			word: text(page, /id="word"[^>]*>([^<]*)</),
			reason: text(page, /data-reason="([^"]+)"/),
			person: plain(text(page, /person__name[^>]*>(.*?)<\/p>/)),
			staff: text(page, /verdict__entry">Recorded at \S+ for (.*?)\.<\/p>/) })
	}

	cameIn(person) {
		return [...this.lines.values()].some(line => line.word === 'ADMITTED' &&
			line.person === person)
	}

	// Whether screens showed each of these reasons.
	saw(reasons) {
		const missing = reasons.filter(each => !this.reasons.has(each))
		ok(missing.length === 0, `each of ${reasons.length} reasons was on a screen`, ...missing)
	}

	async settle() {
		const { house } = this
		for (const name of Object.keys(house.desks)) {
			if (house.desks[name].exitCode === null) await house.shut(name)
			house.sync(name)
			house.run('gate', 'journal', '--data', join(house.folder, name), 'verify')
			ok(true, `gate journal verify holds: ${name}`)
		}
		house.registrar('journal', 'verify')
		ok(true, 'registrar journal verify holds')
		const told = ['today-harbour-street', 'small-room'].flatMap(slug =>
			['entries', 'denials'].flatMap(what => house.exported(what, slug)))
			.filter(e => /^(admit|deny|override|exit|void)$/.test(e.decision))
		this.compare(new Map(told.map(e => [`${e.gate} ${e.epoch} ${e.seq}`, e])))
		this.attendance(told)
	}

	compare(books) {
		const wrong = []
		for (const [place, shown] of this.lines) {
			const kept = books.get(place)
			if (!kept || !decided[shown.word]?.includes(kept.decision) ||
				(kept.decision !== 'void' && kept.reason !== shown.reason) ||
				(shown.staff && kept.staff !== shown.staff) ||
				(shown.person && kept.person && kept.person !== shown.person))
				wrong.push(`${place}: shown ${JSON.stringify(shown)}, kept ${JSON.stringify(kept)}`)
		}
		ok(this.lines.size > 0 && wrong.length === 0,
			`each of ${this.lines.size} verdicts shown stands so in the registrar's books`, ...wrong)
		const unseen = [...books].filter(([place]) => !this.lines.has(place))
		ok(unseen.length === 0, 'and nothing stands there that no screen showed',
			...unseen.map(([, e]) => JSON.stringify(e)))
	}

	// Who is inside, and how often who came and left, counted from the screens alone.
	attendance(books) {
		const counted = new Map()
		const order = books.filter(e => this.lines.has(`${e.gate} ${e.epoch} ${e.seq}`))
			.sort((a, b) => a.time < b.time ? -1 : a.time > b.time ? 1 : 0)
		for (const e of order) {
			const { word, person } = this.lines.get(`${e.gate} ${e.epoch} ${e.seq}`)
			if (!person) continue
			const c = counted.get(person) ?? { inside: 'no', entries: 0, exits: 0 }
			if (word === 'ADMITTED') Object.assign(c, { inside: 'yes', entries: c.entries + 1 })
			if (word === 'UNDONE') Object.assign(c, { inside: 'no', entries: c.entries - 1 })
			if (word === 'EXIT') Object.assign(c, { inside: 'no', exits: c.exits + 1 })
			counted.set(person, c)
		}
		const lines = this.house.exported('attendance', TODAY)
		const wrong = lines.filter(line => {
			const c = counted.get(line.person) ?? { inside: 'no', entries: 0, exits: 0 }
			return line.inside !== c.inside || Number(line.entries) !== c.entries ||
				Number(line.exits) !== c.exits
		})
		ok(lines.length > 10 && [...counted.values()].some(c => c.entries > 0) && wrong.length === 0,
			'attendance at the registrar is what was done at the doors', ...wrong.map(line =>
				`${JSON.stringify(line)}; done: ${JSON.stringify(counted.get(line.person))}`))
	}
}
