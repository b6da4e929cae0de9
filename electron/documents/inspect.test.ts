import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { onePage, rawPdf } from '../../test/fixtures/pdf/make.ts';
import { acceptanceSample } from '../../test/previews/document-samples.ts';
import { inspectFile } from './inspect.ts';
import { loadFonts } from './rendering/fonts.ts';
import { renderDocument } from './rendering/render.ts';
import { loadTemplate } from './template/load.ts';

const resources = fileURLToPath(new URL('../../resources/', import.meta.url));

async function ownDocument(): Promise<Uint8Array> {
  const template = await loadTemplate(`${resources}templates`, 'acceptance-receipt');
  if (!template.ok) throw new Error(template.error.code);
  const rendered = await renderDocument(
    {
      template: template.value,
      data: acceptanceSample,
      environment: 'training',
      createdAt: new Date(0),
      language: 'cs',
    },
    await loadFonts(`${resources}fonts`),
  );
  if (!rendered.ok) throw new Error(rendered.error.code);
  return rendered.value.bytes;
}

const picture = (format: 'png' | 'jpeg' | 'tiff', width = 400) =>
  sharp({ create: { width, height: 300, channels: 3, background: '#cfe3f5' } })
    .withMetadata({ density: 200 })
    .toFormat(format)
    .toBuffer();

const error = (code: string) => ({ ok: false, error: { code } });

describe('what it is', () => {
  it('reads a PDF/A of our own without touching it', async () => {
    const bytes = await ownDocument();
    const before = bytes.slice();
    expect(await inspectFile(bytes)).toEqual({
      ok: true,
      // The receipt says to machines what it is: its metadata lie in it.
      value: { kind: 'pdf', pages: 1, claimsPdfA: '3b', signatures: 0, warnings: ['embedded-files'] },
    });
    expect(bytes).toEqual(before);
  });

  it.each(['png', 'jpeg', 'tiff'] as const)('reads a picture: %s', async (kind) => {
    expect(await inspectFile(await picture(kind))).toMatchObject({
      ok: true,
      value: { kind, pages: 1, width: 400, height: 300, dpi: 200, warnings: [] },
    });
  });
});

describe('what a clerk is warned of', () => {
  const script = '<< /S /JavaScript /JS (app.alert\\(1\\)) >>';
  it.each([
    ['a script run at opening', onePage(`/OpenAction ${script}`), 'programs'],
    [
      'a script written with an escaped name',
      onePage('/OpenAction << /S /J#61vaScript /J#53 (x) >>'),
      'programs',
    ],
    ['a script behind a reference', onePage('/AA << /WC 4 0 R >>', [script]), 'programs'],
    ['a program to be started', onePage('/OpenAction << /S /Launch /F (cmd.exe) >>'), 'programs'],
    [
      'a file inside',
      onePage('/Names << /EmbeddedFiles << /Names [(a.exe) << /EF << >> >>] >> >>'),
      'embedded-files',
    ],
    ['a form made by the reader', onePage('/AcroForm << /XFA (x) /Fields [] >>'), 'dynamic-form'],
  ])('%s', async (_name, bytes, warning) => {
    expect(await inspectFile(bytes)).toMatchObject({ ok: true, value: { warnings: [warning] } });
  });

  it('counts signatures', async () => {
    const bytes = onePage('/AcroForm << /Fields [4 0 R] >>', ['<< /FT /Sig /T (s) /V << /Type /Sig >> >>']);
    expect(await inspectFile(bytes)).toMatchObject({ ok: true, value: { signatures: 1 } });
  });
});

describe('what is refused', () => {
  it('an empty file, one too large, one that is neither', async () => {
    expect(await inspectFile(new Uint8Array())).toMatchObject(error('file.empty'));
    expect(await inspectFile(new Uint8Array(21 * 1024 * 1024))).toMatchObject({
      ok: false,
      error: { code: 'file.too-large', params: { limitMib: 20 } },
    });
    for (const text of ['hello', 'PK\u0003\u0004 a Word document', '<svg/>', 'GIF89a', 'MZ']) {
      expect(await inspectFile(Buffer.from(text))).toMatchObject(error('file.not-a-document'));
    }
  });

  it('a file that needs a password', async () => {
    const password = '0123456789abcdef0123456789abcdef';
    const bytes = onePage(
      '',
      [`<< /Filter /Standard /V 1 /R 2 /O <${password}${password}> /U <${password}${password}> /P -44 >>`],
      '/Encrypt 4 0 R /ID [<00> <00>]',
    );
    expect(await inspectFile(bytes)).toMatchObject(error('file.encrypted'));
  });

  it('a PDF of nothing, a cut one, one without its table, one without pages', async () => {
    expect(await inspectFile(Buffer.from('%PDF-1.7'))).toMatchObject(error('file.damaged'));
    const whole = await ownDocument();
    expect(await inspectFile(whole.subarray(0, 400))).toMatchObject(error('file.damaged'));
    const tableGone = Buffer.from(onePage())
      .toString('latin1')
      .replace(/xref[\s\S]*/, '');
    expect(await inspectFile(Buffer.from(tableGone, 'latin1'))).toMatchObject(error('file.damaged'));
    const empty = rawPdf(['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [] /Count 0 >>']);
    expect(await inspectFile(empty)).toMatchObject(error('file.damaged'));
  });

  it('a picture cut in half, and one that claims more than memory holds', async () => {
    for (const kind of ['png', 'jpeg', 'tiff'] as const) {
      const whole = await picture(kind);
      expect(await inspectFile(whole.subarray(0, whole.length / 2))).toMatchObject(error('file.damaged'));
    }
    const huge = await picture('png', 100);
    huge.writeUInt32BE(60_000, 16);
    huge.writeUInt32BE(60_000, 20);
    expect(await inspectFile(huge)).toMatchObject({ ok: false });
  });
});

it('answers for any bytes, and for any change of a sound file', async () => {
  const sound = await ownDocument();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), fc.nat(), async (noise, at) => {
      const changed = sound.slice();
      changed.set(noise.subarray(0, Math.min(noise.length, 40)), at % (sound.length - 40));
      for (const bytes of [noise, Buffer.concat([Buffer.from('%PDF-1.4\n'), noise]), changed]) {
        expect((await inspectFile(bytes)).ok).toBeTypeOf('boolean');
      }
    }),
    { numRuns: 60 },
  );
});
