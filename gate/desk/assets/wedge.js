// wedge: a scanner that plugs in as a keyboard. It types very fast and ends with Enter or Tab (some
// with a line feed, which arrives as Ctrl+J).
//
// The scanner sends the key positions of a US keyboard, and this machine may have another layout:
// on a Canadian French one "/" comes out as "é". So what counts is the position (event.code) and
// Shift, read through the US table. A pass has no small letters: Caps Lock changes nothing.
'use strict'
;(() => {
	const GAP_MS = 100 // between two keys of one scan
	const WHOLE_MS = 20000
	const ALONE_MS = 250 // a key with nothing after it for so long is a person's
	const LEAST = 4 // what is shorter was typed by a person
	const FAST_MS = 35 // inside a text field: the mean gap of a scanner, which no person reaches
	const FAST_LEAST = 8

	const shifted = {
		Backquote: '`~', Digit1: '1!', Digit2: '2@', Digit3: '3#', Digit4: '4$', Digit5: '5%',
		Digit6: '6^', Digit7: '7&', Digit8: '8*', Digit9: '9(', Digit0: '0)', Minus: '-_',
		Equal: '=+', BracketLeft: '[{', BracketRight: ']}', Backslash: '\\|', Semicolon: ';:',
		Quote: '\'"', Comma: ',<', Period: '.>', Slash: '/?', Space: '  ', IntlBackslash: '\\|',
		NumpadDecimal: '..', NumpadAdd: '++', NumpadSubtract: '--', NumpadMultiply: '**',
		NumpadDivide: '//',
	}

	// The character of a key position, "" for one that types nothing.
	function character(event) {
		const { code } = event
		if (event.ctrlKey || event.altKey || event.metaKey) return ''
		if (/^Key[A-Z]$/.test(code)) return code[3]
		if (/^Numpad[0-9]$/.test(code)) return code[6]
		return shifted[code] ? shifted[code][event.shiftKey ? 1 : 0] : ''
	}

	const isEnd = event => ['Enter', 'NumpadEnter', 'Tab'].includes(event.code) ||
		(event.code === 'KeyJ' && event.ctrlKey)

	const isField = element => element instanceof HTMLElement && (element.isContentEditable ||
		element.matches('textarea, select, input:not([type=button], [type=submit], [type=radio],' +
			'[type=checkbox], [type=range])'))

	// Listens on `target` until the page goes. found(text) gets each scan; single(text, event)
	// a key that stayed alone, outside of text fields.
	function wedge(target, { found, single }) {
		let text = '', first = 0, last = -GAP_MS, ended = -GAP_MS, field = null, before = '', timer

		function clear() {
			clearTimeout(timer)
			text = ''
			field = null
		}

		function begin(event) {
			clear()
			first = event.timeStamp
			field = isField(event.target) ? event.target : null
			before = field && 'value' in field ? field.value : ''
		}

		// Keys are told apart by their own times, never by this timer: a busy page sees them late.
		function alone(event) {
			clearTimeout(timer)
			if (text.length > 1 || field || !single) return
			timer = setTimeout(() => {
				// kept: what comes late may still be the rest of a scan, by its own times
				single(text, event)
			}, ALONE_MS)
		}

		// In a text field only what no person can type is taken for a scan.
		function isScan(now) {
			if (text.length < LEAST || now - first > WHOLE_MS) return false
			if (!field || text.startsWith('ACR1:')) return true
			return text.length >= FAST_LEAST && (now - first) / text.length <= FAST_MS
		}

		function end(event) {
			const scanned = text, was = field, now = event.timeStamp
			const scan = now - last <= GAP_MS && isScan(now)
			// CR and LF, or Enter and Tab: the second of them is not a key of its own
			if (!scanned && now - ended <= GAP_MS) event.preventDefault()
			clear()
			if (!scan) return
			ended = now
			event.preventDefault()
			event.stopPropagation()
			if (was && 'value' in was) was.value = before
			found(scanned)
		}

		target.addEventListener('keydown', event => {
			if (/^(Shift|Control|Alt|Meta|CapsLock|NumLock|AltGraph)/.test(event.key)) return
			if (isEnd(event)) return end(event)
			const typed = character(event)
			if (!typed || event.repeat) return clear()
			if (event.timeStamp - last > GAP_MS || !text) {
				// a lone space presses the button that has the focus
				if (typed === ' ') return clear()
				begin(event)
			}
			last = event.timeStamp
			text += typed
			if (!field) event.preventDefault()
			alone(event)
		}, true)
		// the space inside a scan must not press a button when its key goes up
		target.addEventListener('keyup', event => {
			if (event.code === 'Space' && text && !field) event.preventDefault()
		}, true)
	}

	const Desk = globalThis.Desk ??= {}
	Desk.wedge = wedge
})()
