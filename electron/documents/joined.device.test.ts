import sharp from 'sharp';
import { expect, it } from 'vitest';
import { pageTexts, preflight2b, qpdfCheck, withPdf } from '../../test/rigs/pdf-checks.ts';
import { documentToSign } from '../../test/rigs/signing.ts';
import { joinDocuments } from './joined.ts';
import { pagesToPdf } from './scans.ts';

it('joins a scan and a clause into one PDF/A-2b with the pages of both', async () => {
  const image = await sharp({ create: { width: 1654, height: 2339, channels: 3, background: '#fff' } })
    .png()
    .toBuffer();
  const page = { image, rotation: 0, dpi: 200, mode: 'bw' } as const;
  const scan = await pagesToPdf([page], { createdAt: new Date(0) }, () =>
    Promise.reject(new Error('no text')),
  );
  if (!scan.ok) throw new Error(scan.error.code);
  const joined = await joinDocuments(scan.value.bytes, await documentToSign());
  if (!joined.ok) throw new Error(joined.error.code);
  expect(joined.value.pages).toBe(2);
  await withPdf(joined.value.bytes, async (file) => {
    expect(await preflight2b(file)).toEqual([]);
    await qpdfCheck(file);
    expect((await pageTexts(file))[1]).toContain('Potvrzení o přijetí');
  });
});
