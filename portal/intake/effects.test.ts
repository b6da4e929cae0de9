import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  inbox,
  newId,
  otherEffects,
  receipt,
  refund,
  send,
  sha256,
  submission,
  type TestDesk,
  type TestPortal,
  testPortal,
} from '../testing/portal.ts';

describe('the effects stream', () => {
  let portal: TestPortal;
  let desk: TestDesk;
  beforeEach(async () => {
    portal = testPortal();
    desk = await portal.enrol();
  });
  afterEach(() => portal.close());
  const blob = (text: string) => {
    const bytes = Buffer.from(text);
    const reference = {
      sha256: sha256(bytes),
      size: bytes.length,
      mediaType: 'application/pdf',
      role: 'signed-request',
    };
    return { bytes, reference, put: () => desk.call('PUT', `/blobs/${reference.sha256}`, { bytes }) };
  };

  it('takes every kind in', async () => {
    const visit = newId();
    const first = submission(visit, 1);
    const all = [first, receipt(visit, 2), ...otherEffects(visit, 3, first.id)];
    expect(await send(desk, ...all)).toEqual(all.map(({ id }) => ({ id, status: 'accepted' })));
    expect((await inbox(desk)).map(({ effectId, kind }) => [effectId, kind])).toEqual(
      all.map(({ id }) => [id, 'received']),
    );
  });

  it('recognises an effect by id and content', async () => {
    const effect = submission(newId(), 1);
    expect(await send(desk, effect)).toMatchObject([{ status: 'accepted' }]);
    const { id, ...rest } = effect;
    expect(await send(desk, { ...rest, id }), 'the order of fields is no content').toEqual([
      { id, status: 'duplicate' },
    ]);
    const changed = { ...effect, payload: { ...effect.payload, subject: 'Jiná věc' } };
    expect(await send(desk, changed)).toMatchObject([
      { id, status: 'refused', code: 'effect.content-differs', retryable: false },
    ]);
    const other = await portal.enrol();
    expect(await send(other, effect)).toMatchObject([{ code: 'effect.content-differs' }]);
    expect(await inbox(desk)).toHaveLength(1);
  });

  it('keeps the order within a visit and lets other visits pass', async () => {
    const [visit, other] = [newId(), newId()];
    const [one, two, three] = [submission(visit, 1), receipt(visit, 2), receipt(visit, 3)];
    expect(await send(desk, three, two, receipt(other, 1))).toMatchObject([
      { status: 'refused', code: 'effect.out-of-order', retryable: true, details: { expected: 1 } },
      { status: 'refused', code: 'effect.out-of-order' },
      { status: 'accepted' },
    ]);
    expect(await send(desk, one, two, three)).toMatchObject(Array(3).fill({ status: 'accepted' }));
    expect(await send(desk, receipt(visit, 2))).toMatchObject([
      { status: 'refused', code: 'effect.ordinal-taken', retryable: false },
    ]);
  });

  it('passes over a place in a visit that a person at the desk closed', async () => {
    const visit = newId();
    const [one, three] = [submission(visit, 1), receipt(visit, 3)];
    expect(await send(desk, one, three)).toMatchObject([
      { status: 'accepted' },
      { code: 'effect.out-of-order' },
    ]);
    const closed = [{ visitId: visit, ordinal: 2 }];
    const answer = await desk.call('POST', '/effects', { json: { effects: [three], closed } });
    expect(answer.body).toMatchObject({ results: [{ status: 'accepted' }] });
  });

  it('takes in what comes all the same at a place that was said to stay empty, once', async () => {
    const visit = newId();
    const [one, two, three] = [submission(visit, 1), receipt(visit, 2), receipt(visit, 3)];
    await send(desk, one);
    // The desk lost the second one with its store; it lies on a medium that was made before.
    const closed = [{ visitId: visit, ordinal: 2 }];
    await desk.call('POST', '/effects', { json: { effects: [three], closed } });
    expect(await send(desk, two)).toMatchObject([{ status: 'accepted' }]);
    expect(await send(desk, two, receipt(visit, 2), receipt(visit, 4))).toMatchObject([
      { status: 'duplicate' },
      { code: 'effect.ordinal-taken' },
      { status: 'accepted' },
    ]);
  });

  it('judges each effect by itself and says what is wrong without repeating it', async () => {
    const visit = newId();
    const good = submission(newId(), 1);
    const poisoned = { ...submission(visit, 1), payload: { subject: 'Tajemství' } };
    const unknownKind = { ...submission(newId(), 1), kind: 'wish' };
    const halfCharacter = { ...receipt(newId(), 1), extra: '\ud800' };
    const nowhere = submission(newId(), 1, [], 'atlantis');
    const results = await send(desk, poisoned, receipt(visit, 2), good, unknownKind, halfCharacter, nowhere);
    expect(results).toMatchObject([
      { status: 'refused', code: 'effect.invalid', retryable: false },
      { status: 'refused', code: 'effect.out-of-order' },
      { status: 'accepted' },
      { status: 'refused', code: 'effect.invalid' },
      { status: 'refused', code: 'effect.invalid' },
      { status: 'refused', code: 'effect.office-unknown' },
    ]);
    expect(JSON.stringify(results)).not.toContain('Tajemství');
  });

  it('keeps fields it does not know', async () => {
    const effect = { ...receipt(newId(), 1), fromTheFuture: { a: 1 } };
    expect(await send(desk, effect)).toMatchObject([{ status: 'accepted' }]);
    expect(await send(desk, { ...effect, fromTheFuture: { a: 2 } })).toMatchObject([
      { code: 'effect.content-differs' },
    ]);
  });

  it('takes a correction only of a submission it has', async () => {
    const visit = newId();
    const [correction] = otherEffects(visit, 1, newId());
    expect(await send(desk, correction ?? {})).toMatchObject([
      { status: 'refused', code: 'effect.submission-unknown', retryable: true },
    ]);
  });

  it('takes a submission in whose form breaks its rules, and says so; of a version it never gave out it can say nothing', async () => {
    const of = (change: object) => {
      const effect = submission(newId(), 1);
      return { ...effect, payload: { ...effect.payload, ...change } };
    };
    const { form } = submission(newId(), 1).payload;
    const acts = [
      of({}),
      of({ form: { ...form, submissionType: 'wish' } }),
      of({ form: {} }),
      of({ service: { id: 'general-submission', version: 99 }, form: {} }),
    ];
    expect(await send(desk, ...acts)).toMatchObject(Array(4).fill({ status: 'accepted' }));
    const faulty = [{ code: 'effect.form-faulty' }];
    expect((await inbox(desk)).map(({ conflicts }) => conflicts)).toEqual([
      undefined,
      faulty,
      faulty,
      undefined,
    ]);
  });

  it('says it of a form with what is hidden in it: a desk that sends that asked nobody for it', async () => {
    const appeal = (change: object) => {
      const effect = submission(newId(), 1);
      const form = {
        referenceNumber: 'MUKT/123/2026',
        issuedOn: '2026-03-02',
        matter: 'umístění stavby',
        delivered: 'yes',
        deliveredOn: '2026-03-30',
        extent: 'whole',
        grounds: 'Úřad nevypořádal námitky podatele.',
        proposal: 'return',
        ...change,
      };
      return { ...effect, payload: { ...effect.payload, service: { id: 'appeal', version: 1 }, form } };
    };
    const acts = [appeal({}), appeal({ learntOn: '2026-03-30' }), appeal({ statements: 'výrok II.' })];
    expect(await send(desk, ...acts)).toMatchObject(Array(3).fill({ status: 'accepted' }));
    const faulty = [{ code: 'effect.form-faulty' }];
    expect((await inbox(desk)).map(({ conflicts }) => conflicts)).toEqual([undefined, faulty, faulty]);
  });

  it('refuses a submission whose attachments are not those of its version of the form', async () => {
    const paper = (form: object, roles: string[]) => {
      const blobs = roles.map((role, at) => ({ ...blob(`${role} ${at}`).reference, role }));
      const effect = submission(newId(), 1, blobs);
      const service = { id: 'small-building-notice', version: 2 };
      return {
        ...effect,
        payload: { ...effect.payload, service, form: { ...effect.payload.form, ...form } },
      };
    };
    const general = (...roles: string[]) => {
      const effect = paper({}, roles);
      return { ...effect, payload: { ...effect.payload, service: { id: 'general-submission', version: 1 } } };
    };
    const handedIn = (taken: string, ...roles: string[]) => {
      const effect = paper({ taken }, roles);
      return { ...effect, payload: { ...effect.payload, service: { id: 'paper-submission', version: 1 } } };
    };
    const wrong = (slot: string, problem: string) => ({
      status: 'refused',
      code: 'effect.attachments-wrong',
      retryable: false,
      details: { slot, problem },
    });
    const [plan, paperOf] = ['attachment:site-plan', 'attachment:paper'];
    const results = await send(
      desk,
      paper({}, ['signed-request']),
      general('attachment:site-plan'),
      general('attachment:enclosure', 'attachment:enclosure'),
      handedIn('scanned', 'signed-request'),
      handedIn('described', paperOf),
      paper({}, [plan, 'attachment:drawing']),
      paper({ landTitle: 'consent' }, [plan, 'attachment:drawing']),
      general(),
      handedIn('scanned', paperOf),
      handedIn('described'),
    );
    expect(results).toMatchObject([
      wrong('site-plan', 'missing'),
      wrong('site-plan', 'not-asked'),
      wrong('enclosure', 'more-than-one'),
      wrong('paper', 'missing'),
      wrong('paper', 'not-asked'),
      { status: 'incomplete' },
      wrong('owner-consent', 'missing'),
      { status: 'accepted' },
      { status: 'incomplete' },
      { status: 'accepted' },
    ]);
    const unknown = general('attachment:site-plan');
    const elder = { ...unknown.payload, service: { id: 'general-submission', version: 99 } };
    expect(await send(desk, { ...unknown, payload: elder })).toMatchObject([{ status: 'incomplete' }]);
  });

  it('takes refunds in, and says when no receipt covers them', async () => {
    const visit = newId();
    const paid = receipt(visit, 1);
    const { receiptNumber } = paid.payload;
    const acts = [
      paid,
      refund(visit, 2, receiptNumber, 20),
      refund(visit, 3, receiptNumber, 40),
      refund(visit, 4, receiptNumber, 1),
      refund(visit, 5, 'P/999/2026', 30),
    ];
    expect(await send(desk, ...acts)).toMatchObject(Array(5).fill({ status: 'accepted' }));
    const uncovered = [{ code: 'effect.receipt-unknown' }];
    expect((await inbox(desk)).map(({ conflicts }) => conflicts)).toEqual([
      undefined,
      undefined,
      undefined,
      uncovered,
      uncovered,
    ]);
    const nothing = { ...refund(visit, 6, receiptNumber, 1), payload: { receiptNumber, amount: 0 } };
    expect(await send(desk, nothing)).toMatchObject([{ code: 'effect.invalid' }]);
  });

  it('takes a receipt for two payees', async () => {
    const paid = receipt(newId(), 1);
    const [line] = paid.payload.lines;
    if (line === undefined) throw new Error('The receipt has a line.');
    paid.payload.lines.push({
      ...line,
      quantity: 1,
      amount: 30,
      item: 'pol. 24',
      payee: 'Cvičný živnostenský úřad',
    });
    paid.payload.total = 90;
    expect(await send(desk, paid)).toMatchObject([{ status: 'accepted' }]);
  });

  it('is incomplete until all its blobs are there, and complete at once then', async () => {
    const [plan, drawing] = [blob('plan'), blob('drawing')];
    const effect = submission(newId(), 1, [plan.reference, drawing.reference, drawing.reference]);
    const missing = [plan.reference.sha256, drawing.reference.sha256];
    expect(await send(desk, effect)).toEqual([{ id: effect.id, status: 'incomplete', missing }]);
    expect((await plan.put()).status).toBe(201);
    expect(await send(desk, effect)).toEqual([
      { id: effect.id, status: 'incomplete', missing: missing.slice(1) },
    ]);
    expect(await inbox(desk)).toEqual([]);
    expect((await drawing.put()).status).toBe(201);
    expect(await inbox(desk)).toMatchObject([{ kind: 'received', effectId: effect.id }]);
    expect(await send(desk, effect)).toEqual([{ id: effect.id, status: 'duplicate' }]);
    expect((await drawing.put()).status, 'sent again').toBe(200);
    expect(await inbox(desk)).toHaveLength(1);
  });

  it('does not take another desk’s blob for this one’s', async () => {
    const plan = blob('plan');
    await plan.put();
    const other = await portal.enrol();
    expect(await send(other, submission(newId(), 1, [plan.reference]))).toMatchObject([
      { status: 'incomplete' },
    ]);
    expect((await other.call('HEAD', `/blobs/${plan.reference.sha256}`)).status).toBe(404);
  });

  it('refuses a manifest whose size is not the blob’s, before and after', async () => {
    const [early, late] = [blob('early'), blob('late')];
    const wrong = ({ reference }: typeof early) => ({ ...reference, size: reference.size + 1 });
    await early.put();
    expect(await send(desk, submission(newId(), 1, [wrong(early)]))).toMatchObject([
      { status: 'refused', code: 'effect.blob-size-differs' },
    ]);
    const effect = submission(newId(), 1, [wrong(late)]);
    expect(await send(desk, effect)).toMatchObject([{ status: 'incomplete' }]);
    await late.put();
    expect(await inbox(desk)).toMatchObject([{ kind: 'rejected', effectId: effect.id }]);
    expect(await send(desk, effect)).toMatchObject([{ status: 'refused', code: 'effect.blob-size-differs' }]);
  });
});
