import { afterEach, describe, expect, it } from 'vitest';
import { newId, type Rig, startRig, testKeys } from '../../test/rigs/sync-desk.ts';
import { append } from '../journal/append.ts';
import * as checkpoints from '../journal/checkpoint.ts';
import * as epochs from '../journal/epoch.ts';
import { rootHash, treeSize } from '../journal/tree.ts';
import type { Tx } from '../store/open.ts';
import { systemRandom } from '../values/ids.ts';
import { cosignedAt, isNoteSignedBy, parseNote, parseWitness } from '../values/signed-note.ts';
import { pinnedWitness } from './evidence.ts';

let rig: Rig;
const keys = testKeys();
afterEach(() => rig.close());

const countersigned = () => rig.store().read(checkpoints.lastCountersigned);
const raised = () =>
  rig
    .store()
    .read((tx) =>
      tx
        .all<{ kind: string; params: string }>('SELECT kind, params FROM exceptions ORDER BY id')
        .map(({ kind, params }) => ({ kind, params: JSON.parse(params) })),
    );
const seenAll = () => countersigned()?.size === rig.store().read(treeSize);
const start = async () => {
  rig = await startRig({ keys });
  rig.sync().start();
};

const entry = (tx: Tx): void =>
  void append(
    tx,
    { clock: rig.clock, random: systemRandom, desk: rig.deskId() },
    { kind: 'visit-opened', actId: newId(), clerk: 'clerk', role: 'clerk', payload: {} },
  );

/** Somebody with the database open and the triggers out of the way writes the past anew. */
function rewrite(sequence: number): void {
  rig.store().write((tx) => {
    for (const trigger of [
      'journal_leaves_fixed',
      'journal_nodes_kept',
      'journal_payloads_kept',
      'journal_leaves_kept',
    ])
      tx.run(`DROP TRIGGER IF EXISTS ${trigger}`);
    const { last } = tx.get<{ last: number }>('SELECT max(sequence) AS last FROM journal_leaves') ?? {
      last: 0,
    };
    tx.run('DELETE FROM journal_nodes');
    tx.run('DELETE FROM journal_payloads WHERE sequence >= ?', [sequence]);
    tx.run('DELETE FROM journal_leaves WHERE sequence >= ?', [sequence]);
    for (let count = sequence; count <= last; count += 1) entry(tx);
  });
}

describe('the proof of the log', () => {
  it('has the newest checkpoint countersigned whenever the log has grown', async () => {
    await start();
    const visit = newId();
    rig.act(visit);
    rig.sync().kick();
    await rig.until('the first is countersigned', seenAll);
    const first = countersigned();
    rig.act(newId());
    rig.sync().kick();
    await rig.until('the next is countersigned', seenAll);
    const second = countersigned();
    expect([first?.size, second?.size]).toEqual([1, 2]);
    const witness = parseWitness(rig.store().read(pinnedWitness) ?? '');
    const note = parseNote(second?.note ?? '');
    if (!witness || !note || !second?.cosignature) throw new Error('not there');
    expect(second.rootHash.equals(rig.store().read((tx) => rootHash(tx, 2)))).toBe(true);
    const { publicKey } = keys.current();
    expect(isNoteSignedBy(note, { name: `virtuos-counter/desk/${rig.deskId()}`, publicKey })).toBe(true);
    expect(cosignedAt(second.cosignature, note.text, witness)?.getTime()).toBeLessThanOrEqual(
      rig.clock.now().getTime(),
    );
    expect(rig.portal().deskExceptions()).toEqual([]);
    expect(rig.sync().problems()).toEqual([]);
  });

  it('shows a closing’s checkpoint too, and none that was only printed', async () => {
    await start();
    const signer = { name: `virtuos-counter/desk/${rig.deskId()}`, key: keys.current() };
    const make = (reason: checkpoints.CheckpointReason) =>
      rig.store().write((tx) => checkpoints.makeCheckpoint(tx, signer, { reason, at: rig.clock.now() }));
    rig.act(newId());
    make('demand');
    rig.act(newId());
    make('closing');
    rig.act(newId());
    make('demand');
    rig.sync().kick();
    await rig.until('all is countersigned', seenAll);
    const of = rig.store().read((tx) => checkpoints.checkpointsBetween(tx, 1, 9));
    expect(of.map(({ size, reason, cosignature }) => [size, reason, cosignature !== null])).toEqual([
      [1, 'demand', false],
      [2, 'closing', true],
      [3, 'demand', true],
    ]);
  });

  it('goes on after the line was cut at any of its calls', async () => {
    await start();
    await rig.until('the line is up', () => rig.sync().line().state === 'up');
    for (let count = 0; count < 3; count += 1) {
      await rig.stopPortal();
      rig.act(newId());
      rig.sync().kick();
      await rig.until('the line is down', () => rig.sync().line().state === 'down');
      await rig.startPortal();
      rig.sync().kick();
      await rig.until('countersigned', seenAll);
    }
    await rig.restart();
    rig.sync().start();
    rig.act(newId());
    rig.sync().kick();
    await rig.until('countersigned after the restart', seenAll);
    expect(rig.portal().deskExceptions()).toEqual([]);
  });

  it('of a rewritten log is refused, and somebody sees it on both sides', async () => {
    await start();
    rig.store().write(entry);
    rig.store().write(entry);
    rig.sync().kick();
    await rig.until('countersigned', seenAll);
    rewrite(1);
    rig.store().write(entry);
    rig.sync().kick();
    await rig.until('it is said', () => rig.sync().problems().length > 0);
    expect(rig.sync().problems()).toEqual([
      { code: 'checkpoint.refused', params: { reason: 'root', size: 3 } },
    ]);
    expect(raised()).toEqual([
      { kind: 'checkpoint-refused', params: { problem: 'checkpoint.refused', reason: 'root', size: 3 } },
    ]);
    expect(rig.portal().deskExceptions()).toMatchObject([
      { deskId: rig.deskId(), kind: 'checkpoint-refused', details: { reason: 'root', size: 3 } },
    ]);
    const [one] = rig.portal().deskExceptions();
    expect(rig.portal().reviewDeskException({ id: one?.id ?? 0, by: 'admin', note: 'zjištěno' })).toBe(true);
    expect(rig.portal().deskExceptions()).toEqual([]);
    expect(rig.portal().deskExceptions(true)).toHaveLength(1);
  });

  it('that is refused for another reason than before is put before a supervisor once more', async () => {
    await start();
    rig.store().write(entry);
    rig.sync().kick();
    await rig.until('countersigned', seenAll);
    const refuse = (reason: string) =>
      rig.proxy.rule(({ method, path }) =>
        method === 'POST' && path === '/log/checkpoints'
          ? {
              do: 'answer',
              status: 409,
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify({ code: 'checkpoint.refused', retryable: false, details: { reason } }),
            }
          : undefined,
      );
    refuse('signature');
    rig.store().write(entry);
    rig.sync().kick();
    await rig.until('it is said', () => raised().length === 1);
    refuse('root');
    await rig.until('that too', () => raised().length === 2, 5_000);
    expect(raised().map(({ params }) => params.reason)).toEqual(['signature', 'root']);
    // The same again and again is one thing to look at.
    const asked = () => rig.proxy.seen.filter(({ path }) => path === '/log/checkpoints').length;
    const before = asked();
    rig.store().write(entry);
    await rig.until('asked again, and again', () => asked() === before + 2, 5_000);
    expect(raised()).toHaveLength(2);
  });
});

describe('the desk’s key', () => {
  it('is replaced by the next one, which the old one signs for', async () => {
    await start();
    rig.act(newId());
    rig.sync().kick();
    await rig.until('countersigned', seenAll);
    const before = keys.current().publicKey;
    await keys.renew();
    rig.sync().kick();
    await rig.until('adopted', () => keys.next() === null);
    await rig.until('countersigned with the new key', seenAll);
    expect(keys.current().publicKey.equals(before)).toBe(false);
    expect(rig.store().read(epochs.currentEpoch)).toBe(1);
    expect(rig.portal().deskExceptions()).toEqual([]);
  });

  it('that was lost is replaced only when the portal permits it, and the log goes on under a new epoch', async () => {
    await start();
    rig.act(newId());
    rig.sync().kick();
    await rig.until('countersigned', seenAll);
    const named = countersigned();
    keys.lost();
    const id = rig.act(newId());
    rig.sync().kick();
    await rig.until('it is said', () => rig.sync().problems().length > 0);
    expect(rig.sync().problems()).toEqual([
      { code: 'desk.key-refused', params: { reason: 'not-permitted' } },
    ]);
    expect(rig.portal().deskExceptions()).toMatchObject([{ kind: 'key-refused' }]);
    // Nothing else waits for it.
    await rig.until('the act is there', () => rig.isAccepted(id));

    expect(rig.portal().permitNewKey(rig.deskId())).toBe(true);
    await rig.until('countersigned with the new key', seenAll, 5_000);
    expect(rig.store().read(epochs.epochs)).toEqual([
      { epoch: 2, firstSequence: 3, names: { size: 1, rootHash: named?.rootHash } },
    ]);
    expect(rig.sync().problems()).toEqual([]);
    const leaf = rig
      .store()
      .read((tx) => tx.all<{ kind: string; epoch: number }>('SELECT kind, epoch FROM journal_leaves'));
    expect(leaf.map(({ kind, epoch }) => [kind, epoch])).toEqual([
      ['submission-accepted', 1],
      ['submission-accepted', 1],
      ['epoch-opened', 2],
    ]);
  });
});
