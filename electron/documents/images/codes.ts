import { readFile } from 'node:fs/promises';
import { prepareZXingModule, type ReadInputBarcodeFormat, readBarcodes } from 'zxing-wasm/reader';
import type { GreyImage } from './grey.ts';

/** A code in a picture. `format` as ZXing calls it: `QRCode`, `DataMatrix`, `PDF417`, `Code128` … */
export type FoundCode = { format: string; text: string };

/** More codes than a sheet of labels has are not looked for. */
const MOST_CODES = 24;

let prepared: Promise<void> | undefined;

/** The reader's own file is given to it, or it would fetch one from the network. */
const prepare = async (): Promise<void> => {
  const wasm = await readFile(new URL(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm')));
  await prepareZXingModule({
    overrides: {
      wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) as ArrayBuffer,
    },
    fireImmediately: true,
  });
};

const FORMATS: ReadInputBarcodeFormat[] = [
  'QRCode',
  'DataMatrix',
  'PDF417',
  'Aztec',
  'Code128',
  'Code39',
  'EAN-13',
  'EAN-8',
  'ITF',
];

/** The codes of a picture, whichever way they lie, in the order they were found; `only` QR where nothing else is of interest. */
export async function codesOf({ data, width, height }: GreyImage, only?: 'QRCode'): Promise<FoundCode[]> {
  prepared ??= prepare();
  await prepared;
  const pixels = new Uint8ClampedArray(data.length * 4);
  for (let from = 0, to = 0; from < data.length; from += 1, to += 4) {
    const light = data[from] as number;
    pixels[to] = light;
    pixels[to + 1] = light;
    pixels[to + 2] = light;
    pixels[to + 3] = 255;
  }
  const found = await readBarcodes({ data: pixels, width, height } as ImageData, {
    formats: only === undefined ? FORMATS : [only],
    maxNumberOfSymbols: MOST_CODES,
    tryHarder: only === undefined,
  });
  pixels.fill(0);
  return found.filter(({ isValid }) => isValid).map(({ format, text }) => ({ format, text }));
}
