import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MIGRATIONS } from '../migrations.ts';
import { canMove, moves, type SubmissionState, submissionStates } from './states.ts';

const state = fc.constantFrom(...submissionStates);

it('no course of a submission comes back to its receipt, nothing follows its end, and what was decided stays so', () => {
  fc.assert(
    fc.property(fc.array(state, { maxLength: 12 }), (wanted) => {
      const course: SubmissionState[] = ['received'];
      for (const to of wanted) if (canMove(course.at(-1) ?? 'received', to)) course.push(to);
      expect(course.lastIndexOf('received')).toBe(0);
      const closed = course.indexOf('closed');
      expect(closed === -1 || closed === course.length - 1).toBe(true);
      const decided = course.indexOf('decided');
      if (decided !== -1)
        expect(course.slice(decided + 1).every((one) => one === 'delivered' || one === 'closed')).toBe(true);
      const delivered = course.indexOf('delivered');
      if (delivered !== -1) expect(course.slice(0, delivered)).toContain('decided');
    }),
  );
});

it('from each state the end can be reached', () => {
  for (const from of submissionStates) {
    const reached = new Set<SubmissionState>([from]);
    for (const one of reached) for (const to of moves[one]) reached.add(to);
    expect(reached.has('closed'), from).toBe(true);
  }
});

it('the table holds the same moves, and neither changes nor forgets a state', () => {
  const db = new Database(':memory:');
  for (const sql of MIGRATIONS) db.exec(sql);
  let n = 0;
  const submission = (): string => {
    const id = `s-${++n}`;
    db.prepare(
      `INSERT INTO submissions (id, medium, office_id, subject, handed_in_on) VALUES (?, 'paper', 'plzen', 'x', '2026-04-01')`,
    ).run(id);
    return id;
  };
  const add = (id: string, to: SubmissionState): void =>
    void db.prepare(`INSERT INTO submission_states (submission_id, state, at) VALUES (?, ?, 0)`).run(id, to);
  const ways: Record<SubmissionState, SubmissionState[]> = {
    received: ['received'],
    assigned: ['received', 'assigned'],
    'completion-asked': ['received', 'completion-asked'],
    decided: ['received', 'decided'],
    delivered: ['received', 'decided', 'delivered'],
    closed: ['received', 'closed'],
  };
  for (const from of submissionStates)
    for (const to of submissionStates) {
      const id = submission();
      for (const one of ways[from]) add(id, one);
      if (canMove(from, to)) add(id, to);
      else expect(() => add(id, to), `${from} > ${to}`).toThrow(/cannot go there/);
    }
  const id = submission();
  expect(() => add(id, 'decided')).toThrow(/cannot go there/);
  add(id, 'received');
  expect(() => db.prepare('UPDATE submission_states SET at = 1').run()).toThrow(/stays/);
  expect(() => db.prepare('DELETE FROM submission_states').run()).toThrow(/stays/);
  db.close();
});
