import { open } from 'node:fs/promises';
import type { AuthoritiesView, AuthorityFileView } from '../../contract/authorities.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import { type AuthorityFile, type AuthoritySummary, MOST_BYTES } from '../../devices/chip/authority-list.ts';
import { err, ok, type Result } from '../../values/result.ts';
import { record } from '../acts.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { command, type Handler, preparedCommand, query } from '../handlers.ts';
import {
  authoritiesOf,
  base64,
  bytesOf,
  type KeptList,
  keepList,
  keepRevocations,
  keptList,
  keptRevocations,
} from './kept.ts';

/** The least of a fingerprint that tells one authority from all others. */
const LEAST_DIGITS = 16;
const FORGOTTEN_AFTER_MS = 10 * 60_000;

/** The list of states' authorities: a file is looked at, confirmed by its fingerprint and used. */
export function authorityHandlers(desk: Desk): Handler[] {
  const { store } = desk;
  /** What was chosen last, until it is used or some minutes have passed. */
  let chosen: AuthorityFile | null = null;
  let stopForgetting = (): void => {};

  return [
    query('authorities.get', async () => {
      const { list, revocations } = store.read((tx) => ({
        list: keptList(tx),
        revocations: keptRevocations(tx),
      }));
      const certificates = (list?.certificates ?? []).map(bytesOf);
      const read = await desk.documents.summariseAuthorities({
        certificates,
        revocations: revocations.map(bytesOf),
      });
      return read.ok ? ok(viewOf(desk, list, read.value)) : read;
    }),

    query('authorities.choose', async () => {
      const path = await desk.places.open({ name: 'authorities', extension: '*' });
      if (path === null) return ok(null);
      const bytes = await readWhole(path);
      if (!bytes.ok) return bytes;
      const { authorities } = store.read((tx) => authoritiesOf(desk, tx));
      const asked = { bytes: bytes.value, now: desk.clock.now(), authorities };
      const read = await desk.documents.readAuthorities(asked, { giveAway: true });
      if (!read.ok) return read;
      chosen = read.value;
      stopForgetting();
      stopForgetting = desk.timers.after(FORGOTTEN_AFTER_MS, () => {
        chosen = null;
      });
      return ok(fileView(read.value));
    }),

    command('authorities.import', (commanded, { list: at, fingerprint }) => {
      const { tx, now } = commanded;
      const list = chosen?.lists[at];
      if (list === undefined) return refuse('authorities.nothing-chosen');
      if (list.trouble !== null) return refuse(list.trouble);
      const said = fingerprint.replace(/[\s:.-]/g, '').toLowerCase();
      if (said.length < LEAST_DIGITS || !list.fingerprint.startsWith(said))
        return refuse('authorities.fingerprint-differs');
      keepList(tx, {
        importedAt: now.toISOString(),
        kind: list.kind,
        country: list.country,
        fingerprint: list.fingerprint,
        signedAt: list.signedAt?.toISOString() ?? null,
        certificates: list.certificates.map(base64),
      });
      record(desk, commanded, { kind: 'settings-changed', payload: { changed: ['authorities'] } });
      // Its revocation lists were judged by the authorities before.
      chosen = null;
      return ok({});
    }),

    preparedCommand(
      'authorities.import-revocations',
      async () => {
        const from = chosen;
        if (from === null) return refuse('authorities.nothing-chosen');
        const proven = from.revocations.filter(({ isProven }) => isProven).map(({ der }) => der);
        if (proven.length === 0) return refuse('authorities.no-revocations-proven');
        const kept = store.read(keptRevocations).map(bytesOf);
        const newest = await desk.documents.newestRevocations({ lists: [...kept, ...proven] });
        return newest.ok ? ok({ from, newest: newest.value }) : newest;
      },
      (commanded, _input, { from, newest }) => {
        // Meanwhile other authorities may have been taken, or lists of another file.
        if (chosen !== from) return refuse('authorities.nothing-chosen');
        keepRevocations(commanded.tx, newest.map(base64));
        record(desk, commanded, { kind: 'settings-changed', payload: { changed: ['revocations'] } });
        return ok({});
      },
    ),
  ];
}

/** Never more than is looked at: a file may be of any size. */
async function readWhole(path: string): Promise<Result<Uint8Array, ContractFailure>> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      return size > MOST_BYTES
        ? err({ code: 'authorities.too-large' })
        : ok(new Uint8Array(await file.readFile()));
    } finally {
      await file.close();
    }
  } catch {
    return err({ code: 'authorities.unreadable' });
  }
}

const fileView = ({ lists, revocations, passedOver, unreadable }: AuthorityFile): AuthorityFileView => ({
  lists: lists.map(({ kind, country, signedAt, states, unreadable, trouble }) => ({
    kind,
    country,
    signedAt: signedAt?.toISOString() ?? null,
    states: [...states],
    unreadable,
    trouble: trouble && { code: trouble },
  })),
  revocations: {
    count: revocations.length,
    proven: revocations.filter(({ isProven }) => isProven).length,
  },
  passedOver,
  unreadable,
});

function viewOf(desk: Desk, list: KeptList | null, summary: AuthoritySummary): AuthoritiesView {
  const now = desk.clock.now();
  return {
    isTraining: desk.environment === 'training',
    list: list && {
      importedAt: list.importedAt,
      kind: list.kind,
      country: list.country,
      fingerprint: list.fingerprint,
      signedAt: list.signedAt,
      states: [...summary.states],
      unreadable: summary.unreadable,
    },
    revocations: summary.revocations.map(({ country, from, to, count }) => ({
      country,
      from: from.toISOString(),
      to: to?.toISOString() ?? null,
      isDue: to !== null && to < now,
      count,
    })),
  };
}
