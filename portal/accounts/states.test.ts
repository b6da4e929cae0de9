import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../database.ts';
import { type AccountState, accountEvents, accountStates, nextState, transitions, whyNot } from './states.ts';

const event = fc.constantFrom(...accountEvents);

describe('the states of an account', () => {
  it('hold whatever comes in whatever order', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        let state: AccountState = 'registered';
        let wasActivated = false;
        for (const one of events) {
          const next = nextState(state, one);
          if (next === null) {
            expect(whyNot(state, one)).toMatch(/^account\./);
            continue;
          }
          if (one === 'activate') wasActivated = true;
          // Nobody gets in without the proofing, however else the account is handled.
          if (next === 'active' || next === 'blocked') expect(wasActivated).toBe(true);
          expect(state, 'an account that is over stays so').not.toMatch(/ended|merged/);
          state = next;
        }
      }),
    );
  });

  it('are left by an activation once only, by a block only to be unblocked or ended', () => {
    expect(accountStates.filter((state) => nextState(state, 'activate') !== null)).toEqual(['registered']);
    expect(accountStates.filter((state) => nextState(state, 'unblock') !== null)).toEqual(['blocked']);
    for (const one of ['renew', 'change-users', 'take-over'] as const)
      expect(accountStates.filter((state) => nextState(state, one) !== null)).toEqual(['active']);
  });

  it('are held by the database too: the same moves, an activation on a proof only, nothing deleted', () => {
    const db = openDatabase(':memory:', (length) => new Uint8Array(length));
    const id = (n: number) => `a${n}`;
    let n = 0;
    /** An account in a state, brought there by legal moves. */
    const inState = (state: AccountState): string => {
      n += 1;
      db.prepare(
        `INSERT INTO accounts (id, number, year, sequence, kind, state, user_name, email, holder, registered_at)
         VALUES (?, ?, 2026, ?, 'person', 'registered', ?, ?, '{}', 0)`,
      ).run(id(n), id(n), n, id(n), id(n));
      const to = (next: AccountState) =>
        db.prepare('UPDATE accounts SET state = ? WHERE id = ?').run(next, id(n));
      const proofed = () =>
        db
          .prepare(
            `INSERT INTO account_proofs (account_id, at, means, document_kind, document_number, office_id, clerk_id, role)
             VALUES (?, 0, 'document-in-person', 'id-card', '1', 'klatovy', 'c', 'clerk')`,
          )
          .run(id(n));
      if (state === 'registered') return id(n);
      if (state !== 'ended' && state !== 'merged') {
        expect(() => to('active')).toThrow(/on a proof only/);
        proofed();
        to('active');
        if (state === 'blocked') to('blocked');
      } else to(state);
      return id(n);
    };
    for (const from of accountStates)
      for (const to of accountStates) {
        if (from === to) continue;
        const account = inState(from);
        const isMove = Object.values(transitions[from]).includes(to);
        if (from === 'registered' && to === 'active') continue;
        const move = () => db.prepare('UPDATE accounts SET state = ? WHERE id = ?').run(to, account);
        if (isMove) expect(move, `${from} to ${to}`).not.toThrow();
        else expect(move, `${from} to ${to}`).toThrow(/cannot go there/);
      }
    expect(() => db.prepare('DELETE FROM accounts').run()).toThrow(/stays/);
    expect(() => db.prepare('DELETE FROM account_proofs').run()).toThrow(/stays/);
    expect(() => db.prepare("UPDATE account_proofs SET clerk_id = 'x'").run()).toThrow(/stays/);
    db.prepare(
      "INSERT INTO account_history (account_id, event, to_state, at) VALUES ('a1', 'register', 'registered', 0)",
    ).run();
    expect(() => db.prepare('DELETE FROM account_history').run()).toThrow(/stays/);
    expect(() => db.prepare("UPDATE account_history SET event = 'end'").run()).toThrow(/stays/);
    db.close();
  });
});
