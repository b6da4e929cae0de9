import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { bomb, deepNesting, nestedBomb, onePage, pageLoop } from '../../test/fixtures/pdf/make.ts';
import { feeSample } from '../../test/previews/document-samples.ts';
import { createDocumentPool, type DocumentPool, type Incident, type PoolSettings } from './pool.ts';
import { loadFonts } from './rendering/fonts.ts';
import { type RenderRequest, renderDocument } from './rendering/render.ts';
import { loadTemplate } from './template/load.ts';

const resources = fileURLToPath(new URL('../../resources/', import.meta.url));
const fontsFolder = `${resources}fonts`;
const workerUrl = new URL('./worker.ts', import.meta.url);
const crashingWorker = new URL('../../test/fixtures/pdf/crashing-worker.ts', import.meta.url);

const pools: DocumentPool[] = [];
function pool(settings: Partial<PoolSettings> = {}): DocumentPool {
  const made = createDocumentPool({ workerUrl, size: 2, fontsFolder, ...settings });
  pools.push(made);
  return made;
}
afterEach(async () => {
  await Promise.all(pools.splice(0).map((each) => each.close()));
});

async function feeRequest(): Promise<RenderRequest> {
  const template = await loadTemplate(`${resources}templates`, 'fee-receipt');
  if (!template.ok) throw new Error(template.error.code);
  return {
    template: template.value,
    data: feeSample,
    environment: 'training',
    createdAt: new Date('2026-04-01T12:00:00Z'),
    language: 'cs',
  };
}

it('renders the same bytes on a worker as here', async () => {
  const request = await feeRequest();
  const here = await renderDocument(request, await loadFonts(fontsFolder));
  const there = await Promise.all([1, 2, 3].map(() => pool().renderDocument(request)));
  for (const each of there) expect(each).toEqual(here);
});

it('does every kind of work', async () => {
  const workers = pool();
  const image = new Uint8Array(
    await sharp({ create: { width: 300, height: 200, channels: 3, background: '#ddd' } })
      .png()
      .toBuffer(),
  );
  expect(await workers.thumbnail({ image, rotation: 0, maxPx: 50 })).toMatchObject({ ok: true });
  expect(await workers.inspectFile({ bytes: image })).toMatchObject({ ok: true, value: { kind: 'png' } });
  const pages = [{ image, rotation: 0, mode: 'bw', dpi: 200 } as const];
  const meta = { createdAt: new Date(0) };
  expect(await workers.pagesToPdf({ pages, meta })).toMatchObject({ ok: true, value: { pages: 1 } });
  expect(image.byteLength).toBeGreaterThan(0);
  expect(await workers.pagesToPdf({ pages, meta }, { giveAway: true })).toMatchObject({ ok: true });
  expect(image.byteLength).toBe(0);
});

describe('a worker that dies', () => {
  it('fails its task alone, and the next one is served', async () => {
    const incidents: Incident[] = [];
    const workers = pool({
      workerUrl: crashingWorker,
      size: 1,
      onIncident: (incident) => incidents.push(incident),
    });
    const request = await feeRequest();
    const [first, second] = await Promise.all([
      workers.renderDocument({ ...request, template: 'crash' }),
      workers.renderDocument({ ...request, template: 'answer' }),
    ]);
    expect(first).toEqual({ ok: false, error: { code: 'documents.worker-crashed' } });
    expect(second).toMatchObject({ ok: true });
    expect(incidents).toMatchObject([{ job: 'renderDocument', code: 'documents.worker-crashed' }]);
  });

  it('leaves without a word', async () => {
    const workers = pool({ workerUrl: crashingWorker, size: 1 });
    const request = { ...(await feeRequest()), template: 'exit' };
    expect(await workers.renderDocument(request)).toMatchObject({
      error: { code: 'documents.worker-crashed' },
    });
  });
});

describe('a task that does not end', () => {
  it('is ended at its time, and the next one is served', async () => {
    const workers = pool({ workerUrl: crashingWorker, size: 1, timeLimitMs: { renderDocument: 1500 } });
    const request = await feeRequest();
    // Of another kind, whose time is enough for a new worker to begin in.
    const [first, second] = await Promise.all([
      workers.renderDocument({ ...request, template: 'hang' }),
      workers.inspectFile({ bytes: onePage() }),
    ]);
    expect(first).toEqual({ ok: false, error: { code: 'documents.timed-out' } });
    expect(second).toMatchObject({ ok: true });
  });

  it('is ended when it is cancelled, also before it began', async () => {
    const workers = pool({ workerUrl: crashingWorker, size: 1 });
    const request = await feeRequest();
    const [running, waiting] = [new AbortController(), new AbortController()];
    const first = workers.renderDocument({ ...request, template: 'hang' }, { signal: running.signal });
    const second = workers.renderDocument({ ...request, template: 'answer' }, { signal: waiting.signal });
    const third = workers.renderDocument({ ...request, template: 'answer' });
    waiting.abort();
    expect(await second).toEqual({ ok: false, error: { code: 'documents.cancelled' } });
    running.abort();
    expect(await first).toEqual({ ok: false, error: { code: 'documents.cancelled' } });
    expect(await third).toMatchObject({ ok: true });
  });

  it('is ended when the pool is closed, with all that wait', async () => {
    const workers = pool({ workerUrl: crashingWorker, size: 1 });
    const request = await feeRequest();
    const tasks = [1, 2].map(() => workers.renderDocument({ ...request, template: 'hang' }));
    await workers.close();
    expect(await Promise.all([...tasks, workers.renderDocument(request)])).toEqual(
      [1, 2, 3].map(() => ({ ok: false, error: { code: 'documents.stopped' } })),
    );
  });
});

describe('a hostile file', () => {
  it.each([
    ['unpacks to more than there is room for', bomb(900)],
    ['unpacks twice', nestedBomb(900)],
    ['has pages that go round in a circle', pageLoop()],
    ['has lists in lists without end', deepNesting(2_000_000)],
  ])(
    '%s: it is damaged, and the next one is served',
    async (_name, bytes) => {
      const workers = pool({ size: 1, inspectionMemoryMib: 300, timeLimitMs: { inspectFile: 15_000 } });
      expect(await workers.inspectFile({ bytes })).toEqual({ ok: false, error: { code: 'file.damaged' } });
      expect(await workers.inspectFile({ bytes: onePage() })).toMatchObject({ ok: true });
    },
    30_000,
  );
});
