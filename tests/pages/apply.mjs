// Applying in a real browser with script: outlets suggested while one types, a frame drawn around the
// face with the keyboard; every page photographed and judged by axe.
//
//     node apply.mjs BUILD
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fill, launch, look as lookInto, ok, plan, watch } from '../lib/browser.mjs'
import { House } from '../lib/house.mjs'

const build = resolve(process.argv[2])
const house = new House(build)
const look = (page, name) => lookInto(page, join(build, 'screenshots'), `apply-${name}`, { once: true })
const next = page => page.click('main button[value="go"], main form[action$="/check"] button')

// A picture of four colours, made by the browser itself.
async function picture(page) {
	const data = await page.evaluate(() => {
		const canvas = document.createElement('canvas')
		canvas.width = 800
		canvas.height = 600
		const pen = canvas.getContext('2d')
		;['#c04020', '#2040c0', '#20a040', '#d0d020'].forEach((colour, i) => {
			pen.fillStyle = colour
			pen.fillRect(200 * i, 0, 200, 600)
		})
		return canvas.toDataURL('image/png').split(',')[1]
	})
	const file = join(house.folder, 'me.png')
	writeFileSync(file, Buffer.from(data, 'base64'))
	return file
}

async function outlet(page) {
	await look(page, 'outlet')
	await page.locator('[name="outlet"]').pressSequentially('radio au', { delay: 20 })
	await page.locator('[role="option"]').first().waitFor()
	ok(await page.getAttribute('[name="outlet"]', 'aria-expanded') === 'true', 'outlets are suggested')
	await look(page, 'outlet-suggested')
	await page.focus('[name="outlet"]')
	await page.keyboard.type('r')
	await page.locator('[role="option"]', { hasText: 'Radio Aurore' }).waitFor()
	await page.keyboard.press('ArrowDown')
	ok(await page.getAttribute('[name="outlet"]', 'aria-activedescendant') === 'outlet-option-0',
		'the arrow keys choose one')
	await page.keyboard.press('Enter')
	ok(await page.inputValue('[name="outlet"]') === 'Radio Aurore', 'Enter takes it')
	await next(page)
	ok(page.url().endsWith('/proof'), 'and no more is asked', page.url())
}

async function photo(page) {
	await look(page, 'photo')
	await page.setInputFiles('[name="photo"]', await picture(page))
	await page.locator('[data-crop-tool]:not([hidden])').waitFor()
	const before = await page.textContent('[data-crop-state]')
	await page.focus('[data-crop-canvas]')
	for (let i = 0; i < 8; i++) await page.keyboard.press('-')
	for (let i = 0; i < 40; i++) await page.keyboard.press('ArrowLeft')
	ok(await page.textContent('[data-crop-state]') !== before, 'the keyboard moves the frame, and it is said',
		before)
	await look(page, 'photo-frame')
	await next(page)
	// The script cuts first and sends then: the click itself goes nowhere.
	await page.waitForURL('**/check', { timeout: 15000 }).catch(() => {})
	ok(page.url().endsWith('/check'), 'it is sent', page.url())
	const pixel = await page.evaluate(async () => {
		const picture = await createImageBitmap(await (await fetch('/accreditation/photo.jpg')).blob())
		const canvas = document.createElement('canvas')
		const pen = canvas.getContext('2d')
		pen.drawImage(picture, 0, 0)
		return [picture.width, picture.height, ...pen.getImageData(20, 20, 1, 1).data]
	})
	ok(pixel[0] === 480 && pixel[1] === 600 && pixel[2] > 150 && pixel[4] < 100,
		'what stood in the frame is what is kept: the red left edge', pixel.join(' '))
}

async function main() {
	await house.open()
	const base = `http://127.0.0.1:${house.port}`
	const browser = await launch()
	try {
		const page = await (await browser.newContext({ viewport: { width: 390, height: 844 },
			hasTouch: true, isMobile: true, locale: 'en-CA', bypassCSP: true })).newPage()
		page.setDefaultTimeout(15000)
		const complaints = watch(page, base)
		await page.goto(base + '/accreditation')
		await page.click('text=Start now')
		await look(page, 'kind')
		await page.check('[value="reporter"]')
		await next(page)
		await fill(page, { name: 'Amina Ọkáfọ̀', email: 'amina@lantern.example' })
		await look(page, 'you')
		await next(page)
		await fill(page, { outlet: 'Lakemont Courier' })
		await next(page)
		await look(page, 'outlet-choice')
		await page.goto(base + '/accreditation/outlet')
		await page.fill('[name="outlet"]', '')
		await outlet(page)
		await page.fill('[name="proof"]', 'https://www.lantern.example/mine')
		await next(page)
		await look(page, 'files')
		await next(page)
		await photo(page)
		await look(page, 'check')
		await next(page)
		await look(page, 'sent')
		await page.goto(base + '/accreditation/save')
		await look(page, 'save')
		ok(complaints.length === 0, 'nothing is fetched from elsewhere or refused', ...complaints)
	} finally {
		await browser.close()
	}
}

try {
	await main()
} catch (error) {
	ok(false, 'the walk ran to its end', error.stack)
} finally {
	await house.close()
}
plan()
