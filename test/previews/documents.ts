/** Renders every shipped template with its sample into `out/previews/`, to be looked at: `node test/previews/documents.ts`. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadFonts } from '../../electron/documents/rendering/fonts.ts';
import { renderDocument } from '../../electron/documents/rendering/render.ts';
import { samples } from './document-samples.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const out = `${root}out/previews`;
await mkdir(out, { recursive: true });
const fonts = await loadFonts(`${root}resources/fonts`);
for (const { file, template, data } of samples) {
  for (const environment of ['training', 'production'] as const) {
    const rendered = await renderDocument(
      {
        template: JSON.parse(await readFile(`${root}resources/templates/${template}.json`, 'utf8')),
        data,
        environment,
        createdAt: new Date('2026-04-01T12:05:09Z'),
        language: 'cs',
      },
      fonts,
    );
    if (!rendered.ok) {
      process.exitCode = 1;
      console.error(file, JSON.stringify(rendered.error));
      continue;
    }
    await writeFile(`${out}/${file}-${environment}.pdf`, rendered.value.bytes);
    console.log(
      `${file}-${environment}.pdf`,
      `${rendered.value.pages} p.`,
      `${rendered.value.bytes.length} B`,
    );
  }
}
