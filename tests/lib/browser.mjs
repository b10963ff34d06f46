// What every test in a browser needs: TAP lines, free ports, programs, photographs of a page at both
// widths in both schemes, and axe's judgement of it.
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
let count = 0, failed = 0

export function ok(good, name, ...details) {
	count++
	if (!good) failed++
	console.log(`${good ? 'ok' : 'not ok'} ${count} - ${name}`)
	if (!good) for (const d of details) console.log('#   ' + String(d).replaceAll('\n', '\n#   '))
	return good
}

// A line that is told and judged by nobody: a figure.
export const note = line => console.log(`# ${line}`)

export function plan() {
	console.log(`1..${count}`)
	process.exitCode = failed ? 1 : 0
}

export const sleep = ms => new Promise(done => setTimeout(done, ms))

export const freePort = () => new Promise(done => {
	const server = createServer().listen(0, '127.0.0.1', () => {
		const { port } = server.address()
		server.close(() => done(port))
	})
})

// Starts a program that prints its port in its first line and ends with its input.
export async function startPrinting(program, ...args) {
	const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
	const port = await new Promise((done, fail) => {
		let said = ''
		child.on('exit', code => fail(new Error(`${program} ended with ${code}`)))
		child.stdout.on('data', chunk => {
			said += chunk
			if (said.includes('\n')) done(parseInt(said, 10))
		})
	})
	return { child, port, end: () => new Promise(done => {
		child.removeAllListeners('exit')
		child.on('exit', done)
		child.stdin.end()
	}) }
}

export async function stop(child) {
	child.kill('SIGTERM')
	await new Promise(done => child.exitCode !== null ? done() : child.on('exit', done))
}

export const launch = (...args) => chromium.launch({ executablePath: '/usr/bin/chromium',
	args: ['--no-sandbox', '--disable-gpu', ...args] })

// What a page complains of, and what it asks of anybody but us.
export function watch(page, base) {
	const complaints = []
	page.on('console', m => m.type() === 'error' && !/status of (4|5)\d\d/.test(m.text()) &&
		complaints.push(m.text()))
	page.on('pageerror', error => complaints.push(error.stack))
	page.on('requestfailed', r => r.failure().errorText === 'net::ERR_ABORTED' ||
		complaints.push(`${r.url()} ${r.failure().errorText}`))
	page.on('request', r => r.url().startsWith(base) || complaints.push(r.url()))
	return complaints
}

const tooWide = page => page.evaluate(() =>
	document.documentElement.scrollWidth - document.documentElement.clientWidth)

export async function inspect(page, name) {
	if (!await page.evaluate(() => Boolean(window.axe))) await page.evaluate(axe)
	// All that passes is told in length as well, unless only violations are asked for.
	const violations = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'],
		runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
		.then(found => found.violations))
	ok(violations.length === 0, `axe finds nothing: ${name}`,
		...violations.map(v => `${v.id}: ${v.help}\n${v.nodes.map(n => n.html + '\n' +
			n.failureSummary).slice(0, 4).join('\n')}`))
	const wide = await tooWide(page)
	ok(wide <= 0, `nothing sticks out sideways: ${name}`, `${wide} px`)
}

// Photographs the page as it stands, at both widths and in these schemes.
// axe judges each of them, or only the first.
export async function look(page, shots, name, { fullPage = true, once = false,
	schemes = ['light', 'dark'] } = {}) {
	mkdirSync(shots, { recursive: true })
	let judged = false
	for (const [width, height] of [[390, 844], [1280, 900]])
		for (const colorScheme of schemes) {
			await page.setViewportSize({ width, height })
			await page.emulateMedia({ colorScheme })
			// Every width and every scheme once: a colour depends on no width.
			const whole = colorScheme === schemes[width === 390 ? 0 : schemes.length - 1]
			if (whole && !judged) {
				await inspect(page, `${name}, ${width} px, ${colorScheme}`)
				judged = once
			}
			await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`),
				fullPage })
		}
	// Text at 400 %: a window of 320 px.
	await page.setViewportSize({ width: 320, height: 640 })
	const wide = await tooWide(page)
	ok(wide <= 0, `it reflows at 400 %: ${name}`, `${wide} px`)
	await page.setViewportSize({ width: 390, height: 844 })
}

export async function fill(page, values) {
	for (const [name, value] of Object.entries(values))
		await page.fill(`[name="${name}"]`, value)
}

// Controls below that size.
export async function targets(page, name, least, which = 'button, input:not([type=hidden]), ' +
	'select, nav a, .govuk-button') {
	const small = await page.evaluate(([least, which]) => [...document.querySelectorAll(which)]
		.filter(e => {
			const box = (e.labels?.[0] && /radio|checkbox/.test(e.type) ? e.labels[0] : e)
				.getBoundingClientRect()
			return box.height > 0 && (box.height < least || box.width < least)
		}).map(e => e.outerHTML.slice(0, 120)), [least, which])
	ok(small.length === 0, `targets of ${least} px: ${name}`, ...small)
}

// Whether what has the focus shows it, for each of so many steps.
export async function focusIsSeen(page, steps, name) {
	for (let i = 0; i < steps; i++) {
		await page.keyboard.press('Tab')
		const seen = await page.evaluate(() => {
			const style = getComputedStyle(document.activeElement)
			return document.activeElement === document.body || style.outlineStyle !== 'none' ||
				style.boxShadow !== 'none' || style.backgroundColor !== 'rgba(0, 0, 0, 0)'
		})
		if (!seen)
			return ok(false, name, await page.evaluate(() => document.activeElement.outerHTML))
	}
	return ok(true, name)
}
