import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { append } from '../../journal/append.ts';
import { migrations } from '../../store/migrations/index.ts';
import { mustOpen, temporaryFolder, testClock } from '../../store/testing/temporary-store.ts';
import { systemRandom } from '../../values/ids.ts';
import { comparedOf, comparedStrength } from '../identity/comparing.ts';
import { resultOf } from '../identity/rules.ts';
import { getVisit } from './table.ts';

/** Visits that were verified before a verification was kept as a result. */

const SCHEMA = 16;
let rig: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  rig = temporaryFolder();
  cpSync(fileURLToPath(new URL(`../../../test/fixtures/store/v${SCHEMA}`, import.meta.url)), rig.folder, {
    recursive: true,
  });
});
afterEach(() => rig.remove());

const at = '2026-04-02T09:30:00.000Z';
const name = { givenNames: 'Jan', surname: 'Vzorový' };
const birthDate = { year: 1980, month: 4, day: 1 };
const stored = (document: object, state: string, applicant: object | null) =>
  JSON.stringify({
    ...{ state, mrzName: null, birthDate, applicant, actingAs: 'in-person', concerns: null },
    document: {
      ...{ kind: 'id-card', number: '998001234', issuer: 'CZE', expiry: '2030-01-01' },
      ...{ overruledChecks: [], ...document },
    },
    register: { state: 'not-listed', asOf: null, listedSince: null },
  });

/** The visit as it was written by the earlier program, opened by this one. */
function opened(document: object, { state = 'verified', isLogged = true, clerk = 'clerk-7' } = {}) {
  const before = mustOpen(rig.folder, { migrations: migrations.slice(0, SCHEMA) });
  before.write((tx) => {
    tx.run(
      `INSERT INTO visits (id, ticket, legal_date, state, clerk_id, opened_at, note, identity)
       VALUES ('visit-7', 7, '2026-04-02', 'open', ?, '2026-04-02T09:00:00.000Z', NULL, ?)`,
      [clerk, stored(document, state, state === 'verified' ? { kind: 'person', name, birthDate } : null)],
    );
    tx.run(
      `INSERT INTO clerk_accounts (id, username, name, roles, competences, office_id)
       VALUES ('clerk-7', 'ctvrta', ?, '["clerk"]', '[]', 'klatovy')`,
      [JSON.stringify({ surname: 'Čtvrtá' })],
    );
    const entry = { actId: 'act-7', clerk, role: 'clerk' as const, visitId: 'visit-7', payload: {} };
    if (isLogged)
      append(
        tx,
        { clock: testClock(at), random: systemRandom, desk: 'desk-1' },
        { kind: 'identity-verified', ...entry },
      );
  });
  before.close();
  const store = mustOpen(rig.folder);
  const { identity } = store.read((tx) => getVisit(tx, 'visit-7'));
  store.close();
  return identity;
}

it.each([
  ['typed', { source: 'typed' }, 'seen'],
  ['read', { source: 'reader' }, 'read'],
  ['mended by the clerk', { source: 'image', corrections: [correction('clerk')] }, 'seen'],
  ['overruled', { source: 'reader', overruledChecks: ['birthDate'] }, 'seen'],
  ['of a chip', { source: 'chip', chip: { strength: 'data-proven', checks: [] } }, 'proven'],
  ['of a chip that was refuted', { source: 'chip', chip: { strength: 'refuted', checks: [] } }, 'seen'],
])(
  'a document that was %s has a result as strong as it was, and says that nobody wrote down what was compared',
  (_how, document, strength) => {
    const identity = opened(document);
    expect(resultOf(identity)).toMatchObject({
      ...{ who: { name, birthDate }, means: identity.document?.source, strength, compared: null, at },
      by: { clerkId: 'clerk-7', name: { surname: 'Čtvrtá' } },
    });
    // Opened again it is compared with nothing.
    if (identity.document === null) throw new Error('no document');
    const stated = {
      writing: 'visual' as const,
      surname: name.surname,
      birthDate,
      documentNumber: '998001234',
    };
    const compared = comparedOf(stated, identity);
    expect(comparedStrength(identity.document, stated, compared)).toBe('seen');
  },
);

it('is of the visit’s opening and clerk where the log has let the entry go', () => {
  expect(resultOf(opened({ source: 'reader' }, { isLogged: false, clerk: 'gone' }))).toMatchObject({
    at: '2026-04-02T09:00:00.000Z',
    by: { clerkId: 'gone', name: { surname: 'gone' } },
  });
});

it('is none of a document that was only taken', () => {
  const { verification } = opened({ source: 'reader' }, { state: 'document-taken' });
  expect(verification).toBeNull();
});

function correction(by: 'clerk' | 'check') {
  return { line: 1, column: 1, seen: 'B', character: '8', by };
}
