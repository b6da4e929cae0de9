import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { recordBlob } from '../../store/blobs.ts';
import * as cursors from '../../store/cursors.ts';
import * as inbox from '../../store/inbox.ts';
import * as master from '../../store/master.ts';
import { migrations } from '../../store/migrations/index.ts';
import * as numbers from '../../store/numbers.ts';
import * as outbox from '../../store/outbox.ts';
import * as settings from '../../store/settings.ts';
import { mustOpen, testClock } from '../../store/testing/temporary-store.ts';
import { systemRandom } from '../../values/ids.ts';
import { append } from '../append.ts';

// Writes the store that `electron/store/migrations.test.ts` opens with every later program:
//   node electron/journal/testing/make-fixture.ts VERSION
// Run it once for each version before its schema is released, and never again after.

const version = Number(process.argv[2]);
const at = '2026-04-01T08:00:00.000Z';
const folder = join(dirname(fileURLToPath(import.meta.url)), '../../../test/fixtures/store', `v${version}`);
rmSync(folder, { recursive: true, force: true });
const clock = testClock(at);
const store = mustOpen(folder, { clock, migrations: migrations.slice(0, version) });

const staged = await store.blobs.put(Buffer.from('obsah přílohy'));
if (!staged.ok) throw new Error(staged.error.code);
store.write((tx) => {
  settings.save(tx, { key: 'desk', value: { language: 'cs' }, changedAt: at, changedBy: 'clerk-1' });
  master.begin(tx, 'offices', null);
  const office = { id: 'klatovy', revision: 1, text: JSON.stringify({ name: 'Klatovy' }), hash: 'h' };
  master.lay(tx, 'offices', [office], 'cursor-1');
  master.putInForce(tx, 'offices', at);
  cursors.set(tx, 'master/offices', 'cursor-1', at);
  recordBlob(tx, staged.value, { mediaType: 'application/pdf', owner: 'act-1' });
  for (const actId of ['act-1', 'act-2', 'act-3']) {
    const { sequence } = append(
      tx,
      { clock, random: systemRandom, desk: 'desk-1' },
      {
        kind: 'copy-certified',
        actId,
        clerk: 'clerk-1',
        role: 'clerk',
        visitId: 'visit-1',
        payload: { of: actId },
      },
    );
    const number = numbers.allot(tx, { series: 'vidimace', year: 2026, actId, at });
    numbers.setFate(
      tx,
      number,
      actId === 'act-2' ? 'cancelled' : 'used',
      at,
      actId === 'act-2' ? 'chyba' : undefined,
    );
    outbox.enqueue(tx, {
      id: actId,
      visitId: 'visit-1',
      kind: 'certification',
      leafSequence: sequence,
      madeAt: at,
      payload: { number: number.number },
      blobs: [],
    });
  }
  // A certified copy as programs before schema 12 kept it.
  tx.run(
    `INSERT INTO visits (id, ticket, legal_date, state, clerk_id, opened_at, note, identity)
     VALUES ('visit-1', 1, '2026-04-01', 'open', 'clerk-1', ?, NULL, '{}')`,
    [at],
  );
  const copy = {
    certification: {
      number: 1,
      year: 2026,
      clauseDocumentId: 'clause-1',
      rowDocumentId: 'row-1',
      fate: 'used',
    },
    fee: { tariffId: 'vidimace', item: 'pol. 4', units: 3, unitAmount: 30, exemptionId: null },
  };
  tx.run(
    `INSERT INTO services (id, visit_id, ordinal, definition_id, definition, state, record)
     VALUES ('service-1', 'visit-1', 1, 'vidimace', '{}', 'done', ?)`,
    [JSON.stringify(copy)],
  );
  outbox.markSending(tx, 'act-1', at);
  outbox.markAccepted(tx, 'act-1', at);
  inbox.add(tx, { sequence: 1, effectId: 'act-1', kind: 'received', at, body: '{}' }, at);
});
store.close();
// Only an empty lock; it is made when the store is opened.
rmSync(join(folder, 'desk.lock'));
