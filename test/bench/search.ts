import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { due, findVisits, foundOf, takeInDue } from '../../electron/counter/search/table.ts';
import { asked } from '../../electron/counter/search/words.ts';
import { migrations } from '../../electron/store/migrations/index.ts';
import { openStore, type Store } from '../../electron/store/open.ts';
import { systemClock } from '../../electron/values/clock.ts';
import { systemRandom } from '../../electron/values/ids.ts';
import { projectRoot } from '../../scripts/places.ts';
import { chanceOf } from '../chaos/random.ts';
import { newId } from './desk.ts';
import { median, percentile, print, rounded } from './report.ts';

// `npm run bench -- search`: visits of 100,000 people with 500,000 acts, asked by name, by name with a slip and by number, as the
// window asks; beside plain FTS5 in an unencrypted file with the same texts, which knows no slips. The store is made once, under out/.

const PEOPLE = 100_000;
const ACTS_EACH = 5;
const SAMPLES = 300;
const SHOWN = 31;

const chance = chanceOf('bench', 'search');
const syllables =
  'no vá ko ří že lu ťou čký svo bo dá dvo řá pro chá cer ný mar ke ve se lý ku če ra hor ák ová ský'.split(
    ' ',
  );
const word = (): string => {
  const text = Array.from({ length: chance.whole(2, 4) }, () => chance.pick(syllables)).join('');
  return text.charAt(0).toUpperCase() + text.slice(1);
};
const surnames = Array.from({ length: 30_000 }, word);
const givenNames = Array.from({ length: 300 }, word);
const titles = [
  'Přihlášení psa do evidence',
  'Vidimace',
  'Legalizace',
  'Obecné podání',
  'Výpis z Rejstříku trestů',
];

function fill(store: Store): void {
  for (let made = 0; made < PEOPLE; )
    store.write((tx) => {
      for (let here = 0; here < 1000 && made < PEOPLE; here += 1, made += 1) {
        const [visitId, day] = [newId(), `20${20 + Math.floor(made / 20_000)}-01-02`];
        const applicant = {
          kind: 'person',
          name: { givenNames: chance.pick(givenNames), surname: chance.pick(surnames) },
          birthDate: { year: chance.whole(1930, 2008), month: chance.whole(1, 12), day: chance.whole(1, 28) },
        };
        const identity = {
          ...{ state: 'verified', document: null, mrzName: null, birthDate: null, register: null },
          ...{ applicant, actingAs: 'in-person', concerns: null },
        };
        tx.run(
          `INSERT INTO visits (id, ticket, legal_date, state, clerk_id, opened_at, note, identity)
           VALUES (?, ?, ?, 'closed', 'clerk-1', ?, NULL, ?)`,
          [visitId, made + 1, day, `${day}T08:00:00.000Z`, JSON.stringify(identity)],
        );
        for (let act = 1; act <= ACTS_EACH; act += 1) {
          const title = chance.pick(titles);
          tx.run(
            `INSERT INTO services (id, visit_id, ordinal, definition_id, definition, state, record)
             VALUES (?, ?, ?, 'vidimace', ?, 'done', ?)`,
            [
              newId(),
              visitId,
              act,
              JSON.stringify({ title: { cs: title, en: title } }),
              JSON.stringify({
                form: { subject: word() },
                certification: { printed: `${made * ACTS_EACH + act}/${day.slice(0, 4)}` },
              }),
            ],
          );
        }
      }
    });
  while (store.read(due) > 0) store.write((tx) => takeInDue(tx, 2000));
}

const folder = join(projectRoot, 'out', 'bench', `search-${migrations.length}`);
const isMade = existsSync(join(folder, 'plain.db'));
mkdirSync(folder, { recursive: true });
const opened = openStore({
  folder,
  key: new Uint8Array(32).fill(7),
  clock: systemClock,
  random: systemRandom,
});
if (!opened.ok) throw new Error(opened.error.code);
const store = opened.value;
if (!isMade) {
  console.log(`making visits of ${PEOPLE} people`);
  try {
    fill(store);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}
const plain = new Database(join(folder, 'plain.db'));
if (!isMade) {
  plain.exec(`CREATE VIRTUAL TABLE visits USING fts5 (people, matters, numbers,
    tokenize='unicode61 remove_diacritics 2', prefix='2 3 4')`);
  const insert = plain.prepare('INSERT INTO visits (rowid, people, matters, numbers) VALUES (?, ?, ?, ?)');
  const rows = store.read((tx) =>
    tx.all<{ n: number; people: string; matters: string; numbers: string }>(
      'SELECT * FROM search_visits',
      [],
    ),
  );
  plain.transaction(() => {
    for (const { n, people, matters, numbers } of rows) insert.run(n, people, matters, numbers);
  })();
}
const plainly = plain.prepare<[string, number], { rowid: number }>(
  'SELECT rowid, people, matters, numbers FROM visits WHERE visits MATCH ? ORDER BY rowid DESC LIMIT ?',
);

const slip = (text: string): string => {
  const at = chance.whole(1, text.length - 2);
  return text.slice(0, at) + text.slice(at + 1);
};
const kinds: Record<string, () => string> = {
  'beginning of a name': () => chance.pick(surnames).slice(0, 3),
  'whole name': () => `${chance.pick(surnames)} ${chance.pick(givenNames)}`,
  'name with a slip': () => `${slip(chance.pick(surnames))} ${chance.pick(givenNames)}`,
  number: () => `${chance.whole(1, PEOPLE * ACTS_EACH)}/202${chance.whole(0, 4)}`,
  'name and matter': () => `${chance.pick(surnames).slice(0, 5)} vidim`,
};
const timed = (work: () => void): number => {
  const started = performance.now();
  work();
  return performance.now() - started;
};
const ours: number[] = [];
const peer: number[] = [];
const details: Record<string, number> = {};
for (const [name, typed] of Object.entries(kinds)) {
  const times = Array.from({ length: SAMPLES }, () => {
    const text = typed();
    const words = asked(text).flatMap((part) => (part.kind === 'word' ? [part.word] : part.parts));
    peer.push(timed(() => void plainly.all(words.map((one) => `"${one}"*`).join(' AND '), SHOWN)));
    return timed(() =>
      store.read((tx) => {
        for (const visitId of findVisits(tx, text, SHOWN)) foundOf(tx, visitId);
      }),
    );
  });
  details[`${name}, p95 (ms)`] = percentile(times, 0.95);
  ours.push(...times);
}
const p95 = percentile(ours, 0.95);
print({
  name: 'search',
  ours: p95,
  peer: percentile(peer, 0.95),
  limit: null,
  unit: 'ms for an answer, p95',
  ratio: p95 / percentile(peer, 0.95),
  limitRatio: null,
  p50: median(ours),
  p99: percentile(ours, 0.99),
  goals: [{ goal: 'p95 under 50 ms', measured: `${rounded(p95)} ms`, met: p95 < 50 }],
  details,
});
plain.close();
store.close();
