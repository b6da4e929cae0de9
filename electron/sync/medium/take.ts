import { lastSequence } from '../../journal/read.ts';
import * as accounts from '../../store/clerk-accounts.ts';
import * as cursors from '../../store/cursors.ts';
import * as exceptions from '../../store/exceptions.ts';
import * as master from '../../store/master.ts';
import * as media from '../../store/media.ts';
import type { Reader, Tx } from '../../store/open.ts';
import * as outbox from '../../store/outbox.ts';
import { type Failure, fail, ok, type Result } from '../../values/result.ts';
import { legalDate } from '../../values/time.ts';
import type { SyncContext } from '../context.ts';
import { createEffectJudge } from '../effect-results.ts';
import { type EvidenceDeps, takeEvidence } from '../evidence.ts';
import * as inboxReading from '../inbox-reading.ts';
import { CURSOR as LOG, raiseRefused } from '../log-stream.ts';
import { COLLECTIONS, type createMasterReader } from '../master-reading.ts';
import type { MediumAnswer, TakeCode, TakenAnswer } from './answer.ts';

/** Cursors as they are kept with a medium. */
export const cursorsNow = (tx: Reader): media.Cursors => {
  const found = [
    [inboxReading.CURSOR, cursors.get(tx, inboxReading.CURSOR)],
    ...COLLECTIONS.map((one) => [`master:${one}`, master.cursorOf(tx, one)]),
  ];
  return Object.fromEntries(found.filter(([, value]) => value !== null));
};

/**
 * Whether what an answer brings, which begins behind `from`, goes on from where the desk is: where it was when it wrote the
 * medium that is answered, or where an earlier answer has brought it since. Otherwise the line has brought newer things. A
 * restored desk may not know the medium any more, or have written another one of its number: what begins elsewhere than that
 * asked for would leave a hole.
 */
function continuation(tx: Reader, answers: number): (cursor: string, from: string | null) => boolean {
  const asked = media.written(tx, answers)?.cursors;
  const taken = media.lastTaken(tx)?.cursors;
  const now = cursorsNow(tx);
  return (cursor, from) =>
    (from === null || from === asked?.[cursor]) &&
    ((asked !== undefined && asked[cursor] === now[cursor]) ||
      (taken !== undefined && taken[cursor] === now[cursor]));
}

const refusal = (tx: Reader, number: number): Result<null, Failure<TakeCode>> => {
  const last = media.lastTaken(tx)?.number ?? 0;
  if (number > last) return ok(null);
  return fail(number === last ? 'medium.already-taken' : 'medium.older', { number, last });
};

/** Takes the portal's answers to media, as what they are: the same that comes over the line. */
export function createMediumTaking(
  context: SyncContext,
  deps: {
    evidence: EvidenceDeps | undefined;
    master: Pick<ReturnType<typeof createMasterReader>, 'take'>;
    /** Runs a piece of work while nothing is sent. */
    alone<T>(work: () => T): Promise<T>;
  },
) {
  const { store, clock, random, news } = context;
  const judge = createEffectJudge(context);

  /** Only forward, unless the portal itself says that it has less. */
  function acknowledge(tx: Tx, { acknowledgedTo, logProblem }: MediumAnswer, now: Date): void {
    const known = Number(cursors.get(tx, LOG) ?? 0);
    const told = Math.min(acknowledgedTo, lastSequence(tx));
    if (told > known || logProblem === 'log.gap') cursors.set(tx, LOG, String(told), now.toISOString());
    if (logProblem !== null && logProblem !== 'log.gap')
      raiseRefused(tx, { code: 'log.refused', params: { code: logProblem } }, now);
  }

  function takeResults(tx: Tx, { results }: MediumAnswer) {
    const told = new Map(results.map((one) => [one.id, one]));
    const isGood = (id: string): boolean => ['accepted', 'duplicate'].includes(told.get(id)?.status ?? '');
    const open = results
      .flatMap(({ id }) => outbox.find(tx, id) ?? [])
      // What a person has in hand is theirs, unless the portal has it.
      .filter(
        ({ id, state }) =>
          ['waiting', 'sending', 'incomplete'].includes(state) || (state === 'needs-person' && isGood(id)),
      );
    judge.settle(tx, open, told, new Set());
    const counted = (status: string): number =>
      open.filter(({ id }) => told.get(id)?.status === status).length;
    return {
      visitIds: open.map(({ visitId }) => visitId),
      effects: {
        accepted: counted('accepted') + counted('duplicate'),
        refused: counted('refused'),
        incomplete: counted('incomplete'),
      },
    };
  }

  function takeInbox(tx: Tx, { inbox }: MediumAnswer, goesOn: boolean, wasAsked: boolean, now: Date) {
    const visitIds: string[] = [];
    if (!goesOn) return { visitIds, count: 0 };
    const before = answersHere(tx);
    inbox.forEach(({ answers, cursor, from }, place) => {
      // The portal did not know how far the desk had read: it numbers its answers anew.
      if (place === 0 && from === null && wasAsked) inboxReading.readAnew(tx);
      for (const one of answers) {
        const visitId = inboxReading.takeAnswer(tx, one, { now, random });
        if (visitId !== null) visitIds.push(visitId);
      }
      cursors.set(tx, inboxReading.CURSOR, cursor, now.toISOString());
    });
    return { visitIds, count: answersHere(tx) - before };
  }

  const answersHere = (tx: Reader): number =>
    tx.get<{ n: number }>('SELECT count(*) AS n FROM inbox_answers')?.n ?? 0;

  function takeAll(
    tx: Tx,
    answer: MediumAnswer,
    changed: string[] | null,
  ): TakenAnswer & { visitIds: string[] } {
    const now = clock.now();
    const [first] = answer.inbox;
    const goesOn = continuation(tx, answer.answers)(inboxReading.CURSOR, first?.from ?? null);
    const wasAsked = media.written(tx, answer.answers)?.cursors[inboxReading.CURSOR] !== undefined;
    acknowledge(tx, answer, now);
    const results = takeResults(tx, answer);
    const inbox = takeInbox(tx, answer, goesOn, wasAsked, now);
    const said = deps.evidence && takeEvidence(tx, answer.evidence, { keys: deps.evidence.keys, at: now });
    if (said?.problem)
      exceptions.raise(tx, {
        id: exceptions.idOf(['medium', answer.number, said.problem.code]),
        kind: 'checkpoint-refused',
        at: now.toISOString(),
        legalDate: legalDate(now),
        params: { problem: said.problem.code, ...said.problem.params },
      });
    // The portal's clock says when they were good, and never that they will be.
    const goodAt = new Date(Math.min(now.getTime(), Date.parse(answer.at))).toISOString();
    accounts.confirm(tx, answer.confirmedClerks, goodAt);
    const { number, answers, at, acknowledgedTo } = answer;
    media.noteTaken(tx, { number, answers, at, takenAt: now.toISOString(), cursors: cursorsNow(tx) });
    return {
      number,
      answers,
      at,
      acknowledgedTo,
      isCountersigned: said?.isCountersigned ?? false,
      effects: results.effects,
      officeAnswers: inbox.count,
      master: changed,
      visitIds: [...new Set([...results.visitIds, ...inbox.visitIds])],
    };
  }

  /** `record` writes the act into the log, in the transaction that takes the answer. */
  return async (
    answer: MediumAnswer,
    record: (tx: Tx, taken: TakenAnswer) => void,
  ): Promise<Result<TakenAnswer, Failure<TakeCode>>> => {
    const refused = store.read((tx) => refusal(tx, answer.number));
    if (!refused.ok) return refused;
    const goesOn = store.read((tx) => continuation(tx, answer.answers));
    const brought = await deps.master.take({
      at: new Date(answer.at),
      keys: answer.masterKeys,
      pages: answer.master.map(({ collection, from, ...page }) => ({ collection, from, page })),
      goesOn: (collection) => {
        const first = answer.master.find((one) => one.collection === collection);
        return goesOn(`master:${collection}`, first?.from ?? null);
      },
    });
    const done = await deps.alone(() =>
      store.write((tx) => {
        const still = refusal(tx, answer.number);
        if (!still.ok) return still;
        const taken = takeAll(tx, answer, brought.ok ? brought.value : null);
        record(tx, taken);
        return ok(taken);
      }),
    );
    if (!done.ok) return done;
    const { visitIds, ...taken } = done.value;
    news({ kind: 'queue', visitIds });
    return ok(taken);
  };
}
