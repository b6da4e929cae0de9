import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { lastCountersigned } from '../../electron/journal/checkpoint.ts';
import { exportLog } from '../../electron/journal/export.ts';
import { treeSize } from '../../electron/journal/tree.ts';
import { pinnedWitness } from '../../electron/sync/evidence.ts';
import { deskOrigin, verifierText } from '../../electron/values/signed-note.ts';
import { run } from '../../verify/verify.mjs';
import {
  type CounterRig,
  keysOfFolder,
  type PortalRig,
  startCounter,
  startPortal,
  until,
} from '../rigs/counter.ts';
import { pageImages, readCodes, withPdf } from '../rigs/pdf-checks.ts';
import { acceptSubmission, certifyCopy, settlePrints, verify } from '../rigs/visits.ts';

let portal: PortalRig;
let desk: CounterRig;
afterEach(async () => {
  await desk.close();
  await portal.close();
});

/** The codes on the first page of the one document of this kind, read from its picture as from paper. */
async function codesOn(kind: string): Promise<string[]> {
  const madeOf = (): string | undefined =>
    desk.store.read(
      (tx) =>
        tx.get<{ sha256: string }>('SELECT sha256 FROM outputs WHERE kind = ? AND sha256 IS NOT NULL', [kind])
          ?.sha256,
    );
  await until(`the pages of ${kind} are made`, () => Promise.resolve(madeOf() !== undefined));
  const bytes = await desk.store.blobs.read(madeOf() ?? '');
  if (!bytes.ok) throw new Error(bytes.error.code);
  const [image] = await withPdf(bytes.value, (file) => pageImages(file, 200));
  if (image === undefined) throw new Error('no page');
  return (await readCodes(image, 'QRCode')).filter((text) => text.startsWith('VC1:'));
}

it('the codes on the papers show their acts to be in the log that leaves the desk', async () => {
  portal = await startPortal();
  desk = await startCounter({ portal });
  const folder = mkdtempSync(join(tmpdir(), 'virtuos-proof-'));
  try {
    const clerk = await desk.signedIn('novakova');
    const visit = await clerk.must('visits.open', {});
    await verify(clerk, visit.id);
    await acceptSubmission(clerk, visit.id);
    await certifyCopy(clerk, visit.id);
    const { payment } = await clerk.must('visits.get', { visitId: visit.id });
    await clerk.must('visits.pay', { visitId: visit.id, method: 'cash', expectedTotal: payment.due });

    const codes = [...(await codesOn('fee-receipt')), ...(await codesOn('acceptance-receipt'))];
    expect(codes).toHaveLength(2);
    await settlePrints(clerk, visit.id);
    await until('the portal has seen it all', () =>
      Promise.resolve(desk.store.read((tx) => lastCountersigned(tx)?.size === treeSize(tx))),
    );

    const deskId = desk.store.read((tx) => desk.counter.desk.enrolled(tx))?.deskId ?? '';
    const witness = desk.store.read(pinnedWitness);
    const file = join(folder, 'log.jsonl');
    const of = { deskId, payloads: false, witness, at: new Date() };
    writeFileSync(file, [...exportLog(desk.store.read, of)].join(''));
    const { publicKey } = keysOfFolder(desk.folder).current();
    const key = ['--key', verifierText({ name: deskOrigin(deskId), publicKey })];
    for (const code of codes) {
      expect((await run(['--receipt', code, ...key])).findings).toEqual([]);
      const whole = await run([file, '--receipt', code, ...key, '--witness', witness ?? '']);
      expect(whole.lines.join('\n')).toMatch(/log\.valid[\s\S]*receipt\.valid/);
      expect(whole.exitCode).toBe(0);
    }
    const entries = await Promise.all(
      codes.map(async (code) => (await run(['--receipt', code, ...key])).lines[0]),
    );
    const kinds = desk.store.read((tx) =>
      entries.map((line) => {
        const sequence = Number(/úkon (\d+)/.exec(line ?? '')?.[1]);
        return tx.get<{ kind: string }>('SELECT kind FROM journal_leaves WHERE sequence = ?', [sequence])
          ?.kind;
      }),
    );
    expect(kinds).toEqual(['fee-paid', 'submission-accepted']);
    expect(desk.problems).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
