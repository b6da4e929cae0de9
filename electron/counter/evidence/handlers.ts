import type { EvidenceView } from '../../contract/evidence.ts';
import { type Checkpoint, lastCheckpoint, lastCountersigned } from '../../journal/checkpoint.ts';
import { currentEpoch } from '../../journal/epoch.ts';
import { signerOf } from '../../journal/keys.ts';
import { lastSequence } from '../../journal/read.ts';
import type { Reader } from '../../store/open.ts';
import { pinnedWitness } from '../../sync/evidence.ts';
import { ok } from '../../values/result.ts';
import { verifierText } from '../../values/signed-note.ts';
import { record } from '../acts.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { command, type Handler, preparedCommand, query } from '../handlers.ts';
import { stackOf } from '../log.ts';

/** What proves the day log: checkpoints, the portal's signatures under them, and the desk's key. */
export function evidenceHandlers(desk: Desk): Handler[] {
  const { store, keys, sync, log } = desk;

  const view = (tx: Reader): EvidenceView => {
    const own = desk.enrolled(tx);
    const signer = own && signerOf(own.deskId, keys);
    const countersigned = lastCountersigned(tx);
    return {
      entries: lastSequence(tx),
      epoch: currentEpoch(tx),
      deskKey: signer && verifierText({ name: signer.name, publicKey: signer.key.publicKey }),
      portalKey: pinnedWitness(tx),
      replacing: keys.next() !== null,
      last: shown(lastCheckpoint(tx)),
      countersigned: countersigned?.countersignedAt
        ? { size: countersigned.size, at: countersigned.countersignedAt }
        : null,
    };
  };

  return [
    query('evidence.get', () => ok(store.read(view))),

    command('evidence.sign', ({ tx, after }) => {
      if (desk.checkpoint(tx, 'demand') === null) return refuse('desk.not-enrolled');
      after(() => sync.kick());
      return ok(view(tx));
    }),

    preparedCommand(
      'evidence.replace-key',
      async () => {
        if (!store.read(desk.enrolled)) return refuse('desk.not-enrolled');
        try {
          await keys.renew();
        } catch (thrown) {
          log.error({ call: 'evidence.replace-key', stack: stackOf(thrown) }, 'no new signing key');
          return refuse('desk.key-not-kept');
        }
        return ok(null);
      },
      (commanded) => {
        record(desk, commanded, { kind: 'settings-changed', payload: { changed: ['signing-key'] } });
        commanded.after(() => sync.kick());
        return ok(view(commanded.tx));
      },
    ),
  ];
}

const shown = (checkpoint: Checkpoint | null): EvidenceView['last'] =>
  checkpoint && {
    size: checkpoint.size,
    rootHash: checkpoint.rootHash.toString('hex'),
    madeAt: checkpoint.madeAt,
    countersignedAt: checkpoint.countersignedAt,
  };
