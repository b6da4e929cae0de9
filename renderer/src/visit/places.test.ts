import { describe, expect, it } from 'vitest';
import type { VisitView } from '../../../electron/contract/visits.ts';
import { existingPlace, isBinding, keyOf, nextPlace, placeBefore, stageOf } from './places.ts';

type Service = VisitView['services'][number];
const service = (id: string, change: Partial<Service> = {}): Service => ({
  ...{ id, visitId: 'v', definitionId: 'd', version: 1, kind: 'submission', title: { cs: '', en: '' } },
  ...{ state: 'in-progress', addressee: null, form: null, slots: [], request: null, acceptance: null },
  ...{ exclusions: null, count: null, signing: null, extract: null, conversion: null, certification: null },
  ...{ account: null, fee: null, refusal: null },
  steps: [
    { step: 'form', state: 'done' },
    { step: 'accept', state: 'current' },
    { step: 'hand-over', state: 'waiting' },
  ],
  ...change,
});
const visit = (identity: VisitView['identity']['state'], services: Service[] = [], due = 0): VisitView => ({
  ...{
    id: 'v',
    ticket: 1,
    state: 'open',
    openedAt: '2026-04-01T08:00:00Z',
    clerkId: 'c',
    papers: [],
    missing: [],
  },
  identity: {
    ...{ sources: [], result: null },
    ...{ state: identity, document: null, mrzName: null, birthDate: null, age: null, findings: [] },
    ...{ register: null, strength: null, notChecked: [], applicant: null, actingAs: null, concerns: null },
  },
  services,
  payment: { due, receipt: null, prints: [] },
});

describe('the next thing to do in a visit', () => {
  it.each([
    ['begins with the person', visit('none'), { at: 'person' }],
    ['confirms the document that was taken', visit('document-taken', [service('a')]), { at: 'person' }],
    ['chooses a service', visit('verified'), { at: 'services' }],
    [
      'goes on with the unfinished service',
      visit('verified', [service('a', { state: 'done' }), service('b')]),
      { at: 'service', serviceId: 'b', step: null },
    ],
    [
      'goes on without an identity where none is asked',
      visit('none', [service('a')]),
      { at: 'service', serviceId: 'a', step: null },
    ],
    ['pays', visit('verified', [service('a', { state: 'done' })], 60), { at: 'pay' }],
    ['hands over what is free', visit('verified', [service('a', { state: 'done' })]), { at: 'hand-over' }],
    [
      'chooses again when the only service was withdrawn',
      visit('verified', [service('a', { state: 'withdrawn' })]),
      { at: 'services' },
    ],
    ['closes after a refused identity', visit('refused'), { at: 'hand-over' }],
  ] as const)('%s', (_what, at, place) => {
    expect(nextPlace(at)).toEqual(place);
  });

  it('tells a service by its step', () => {
    expect(stageOf(service('a'))).toBe('accept');
    expect(stageOf(service('a', { state: 'refused' }))).toBe('ended');
    expect(stageOf(service('a', { state: 'done' }))).toBe('result');
    expect(stageOf(service('a', { steps: [{ step: 'hand-over', state: 'current' }] }))).toBe('result');
    expect(isBinding(service('a'))).toBe(false);
  });
});

describe('places', () => {
  const two = visit('verified', [service('a'), service('b')]);

  it('go back one at a time, out of the first one', () => {
    expect(placeBefore(two, { at: 'service', serviceId: 'a', step: 'form' })).toEqual({
      at: 'service',
      serviceId: 'a',
      step: null,
    });
    expect(placeBefore(two, { at: 'service', serviceId: 'b', step: null })).toEqual({
      at: 'service',
      serviceId: 'a',
      step: null,
    });
    expect(placeBefore(two, { at: 'services' })).toEqual({ at: 'affairs' });
    expect(placeBefore(two, { at: 'affairs' })).toEqual({ at: 'person' });
    expect(placeBefore(two, { at: 'person' })).toBeNull();
  });

  it('have the same key in every visit', () => {
    expect(keyOf(two, { at: 'person' })).toBe('Alt+1');
    expect(keyOf(two, { at: 'service', serviceId: 'b', step: null })).toBe('Alt+4');
    expect(keyOf(two, { at: 'pay' })).toBe('Alt+9');
    expect(keyOf(two, { at: 'hand-over' })).toBe('Alt+0');
  });

  it('that are gone lead to the next thing to do', () => {
    expect(existingPlace(two, { at: 'service', serviceId: 'gone', step: null })).toEqual({
      at: 'service',
      serviceId: 'a',
      step: null,
    });
    expect(existingPlace(two, { at: 'service', serviceId: 'b', step: 'accept' })).toEqual({
      at: 'service',
      serviceId: 'b',
      step: null,
    });
    expect(existingPlace(two, { at: 'service', serviceId: 'b', step: 'form' })).toEqual({
      at: 'service',
      serviceId: 'b',
      step: 'form',
    });
  });
});
