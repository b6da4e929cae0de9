import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { legalDate } from '../../electron/values/time.ts';
import { flatten } from '../../renderer/src/screens/flatten.ts';
import { projectRoot } from '../../scripts/places.ts';
import { newId, startCounter, startPortal, until } from '../rigs/counter.ts';
import { acceptSubmission, certifyCopy, settlePrints, verify, wholeLog } from '../rigs/visits.ts';

/** The window's Czech names, by their keys. */
const czech = new Set(
  ['cs', 'day-log.cs', 'closing.cs', 'failures.cs'].flatMap((name) =>
    Object.keys(
      z
        .record(z.string(), z.unknown())
        .parse(JSON.parse(readFileSync(join(projectRoot, 'renderer', 'messages', `${name}.json`), 'utf8'))),
    ),
  ),
);
const key = (text: string): string =>
  text.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/[.-]/g, '_');

/** What a person wrote, or what is a fingerprint and looks like a code by chance. */
const FREE = ['reason', 'note', 'content', 'description', 'sha256', 'contentHash'];
const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

it('names all that a working day writes into the log', async () => {
  const portal = await startPortal();
  const desk = await startCounter({ portal });
  try {
    const clerk = await desk.signedIn('novakova');
    const first = await clerk.must('visits.open', {});
    await verify(clerk, first.id);
    await acceptSubmission(clerk, first.id);
    await clerk.must('visits.park', { visitId: first.id, note: 'přijde znovu' });
    await clerk.must('visits.take-up', { visitId: first.id });
    await settlePrints(clerk, first.id);
    await clerk.must('visits.hand-over', { visitId: first.id });
    const second = await clerk.must('visits.open', {});
    await certifyCopy(clerk, second.id);
    const { payment } = await clerk.must('visits.get', { visitId: second.id });
    await clerk.must('visits.pay', { visitId: second.id, method: 'cash', expectedTotal: payment.due });
    await settlePrints(clerk, second.id);
    await clerk.must('visits.hand-over', { visitId: second.id });
    await clerk.must('cash-desk.move', { direction: 'in', purpose: 'float', amount: 500, reason: '' });
    const supervisor = await desk.signedIn('dvorak');
    const cizek = (await supervisor.must('closing.deputies', {})).candidates.find(({ name }) =>
      name.includes('Čížek'),
    );
    const today = legalDate(new Date());
    await supervisor.must('closing.name-deputy', { clerkId: cizek?.clerkId ?? '', from: today, to: today });

    const { cash, open } = await supervisor.must('closing.state', {});
    await supervisor.must('closing.close', {
      closingId: newId(),
      password: 'Cvicna-Prepazka-3',
      expected: cash.expected,
      counts: { '1': cash.expected },
      differenceReason: null,
      carried: open.map(({ kind, id }) => ({ kind, id, reason: 'zítra' })),
    });

    const unnamed = await until('the whole log is there', async () => {
      const { entries } = await supervisor.must('day-log.page', {
        filter: wholeLog,
        before: null,
        after: null,
        limit: 200,
      });
      if (!entries.some(({ kind }) => kind === 'day-closed')) return false;
      const found = new Set<string>();
      for (const { sequence, kind } of entries) {
        if (!czech.has(`act_${key(kind)}`)) found.add(`kind ${kind}`);
        const { payload, words } = await supervisor.must('day-log.entry', { sequence });
        for (const { path, value } of flatten(payload)) {
          const members = path.filter((part) => !/^\d+$/.test(part));
          for (const member of members)
            if (!(member in words.members) && !czech.has(`log_field_${key(member)}`))
              found.add(`${kind}: ${member}`);
          const last = members.at(-1) ?? '';
          if (typeof value !== 'string' || !/^[a-z][a-zA-Z0-9.-]*$/.test(value)) continue;
          if (FREE.includes(last) || UUID.test(value) || `${last}=${value}` in words.values) continue;
          const name = last === 'trouble' ? `failure_${key(value)}` : `log_value_${key(last)}_${key(value)}`;
          if (!czech.has(name)) found.add(`${kind}: ${last}=${value}`);
        }
      }
      return [...found].sort();
    });
    expect(unnamed).toEqual([]);
  } finally {
    await desk.close();
    await portal.close();
  }
});
