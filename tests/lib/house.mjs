// A registrar with its sample, gates that have its lists, and their desks, for a test in a browser.
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, sleep, stop } from './browser.mjs'

export const OFFICER = ['officer1', 'correct horse battery staple']
export const SUPERVISOR = ['super1', 'four green gates open']
export const TODAY = 'today-harbour-street', TOMORROW = 'tomorrow-road-safety'

export class House {
	constructor(build) {
		this.build = build
		this.folder = mkdtempSync(join(tmpdir(), 'pressgate-house-'))
		this.data = join(this.folder, 'registrar')
		this.children = []
		this.desks = {}
		this.mounts = []
	}

	run(program, ...args) {
		const ran = spawnSync(join(this.build, program, program), args, { encoding: 'utf8' })
		if (ran.status !== 0)
			throw new Error(`${program} ${args.join(' ')}: exit ${ran.status}\n${ran.stderr}`)
		return ran.stdout
	}

	registrar(...words) {
		const at = words.findIndex(word => word.startsWith('--'))
		const split = at < 0 ? words.length : at
		return this.run('registrar', ...words.slice(0, split), '--data', this.data,
			...words.slice(split))
	}

	secret(name, text) {
		const path = join(this.folder, name)
		writeFileSync(path, text + '\n')
		chmodSync(path, 0o600)
		return path
	}

	async open(...gates) {
		this.run('registrar', 'init', '--data', this.data, '--sample', '--password-file',
			this.secret('password', OFFICER[1]))
		this.run('registrar', 'staff', 'pin', '--data', this.data, SUPERVISOR[0], '--pin-file',
			this.secret('pin', SUPERVISOR[1]))
		this.port = await freePort()
		this.device = await freePort()
		await this.serve()
		for (const name of gates) this.enrol(name)
		for (const name of gates) this.sync(name)
	}

	sync(name) {
		this.run('gate', 'sync', '--data', join(this.folder, name), '--once')
	}

	// A disk of its own for a gate that is yet to be enrolled; false where none can be mounted.
	small(name, size) {
		const folder = join(this.folder, name)
		mkdirSync(folder, { mode: 0o700 })
		const ran = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0700`, 'none', folder])
		if (ran.status === 0) this.mounts.push(folder)
		else rmdirSync(folder)
		return ran.status === 0
	}

	async serve() {
		this.server = this.start('registrar', 'serve', '--data', this.data, '--listen',
			`127.0.0.1:${this.port}`, '--device-listen', `127.0.0.1:${this.device}`)
		await this.answers(this.port)
	}

	// The registrar goes away; serve() brings it back on the same ports.
	leave() {
		return stop(this.server)
	}

	enrol(name) {
		const { code, pin } = JSON.parse(this.run('registrar', 'gate', 'code', '--data', this.data,
			name))
		this.run('gate', 'enrol', '--data', join(this.folder, name), '--url',
			`https://127.0.0.1:${this.device}`, '--code', code, '--pin', pin)
	}

	// Starts the desk of a gate; gives its address.
	async desk(name, { env } = {}) {
		const port = await freePort()
		this.desks[name] = this.start('gate', 'desk', '--data', join(this.folder, name), '--listen',
			`127.0.0.1:${port}`, { env })
		await this.answers(port)
		return `http://127.0.0.1:${port}`
	}

	// Ends the desk of a gate.
	shut(name) {
		return stop(this.desks[name])
	}

	start(program, ...args) {
		const { env } = typeof args.at(-1) === 'object' ? args.pop() : {}
		const child = spawn(join(this.build, program, program), args,
			{ stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } })
		child.said = ''
		child.stderr.on('data', chunk => { child.said += chunk })
		this.children.push(child)
		return child
	}

	async answers(port) {
		for (let i = 0; i < 200; i++, await sleep(100))
			if (await fetch(`http://127.0.0.1:${port}/`).then(r => r.status < 500, () => false))
				return
		throw new Error(`nothing answers on ${port}: ${this.children.at(-1).said}`)
	}

	// What the registrar exports of a conference, a line each.
	exported(what, slug = TODAY) {
		const lines = this.run('registrar', 'export', what, '--data', this.data, '--conference',
			slug).replace(/^\ufeff/, '').trim().split(/\r?\n/).map(cells)
		return lines.slice(1).map(line => Object.fromEntries(lines[0].map((n, i) => [n, line[i]])))
	}

	// person, outlet, class, status, qr, code
	passes(slug = TODAY) {
		return this.exported('passes', slug)
	}

	async close() {
		for (const child of this.children)
			if (child.exitCode === null && child.signalCode === null) await stop(child)
		for (const folder of this.mounts) spawnSync('umount', ['--lazy', folder])
		rmSync(this.folder, { recursive: true, force: true })
	}
}

// One line of CSV (RFC 4180) without line breaks inside.
function cells(line) {
	return [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)]
		.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain)
}

// ---- what an officer does on a screen ----

export async function startShift(page, base, [name, pin] = OFFICER, slug = TODAY) {
	await page.goto(`${base}/shift`)
	await page.fill('[name="officer"]', name)
	await page.fill('[name="pin"]', pin)
	await page.check(`[name="conference"][value="${slug}"]`)
	await page.click('.act--go')
	await page.locator('.stage').waitFor({ timeout: 20000 })
}

export const word = page => page.textContent('#word').then(text => text.trim())

// Waits until a verdict of that reason (or state) stands on the screen.
export const verdict = (page, text, timeout = 8000) => page.locator('#word', { hasText: text })
	.waitFor({ timeout })
