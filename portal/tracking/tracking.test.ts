import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Schemas } from '../api.ts';
import { operate } from '../operator.ts';
import { findResources } from '../resources.ts';
import { look, proofOf, seeded } from '../testing/accounts.ts';
import { participant } from '../testing/participant.ts';
import {
  type Answer,
  bodyOf,
  inbox,
  newId,
  send,
  submission,
  type TestDesk,
  type TestPortal,
  testPortal,
} from '../testing/portal.ts';

let portal: TestPortal;
afterEach(() => portal.close());
const open = (over: Parameters<typeof testPortal>[0] = {}): TestPortal => {
  portal = testPortal({ referenceDelayMs: 0, ...over });
  return portal;
};

type Search = Partial<Schemas['SubmissionSearch']> & Pick<Schemas['SubmissionSearch'], 'by'>;
const ask = (desk: TestDesk, search: Search): Promise<Answer> =>
  desk.call('POST', '/submissions/searches', {
    json: { look: look(), participant: participant('person-09'), ...search },
  });
const found = async (desk: TestDesk, search: Search): Promise<Schemas['TrackedSubmission'][]> =>
  bodyOf<Schemas['SubmissionsFound']>(await ask(desk, search)).submissions;

/** A submission of a seeded person, as a desk sends it. */
function submissionOf(personId: string, over: Partial<Schemas['SubmissionPayload']> = {}) {
  const sent = submission(newId(), 1, [], 'klatovy');
  const { name, birthDate } = seeded(personId).person;
  const applicant = { type: 'person' as const, name, birthDate };
  return {
    ...sent,
    payload: { ...sent.payload, applicant, receiptNumber: 'ABCD1234-00AB12', ...over },
  };
}

describe('a submission is shown to a participant only', () => {
  it('by its number, by the receipt’s and by the code on it, typed in any case', async () => {
    const desk = await open().enrol();
    const sent = submissionOf('person-09');
    await send(desk, sent);
    const number = (await inbox(desk)).find(({ kind }) => kind === 'reference-number')?.referenceNumber ?? '';
    for (const by of [
      { number },
      { number: ` ${number.toLowerCase()}` },
      { number: 'abcd1234-00ab12' },
      { logEntry: { deskId: desk.deskId, sequence: 1 } },
    ])
      expect((await found(desk, { by })).map(({ submissionId }) => submissionId)).toEqual([sent.id]);
    expect((await found(desk, { by: { of: 'themselves' } })).map(({ submissionId }) => submissionId)).toEqual(
      [sent.id, '0199c0de-5b01-7000-8000-000000000001'],
    );
  });

  it('and somebody else’s is refused in the same words as one that is not there', async () => {
    const desk = await open().enrol();
    const notTheirs = await ask(desk, { by: { number: 'MUKT/C4/2026' } });
    const notThere = await ask(desk, { by: { number: 'MUKT/9999/2026' } });
    expect(notTheirs).toMatchObject({ status: 403, body: { code: 'submission.not-participant' } });
    expect(notThere.body).toEqual(notTheirs.body);
  });

  it('of an organisation to a member of its statutory body by the register, and to a proxy the clerk saw a power of', async () => {
    const desk = await open().enrol();
    const by = { number: 'MUKT/C3/2026' };
    const member = participant('person-01', { as: 'statutory-body', ico: '99900211' });
    expect(await found(desk, { by, participant: member })).toHaveLength(1);
    expect(await found(desk, { by: { of: 'represented' }, participant: member })).toHaveLength(1);
    const notMember = participant('person-09', { as: 'statutory-body', ico: '99900211' });
    expect(await ask(desk, { by, participant: notMember })).toMatchObject({ status: 403 });
    const proxy = participant('person-09', { as: 'proxy', ico: '99900211' });
    expect(await found(desk, { by, participant: proxy })).toHaveLength(1);
    const ofAnother = participant('person-09', { as: 'proxy', ico: '99900220' });
    expect(await ask(desk, { by, participant: ofAnother })).toMatchObject({ status: 403 });
    expect(await ask(desk, { by, participant: participant('person-01') })).toMatchObject({ status: 403 });
  });

  it('who was verified on a valid document, by this office, within the visit', async () => {
    const desk = await open().enrol();
    const by = { of: 'themselves' as const };
    const proof = proofOf('person-09');
    for (const wrong of [
      { ...proof, document: { ...proof.document, expiry: '2026-03-31' } },
      { ...proof, document: { ...proof.document, kind: 'driving-licence' as const } },
      { ...proof, officeId: 'nyrsko' },
      { ...proof, verifiedAt: '2026-03-30T08:00:00.000Z' },
      { ...proof, verifiedAt: '2026-04-02T08:00:00.000Z' },
    ])
      expect(await ask(desk, { by, participant: { proof: wrong } })).toMatchObject({
        status: 403,
        body: { code: 'look.identity-not-verified' },
      });
  });

  it('for a purpose of the list and by a clerk at work', async () => {
    const desk = await open().enrol();
    const by = { of: 'themselves' as const };
    expect(await ask(desk, { by, look: look('curiosity') })).toMatchObject({
      status: 422,
      body: { code: 'look.purpose-unknown' },
    });
    portal.changeClerk(look().by.clerkId, { blocked: true });
    expect(await ask(desk, { by })).toMatchObject({ status: 403, body: { code: 'look.not-permitted' } });
  });
});

describe('an office moves a submission on', () => {
  it('step by step by itself in training, and the desk that sent it hears of it', async () => {
    const desk = await open({ officesMoveOn: true }).enrol();
    const sent = submissionOf('person-09', { service: { id: 'small-building-notice', version: 1 } });
    await send(desk, sent);
    await inbox(desk);
    portal.clock.advance(2 * 60_000);
    await inbox(desk);
    portal.clock.advance(3 * 60_000);
    const answers = await inbox(desk);
    expect(answers.map(({ kind, state, deadline }) => [kind, state?.state ?? deadline])).toEqual([
      ['received', undefined],
      ['reference-number', undefined],
      ['state-changed', 'assigned'],
      ['completion-asked', '2026-04-16'],
    ]);
    portal.clock.advance(60 * 60_000);
    expect(await inbox(desk)).toEqual(answers);
    const [shown] = await found(desk, { by: { of: 'themselves' } });
    expect(shown?.states.map(({ state, by }) => [state, by?.unit])).toEqual([
      ['received', undefined],
      ['assigned', 'Stavební úřad'],
      ['completion-asked', 'Stavební úřad'],
    ]);
  });

  it('by the trainer’s command, which goes nowhere a submission cannot go', async () => {
    const desk = await open().enrol();
    await send(desk, submissionOf('person-09'));
    const number = (await inbox(desk)).at(-1)?.referenceNumber ?? '';
    expect(await operate(portal, ['submissions'])).toContain(`${number}  received  klatovy`);
    await operate(portal, ['move-submission', number, 'decided', 'Odbor']);
    expect((await inbox(desk)).at(-1)).toMatchObject({
      kind: 'state-changed',
      state: { state: 'decided', by: { unit: 'Odbor' } },
    });
    await expect(operate(portal, ['move-submission', number, 'assigned', 'Odbor'])).rejects.toThrow(
      /cannot go there/,
    );
    await expect(operate(portal, ['move-submission', number, 'lost', 'Odbor'])).rejects.toThrow(
      /Not a state/,
    );
    await expect(
      operate(portal, ['move-submission', number, 'completion-asked', 'Odbor', 'Něco']),
    ).rejects.toThrow(/until which day/);
  });
});

it('prepared submissions are of seeded people and offices', () => {
  const read = (name: string): { id: string }[] =>
    JSON.parse(readFileSync(join(findResources(), 'training', `${name}.json`), 'utf8'));
  const known = new Set(
    [...read('persons'), ...read('organisations'), ...read('offices')].map(({ id }) => id),
  );
  const submissions: { officeId: string; applicant: string }[] = JSON.parse(
    readFileSync(join(findResources(), 'training', 'submissions.json'), 'utf8'),
  );
  for (const { officeId, applicant } of submissions)
    expect([...known]).toEqual(expect.arrayContaining([officeId, applicant]));
});
