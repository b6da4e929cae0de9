import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findEntries, type LogFilter, type LogPlace } from '../../electron/counter/day-log/find.ts';
import { indexSlice, notIndexed } from '../../electron/counter/day-log/indexing.ts';
import { append } from '../../electron/journal/append.ts';
import { leafHash, payloadHash } from '../../electron/journal/leaf.ts';
import { checkEntries } from '../../electron/journal/read.ts';
import { rootHash } from '../../electron/journal/tree.ts';
import { migrations } from '../../electron/store/migrations/index.ts';
import { openStore, type Store } from '../../electron/store/open.ts';
import { systemClock } from '../../electron/values/clock.ts';
import { systemRandom } from '../../electron/values/ids.ts';
import { growingRoot } from '../../electron/values/merkle.ts';
import { projectRoot } from '../../scripts/places.ts';
import { chanceOf } from '../chaos/random.ts';
import { newId } from './desk.ts';
import { median, percentile, print, rounded } from './report.ts';

// `npm run bench -- daylog`: a day log of 100,000 and of 1,000,000 entries: pages, filters and searches as the counter asks the store for
// them, and the check of every entry beside bare hashing of the same bytes. The logs are made once, under out/.

const SIZES = [100_000, 1_000_000];
const SAMPLES = 40;
const PAGE = 101;

const chance = chanceOf('bench', 'daylog');
const syllables = 'no vá ko ří že lu ťou čký svo bo dá dvo řá pro chá cer ný mar ke ve se lý ku če ra'.split(
  ' ',
);
const word = (): string => Array.from({ length: chance.whole(2, 4) }, () => chance.pick(syllables)).join('');
const words = (count: number): string => Array.from({ length: count }, word).join(' ');
const clerks = ['clerk-1', 'clerk-2', 'clerk-3', 'clerk-4', 'clerk-5'];
const definitions = ['general-submission', 'dog-registration', 'small-building-notice', 'vidimace'];

/** The acts of one visit and what each says. */
const visit: readonly (readonly [string, () => object])[] = [
  ['visit-opened', () => ({ ticket: chance.whole(1, 90) })],
  ['document-taken', () => ({ documentKind: 'id-card', issuer: 'CZE', source: 'reader' })],
  [
    'identity-verified',
    () => ({ applicant: { name: { givenNames: word(), surname: word() } }, decision: 'verified' }),
  ],
  ['service-started', () => ({})],
  ['form-completed', () => ({ form: { subject: words(3), content: words(20) } })],
  ['request-printed', () => ({ copy: 1 })],
  ['request-signed', () => ({})],
  ['submission-accepted', () => ({ contentHash: Buffer.from(chance.bytes(32)).toString('hex') })],
  ['fee-paid', () => ({ total: chance.whole(1, 20) * 30, method: 'cash' })],
  ['visit-closed', () => ({})],
];

function fill(store: Store, size: number): void {
  let at = Date.UTC(2023, 0, 2, 7);
  for (let made = 0; made < size; )
    store.write((tx) => {
      for (let here = 0; here < 5000 && made < size; ) {
        const visitId = newId();
        const serviceId = newId();
        const clerk = chance.pick(clerks);
        const day = new Date(at).toISOString().slice(0, 10);
        const ticket =
          (tx.get<{ last: number | null }>('SELECT max(ticket) AS last FROM visits WHERE legal_date = ?', [
            day,
          ])?.last ?? 0) + 1;
        tx.run(
          `INSERT INTO visits (id, ticket, legal_date, state, clerk_id, opened_at, note, identity)
           VALUES (?, ?, ?, 'closed', ?, ?, NULL, '{}')`,
          [visitId, ticket, day, clerk, new Date(at).toISOString()],
        );
        tx.run(
          `INSERT INTO services (id, visit_id, ordinal, definition_id, definition, state, record)
           VALUES (?, ?, 1, ?, '{}', ?, '{}')`,
          [serviceId, visitId, chance.pick(definitions), chance.yes(0.01) ? 'refused' : 'done'],
        );
        for (const [kind, payload] of visit) {
          at += 7000;
          append(
            tx,
            { clock: { now: () => new Date(at), monotonicMs: () => at }, random: systemRandom, desk: 'desk' },
            {
              kind,
              actId: newId(),
              clerk,
              role: 'clerk',
              visitId,
              ...(kind.startsWith('visit') ? {} : { serviceId }),
              payload: { ...payload() },
            },
          );
          here += 1;
          made += 1;
        }
        // A desk works eight hours a day.
        if (new Date(at).getUTCHours() >= 15) at += 16 * 3_600_000;
      }
    });
  while (store.read(notIndexed) > 0) store.write((tx) => indexSlice(tx, 5000));
}

function logOf(size: number): Store {
  const folder = join(projectRoot, 'out', 'bench', `daylog-${migrations.length}-${size}`);
  const isMade = existsSync(join(folder, 'desk.db'));
  mkdirSync(folder, { recursive: true });
  const opened = openStore({
    folder,
    key: new Uint8Array(32).fill(7),
    clock: systemClock,
    random: systemRandom,
  });
  if (!opened.ok) throw new Error(opened.error.code);
  if (!isMade) {
    console.log(`making a log of ${size} entries`);
    try {
      fill(opened.value, size);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }
  return opened.value;
}

const timed = (work: () => void): number => {
  const started = performance.now();
  work();
  return performance.now() - started;
};

function lookAt(store: Store): Record<string, number[]> {
  const span = store.read((tx) =>
    tx.get<{ last: number; from: string; to: string }>(
      'SELECT max(sequence) AS last, min(legal_date) AS "from", max(legal_date) AS "to" FROM journal_leaves',
    ),
  );
  if (!span) throw new Error('the log is empty');
  const { last, from, to } = span;
  const all: LogFilter = {
    from,
    to,
    clerkId: null,
    kind: null,
    service: null,
    state: null,
    number: '',
    search: '',
  };
  const asked: Record<string, () => Partial<LogFilter>> = {
    page: () => ({}),
    filter: () =>
      chance.pick([
        { clerkId: chance.pick(clerks) },
        { kind: 'fee-paid' },
        { service: 'vidimace' },
        { clerkId: chance.pick(clerks), kind: 'submission-accepted', service: 'dog-registration' },
        { state: 'service.refused' as const },
        { number: String(chance.whole(1, 60)), from: to },
      ]),
    search: () => ({
      search: chance.pick([word().slice(0, 4), word(), `${word().slice(0, 3)} ${word().slice(0, 3)}`]),
    }),
  };
  const times: Record<string, number[]> = {};
  for (const [name, filter] of Object.entries(asked))
    times[name] = Array.from({ length: SAMPLES }, (_, index) => {
      const somewhere = chance.whole(1, last);
      const place: LogPlace =
        index % 3 === 0 ? null : index % 3 === 1 ? { before: somewhere } : { after: somewhere };
      const asking = { ...all, ...filter() };
      return timed(() => void store.read((tx) => findEntries(tx, asking, place, PAGE)));
    });
  return times;
}

const details: Record<string, number | string> = {};
const goals: { goal: string; measured: string; met: boolean }[] = [];
let samples: number[] = [];
let verified = 0;
let bare = 0;
for (const size of SIZES) {
  const store = logOf(size);
  for (const [name, times] of Object.entries(lookAt(store))) {
    const p95 = percentile(times, 0.95);
    details[`${name} in ${size}, median (ms)`] = median(times);
    goals.push({
      goal: `${name} in ${size}: p95 under 50 ms`,
      measured: `${rounded(p95)} ms`,
      met: p95 < 50,
    });
    if (size === SIZES.at(-1)) samples = [...samples, ...times];
  }
  if (size === SIZES.at(-1)) {
    // The same bytes, hashed and put into a tree, without the store.
    const bytes = store.read((tx) =>
      tx.all<{ leaf: Uint8Array; salt: Uint8Array; payload: Uint8Array }>(
        'SELECT leaf, salt, payload FROM journal_leaves JOIN journal_payloads USING (sequence) ORDER BY sequence LIMIT 100000',
      ),
    );
    const scale = size / bytes.length;
    bare =
      scale *
      timed(() => {
        const tree = growingRoot();
        for (const { leaf, salt, payload } of bytes) {
          payloadHash(salt, payload);
          tree.add(leafHash(leaf));
        }
        tree.root();
      });
    verified = timed(() => {
      const checked = store.read((tx) => checkEntries(tx));
      if (!checked.ok) throw new Error(JSON.stringify(checked.error));
      store.read((tx) => rootHash(tx, size));
    });
    goals.push({
      goal: 'verify the million under 5 s',
      measured: `${rounded(verified / 1000)} s, bare hashing ${rounded(bare / 1000)} s`,
      met: verified < 5000,
    });
  }
  store.close();
}
print({
  name: 'daylog',
  ours: verified / 1000,
  peer: null,
  limit: bare / 1000,
  unit: 's for the check of a million entries',
  ratio: null,
  limitRatio: verified / bare,
  p50: median(samples),
  p99: percentile(samples, 0.99),
  goals,
  details,
});
