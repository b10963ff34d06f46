// Somebody who walks through pages: by pointer or by the keyboard alone, with script or without, in a
// language; each page that is seen is photographed and judged.
import { join } from 'node:path'
import { inspect, ok, watch } from './browser.mjs'

// Words that stand in hardly any French text; what the sample and people typed is their own.
const ENGLISH = /\b(the|and|you|your|with|is|are|of|to|we|this|it|at|by|when|for)\b/i
const SAMPLE = ['Lakemount Police Service', 'Media Gallery, headquarters', 'JSON Feed',
	'Collision on Harbour Street: update', 'Road safety week: results', 'Annual report',
	'Inspector J. Moreau speaks about the investigation, and answers questions. Photographs ' +
	'follow after the event.', 'Figures of the week, and the plan for winter.',
	'Headquarters, 40 Harbour Street, Lakemount', 'Community Safety and Policing Act, 2019']

export class Walker {
	static async open(browser, base, shots, options) {
		const w = Object.assign(new Walker(), { base, shots, script: true, french: false,
			keyboard: false, own: [] }, options)
		w.context = await browser.newContext({ viewport: { width: w.width, height: w.height },
			locale: w.french ? 'fr-CA' : 'en-CA', colorScheme: w.scheme, bypassCSP: true })
		w.page = await w.context.newPage()
		w.page.setDefaultTimeout(30000)
		w.complaints = watch(w.page, base)
		// Asked for in time, so that none opens unseen.
		w.page.on('filechooser', () => {})
		w.protocol = await w.context.newCDPSession(w.page)
		await w.scripts(w.script)
		return w
	}

	// Whether pages that are loaded from now on run script.
	scripts(on) {
		return this.protocol.send('Emulation.setScriptExecutionDisabled', { value: !on })
	}

	goto(path) {
		return this.page.goto(new URL(path, this.base).href)
	}

	// Steps with Tab until that has the focus, as somebody without a pointer does; it has to be seen.
	async reach(selector) {
		for (let i = 0; i < 120; i++) {
			const [here, seen] = await this.page.evaluate(selector => {
				const e = document.activeElement, style = getComputedStyle(e)
				return [e.matches(selector), style.outlineStyle !== 'none' ||
					style.boxShadow !== 'none' || style.backgroundColor !== 'rgba(0, 0, 0, 0)']
			}, selector)
			if (here) {
				if (!seen) ok(false, `${this.name}: the focus is seen on ${selector}`)
				return
			}
			await this.page.keyboard.press('Tab')
		}
		throw new Error(`${this.page.url()}: the keyboard does not reach ${selector}`)
	}

	// Presses a button or link, and is on the page it leads to.
	async follow(selector) {
		if (this.keyboard) await this.reach(selector)
		const moved = this.page.waitForNavigation()
		if (this.keyboard) await this.page.keyboard.press('Enter')
		else await this.page.locator(selector).first().click()
		await moved
	}

	async fill(name, value) {
		const field = `[name="${name}"]`
		if (!this.keyboard) return this.page.fill(field, value)
		await this.reach(field)
		if (await this.page.getAttribute(field, 'type') === 'date')
			// A date is typed part by part, in the order of the browser's language.
			return this.page.fill(field, value)
		await this.page.keyboard.press('Control+A')
		await this.page.keyboard.press('Delete')
		await this.page.keyboard.insertText(value)
	}

	async check(name, value) {
		const wanted = `[name="${name}"][value="${value}"]`
		if (!this.keyboard) return this.page.check(wanted)
		await this.reach(`[name="${name}"]`)
		for (let i = 0; i < 20; i++) {
			if (await this.page.evaluate(w => document.activeElement.matches(w), wanted)) break
			await this.page.keyboard.press('ArrowDown')
		}
		if (!await this.page.isChecked(wanted)) await this.page.keyboard.press('Space')
		if (!await this.page.isChecked(wanted)) throw new Error(`keys do not choose ${wanted}`)
	}

	async file(name, path) {
		const field = `[name="${name}"]`
		if (!this.keyboard) return this.page.setInputFiles(field, path)
		await this.reach(field)
		const chooser = this.page.waitForEvent('filechooser')
		await this.page.keyboard.press('Enter')
		await (await chooser).setFiles(path)
	}

	// Photographs the page as it stands; judges it, also as wide as a telephone's at 400 %.
	async see(name) {
		if (!this.script) await this.scripts(true)
		await this.page.screenshot({ path: join(this.shots, `${this.name}-${name}.png`),
			fullPage: true })
		await inspect(this.page, `${this.name}, ${name}`)
		await this.page.setViewportSize({ width: 320, height: 640 })
		const wide = await this.page.evaluate(() => document.documentElement.scrollWidth -
			document.documentElement.clientWidth)
		ok(wide <= 0, `it reflows at 400 %: ${this.name}, ${name}`, `${wide} px`)
		await this.page.setViewportSize({ width: this.width, height: this.height })
		if (this.french) await this.judgeFrench(name)
		if (!this.script) await this.scripts(false)
	}

	async judgeFrench(name) {
		const [lang, pieces] = await this.page.evaluate(() => {
			const pieces = [document.title], walker = document.createTreeWalker(document.body,
				NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT)
			for (let n = walker.nextNode(); n; n = walker.nextNode()) {
				const e = n.nodeType === 3 ? n.parentElement : n
				if (e.closest('script, style, [lang]:not([lang="fr"]):not(html)')) continue
				if (n.nodeType === 3) pieces.push(n.data)
				else for (const of of ['alt', 'aria-label', 'placeholder', 'title'])
					if (n.hasAttribute(of)) pieces.push(n.getAttribute(of))
			}
			return [document.documentElement.lang, pieces.filter(p => p.trim())]
		})
		ok(lang === 'fr', `${name} is marked as French`, lang)
		const leaks = pieces.map(piece => [...SAMPLE, ...this.own].reduce(
			(rest, own) => rest.replaceAll(own, ' '), piece.trim())).filter(p => ENGLISH.test(p))
		ok(leaks.length === 0, `${name}: no English in French`, ...leaks)
	}
}
