// scan.worker: looks for a QR code in the pictures the page sends. The first message names the
// decoder's two files, so that it never looks for them anywhere else.
'use strict'

const options = {
	formats: ['QRCode'],
	tryHarder: true,
	tryInvert: true,
	tryRotate: true,
	maxNumberOfSymbols: 1,
}

function prepare({ zxing, wasm }) {
	importScripts(zxing)
	return ZXingWASM.prepareZXingModule({
		overrides: { locateFile: () => wasm },
		fireImmediately: true,
	})
}

async function read({ id, width, height, pixels }) {
	const picture = new ImageData(new Uint8ClampedArray(pixels), width, height)
	const [found] = await ZXingWASM.readBarcodes(picture, options)
	return { id, text: found ? found.text : '' }
}

// Whatever a picture does to the decoder, the page gets an answer.
self.onmessage = async ({ data }) => {
	try {
		if (data.zxing) {
			await prepare(data)
			self.postMessage({ ready: true })
		} else {
			self.postMessage(await read(data))
		}
	} catch (error) {
		self.postMessage({ id: data.id, failed: String(error) })
	}
}
