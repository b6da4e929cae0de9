import { fileURLToPath } from 'node:url';
import PDFDocument from 'pdfkit';
import sharp from 'sharp';
import { pdfPage } from '../../electron/documents/pdf-pages.ts';

const fonts = fileURLToPath(new URL('../../resources/fonts/', import.meta.url));
const A4_POINTS = 841.89;

/** A sheet of A4 with paragraphs of Czech text, as a PDF and as its scan at a resolution: a grey PNG. */
export async function czechPage(
  paragraphs: readonly string[],
  { dpi = 200, size = 11 }: { dpi?: number; size?: number } = {},
): Promise<{ pdf: Uint8Array; scan: Uint8Array<ArrayBuffer> }> {
  const document = new PDFDocument({ size: 'A4', margin: 60, info: { CreationDate: new Date(0) } });
  document.font(`${fonts}NotoSans-Regular.ttf`).fontSize(size);
  for (const paragraph of paragraphs) document.text(paragraph, { paragraphGap: size });
  document.end();
  const chunks: Uint8Array[] = [];
  for await (const chunk of document) if (chunk instanceof Uint8Array) chunks.push(chunk);
  const pdf = new Uint8Array(Buffer.concat(chunks));
  const drawn = await pdfPage(pdf, 0, Math.round((A4_POINTS / 72) * dpi));
  if (!drawn.ok) throw new Error(drawn.error.code);
  const grey = await sharp(drawn.value.bytes).greyscale().toColourspace('b-w').png().toBuffer();
  return { pdf, scan: new Uint8Array(grey) };
}

/** Sentences as papers brought to an office have them, with every letter Czech adds to the alphabet. */
export const czechParagraphs: readonly string[] = [
  'Příliš žluťoučký kůň úpěl ďábelské ódy; řeřicha, šťáva, ňadra, vějíř a Čáslav.',
  'Žadatel žádá o povolení kácení dřevin rostoucích mimo les podle zákona o ochraně přírody a krajiny.',
  'Společenství vlastníků jednotek v ulici Nádražní zmocňuje předsedkyni výboru k jednání s úřadem.',
  'Rozhodnutí nabylo právní moci dnem doručení účastníkům řízení, kteří se vzdali práva odvolání.',
];
