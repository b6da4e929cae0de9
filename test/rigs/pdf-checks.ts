/**
 * The gate for PDFs we make, with tools that are not ours: PDFBox preflight (`libpdfbox2-java`, `libactivation-java`,
 * `libjaxb-api-java`, a Java runtime), qpdf, poppler-utils. For `*.device.test.ts` only.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

const run = promisify(execFile);
const JARS = '/usr/share/java';
const CLASSPATH = [
  'pdfbox2.jar',
  'preflight.jar',
  'xmpbox.jar',
  'fontbox2.jar',
  'commons-logging.jar',
  'javax.activation.jar',
  'jaxb-api.jar',
];

/**
 * Preflight knows PDF/A-1b only. On a sound PDF/A-2b it reports these two and nothing else: that the part is not 1, and
 * that subset fonts have no CIDSet, which part 2 no longer asks for (ISO 19005-2, 6.2.11.4.2). On a PDF/A-3b also that there are
 * files in it, which is what part 3 adds (ISO 19005-3, 6.8).
 */
const ALLOWED_2B = [/^7\.11\.2\b.*part/i, /^3\.1\.11\b.*CIDSet/i];
const ALLOWED_3B = [...ALLOWED_2B, /^1\.4\.7\b.*EmbeddedFile/, /^1\.2\.9\b.*EmbeddedFile/];

/** Writes the bytes to a file for a while. */
export async function withPdf<T>(bytes: Uint8Array, use: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'pdf-checks-'));
  try {
    const file = join(folder, 'document.pdf');
    await writeFile(file, bytes);
    return await use(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function output(command: string, args: string[]): Promise<string> {
  try {
    return (await run(command, args, { maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (error) {
    // A checker that found something says what in its output and leaves with an error code.
    if (typeof error === 'object' && error !== null && 'stdout' in error && 'code' in error) {
      if (error.code === 'ENOENT') throw error;
      return `${String(error.stdout)}${'stderr' in error ? String(error.stderr) : ''}`;
    }
    throw error;
  }
}

/** What PDFBox preflight finds beyond the known differences of PDF/A-2b; empty for a sound file. */
export const preflight2b = (file: string): Promise<string[]> => preflight(file, ALLOWED_2B);

/** The same for PDF/A-3b. */
export const preflight3b = (file: string): Promise<string[]> => preflight(file, ALLOWED_3B);

async function preflight(file: string, allowed: readonly RegExp[]): Promise<string[]> {
  const jars = CLASSPATH.map((name) => join(JARS, name)).join(':');
  const text = await output('java', ['-cp', jars, 'org.apache.pdfbox.preflight.Validator_A1b', file]);
  const findings = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^\d+(\.\d+)*\s*[:]/.test(line));
  if (findings.length === 0)
    throw new Error(`preflight said nothing that is understood: ${text.slice(0, 500)}`);
  return findings.filter((line) => !allowed.some((each) => each.test(line)));
}

/** The last words of `qpdf --check`, throws when it finds an error or a warning. */
export async function qpdfCheck(file: string): Promise<void> {
  await run('qpdf', ['--check', file]);
}

/** The text of each page, spaces of all kinds as one plain space. */
export async function pageTexts(file: string): Promise<string[]> {
  const { stdout } = await run('pdftotext', ['-enc', 'UTF-8', file, '-'], { maxBuffer: 64 * 1024 * 1024 });
  return stdout
    .split('\f')
    .slice(0, -1)
    .map((page) => page.replace(/\s+/g, ' ').trim());
}

/** The text of each page in the order in which it is drawn, a line for a line. */
export async function drawnTexts(file: string): Promise<string[]> {
  const { stdout } = await run('pdftotext', ['-raw', '-enc', 'UTF-8', file, '-'], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.split('\f').slice(0, -1);
}

/** The part and the level of PDF/A that the file says it keeps, such as `2B`. */
export async function pdfaClaim(file: string): Promise<string> {
  const { stdout } = await run('pdfinfo', ['-meta', file]);
  const said = (name: string) => new RegExp(`<pdfaid:${name}>([^<]*)<`).exec(stdout)?.[1] ?? '';
  return said('part') + said('conformance');
}

/** The files in the file, by name. */
export async function attachedFiles(file: string): Promise<Map<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'pdf-files-'));
  try {
    await run('pdfdetach', ['-saveall', '-o', folder, file]);
    const names = await readdir(folder);
    return new Map(
      await Promise.all(
        names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const),
      ),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Names of the fonts that are not embedded, of all the fonts there are. */
export async function fonts(file: string): Promise<{ all: number; notEmbedded: string[] }> {
  const { stdout } = await run('pdffonts', [file]);
  const rows = stdout
    .split('\n')
    .slice(2)
    .filter((line) => line.trim() !== '');
  // The columns at the end are: embedded, subset, with Unicode, object number, generation.
  const notEmbedded = rows.filter((row) => !/\syes\s+(yes|no)\s+yes\s+\d+\s+\d+\s*$/.test(row));
  return { all: rows.length, notEmbedded };
}

/** `pdfinfo` as pairs. */
export async function info(file: string): Promise<Map<string, string>> {
  const { stdout } = await run('pdfinfo', [file]);
  return new Map(
    stdout
      .split('\n')
      .filter((line) => line.includes(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
}

/** The pages as pictures. */
export async function pageImages(file: string, dpi: number): Promise<Buffer[]> {
  const folder = await mkdtemp(join(tmpdir(), 'pdf-pages-'));
  try {
    await run('pdftoppm', ['-r', String(dpi), '-png', file, join(folder, 'page')]);
    const names = (await readdir(folder)).sort();
    return await Promise.all(names.map((name) => readFile(join(folder, name))));
  } finally {
    await rm(folder, { recursive: true });
  }
}

let prepared = false;

/** The texts of all codes of one kind on a page's picture, read as a reader at the desk would. */
export async function readCodes(image: Buffer, format: 'QRCode' | 'Code128'): Promise<string[]> {
  if (!prepared) {
    // Given its own file, or it would fetch one from the network.
    const wasm = await readFile(new URL(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm')));
    prepareZXingModule({
      overrides: { wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) },
    });
    prepared = true;
  }
  const found = await readBarcodes(new Uint8Array(image), { formats: [format], maxNumberOfSymbols: 8 });
  return found.map(({ text }) => text);
}
