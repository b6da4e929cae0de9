import type { Schemas } from '../api.ts';
import { statement } from '../database.ts';
import type { Portal } from '../portal.ts';
import { canMove } from '../tracking/states.ts';
import { addState, findSubmission, type Row, type State, statesOf } from '../tracking/table.ts';
import { answer } from './answers.ts';

/** What the records service of an addressed office does with a submission. */

export type Move = Omit<State, 'at'>;

/**
 * Moves a submission on and tells the desk that sent it. To be called within a transaction. False when there is no such
 * submission, or when it cannot go there.
 */
export const moveSubmission = (portal: Portal, submissionId: string, to: Move): boolean =>
  advance(portal, submissionId, to, (state) => {
    const { state: name, note: reason, deadline } = state;
    return name === 'completion-asked' && reason !== undefined && deadline !== undefined
      ? { kind: name, reason, deadline }
      : { kind: 'state-changed', state };
  });

/**
 * What the addressed office says of a complete submission: that it rejects it, which ends its course, or that something has to
 * be completed until a day. To be called within a transaction. False when there is no such submission or its course is over.
 */
export const answerAsOffice = (
  portal: Portal,
  kind: 'rejected' | 'completion-asked',
  submissionId: string,
  reason: Schemas['Text'],
  deadline: string,
): boolean =>
  kind === 'completion-asked'
    ? moveSubmission(portal, submissionId, { state: kind, note: reason, deadline })
    : advance(portal, submissionId, { state: 'closed', note: reason }, () => ({ kind, reason }));

type Told =
  | { kind: 'completion-asked'; reason: Schemas['Text']; deadline: string }
  | { kind: 'rejected'; reason: Schemas['Text'] }
  | { kind: 'state-changed'; state: State };

function advance(portal: Portal, submissionId: string, to: Move, told: (state: State) => Told): boolean {
  const { db, clock } = portal;
  const row = findSubmission(db, submissionId);
  const from = row === undefined ? undefined : statesOf(db, row.id).at(-1)?.state;
  if (row === undefined || from === undefined || !canMove(from, to.state)) return false;
  const now = clock.now();
  const state = { ...to, at: now.toISOString() };
  addState(db, row.id, state);
  const deskId = deskOf(portal, row);
  if (row.effect_id !== null && deskId !== undefined)
    answer(db, deskId, {
      effectId: row.effect_id,
      at: now.getTime(),
      office: row.office_id,
      ...told(state),
    });
  return true;
}

/** Only a submission that came from a desk has anybody to be told. */
const deskOf = ({ db }: Portal, { effect_id: effectId }: Row): string | undefined =>
  effectId === null
    ? undefined
    : statement<[string], { desk_id: string }>(db, 'SELECT desk_id FROM effects WHERE id = ?').get(effectId)
        ?.desk_id;
