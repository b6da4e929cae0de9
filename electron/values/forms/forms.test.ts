import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWorkingDay } from '../holidays.ts';
import { addDays, isLegalDate } from '../time.ts';
import { addresseeBy } from './addressee.ts';
import { columnTotal, computed, type Given } from './compute.ts';
import { holds } from './conditions.ts';
import { type DeadlineRule, judgeDeadlines, lastDay } from './deadlines.ts';
import type { Condition, FieldDefinition, FormData, FormDefinition } from './definition.ts';
import { codesIn, judgeForm, settleForm } from './judge.ts';
import { type ReadingWords, readForm } from './reading.ts';

const text = (cs: string) => ({ cs, en: cs });
const field = (name: string, rest: Partial<FieldDefinition> = {}): FieldDefinition => ({
  name,
  label: text(name),
  widget: 'text',
  ...rest,
});
const form = (fields: FieldDefinition[], schema: object): FormDefinition => ({
  schema: { type: 'object', additionalProperties: false, ...schema },
  ui: { sections: [{ id: 'all', title: text('all'), fields }] },
});

const of = (form: FormData): Given => ({ form, groups: [] });

const scalar = fc.oneof(fc.constantFrom('a', 'b', ''), fc.integer({ min: -3, max: 3 }), fc.boolean());
const leaf: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ field: fc.constantFrom('x', 'y', 'z'), is: scalar }),
  fc.record({ field: fc.constantFrom('x', 'y', 'z'), in: fc.array(scalar, { maxLength: 3 }) }),
  fc.record({ field: fc.constantFrom('x', 'y', 'z'), filled: fc.boolean() }),
  fc.record({ field: fc.constantFrom('x', 'y', 'z'), atLeast: fc.integer({ min: -3, max: 3 }) }),
  fc.record({ field: fc.constantFrom('x', 'y', 'z'), atMost: fc.integer({ min: -3, max: 3 }) }),
);
const data = fc.dictionary(fc.constantFrom('x', 'y', 'z'), scalar);

describe('conditions', () => {
  it('are what logic says of their parts, whatever is in the form', () => {
    fc.assert(
      fc.property(leaf, leaf, data, (one, other, form) => {
        const [a, b] = [holds(one, form), holds(other, form)];
        expect(holds({ not: one }, form)).toBe(!a);
        expect(holds({ all: [one, other] }, form)).toBe(a && b);
        expect(holds({ any: [one, other] }, form)).toBe(a || b);
        expect(holds({ not: { all: [one, other] } }, form)).toBe(
          holds({ any: [{ not: one }, { not: other }] }, form),
        );
      }),
    );
  });

  it('see a field of the item before one of the form, and of a code its code', () => {
    expect(holds({ field: 'x', is: 1 }, { x: 2 }, { x: 1 })).toBe(true);
    expect(holds({ field: 'x', is: 2 }, { x: 2 }, {})).toBe(true);
    expect(holds({ field: 'x', is: 2 }, { x: 2 }, { x: undefined })).toBe(false);
    expect(holds({ field: 'x', is: '554791' }, { x: { code: '554791', name: 'Plzeň' } })).toBe(true);
    expect(holds({ field: 'x', is: false }, {})).toBe(true);
  });
});

describe('a name of an item', () => {
  const number = (name: string, rest: Partial<FieldDefinition> = {}) =>
    field(name, { widget: 'number', ...rest });
  const filled: Condition = { field: 'x', filled: true };
  const rows = form(
    [
      number('x'),
      field('place', { widget: 'code', list: 'places' }),
      field('rows', {
        widget: 'group',
        fields: [
          field('own', { widget: 'checkbox' }),
          number('x', { when: { field: 'own', is: true } }),
          field('place', { widget: 'code', list: 'places', when: { field: 'own', is: true } }),
          field('street', { widget: 'code', list: 'streets', within: 'place' }),
          field('because', { when: filled }),
          number('double', { widget: 'computed', compute: { product: [{ field: 'x' }, 2] } }),
        ],
      }),
      number('sum', { widget: 'computed', compute: { each: 'rows', sum: { field: 'x' } } }),
      number('count', { widget: 'computed', compute: { each: 'rows', count: true, when: filled } }),
    ],
    {},
  );
  const amount = fc.integer({ min: 1, max: 1000 });
  const item = fc.record({ own: fc.boolean(), x: amount }, { requiredKeys: [] });
  const street = { code: '7', name: 'Dlouhá' };
  const place = { code: '1', name: 'Klatovy' };

  it('never means the form’s field of that name, whether the item’s own is hidden, missing or there', () => {
    fc.assert(
      fc.property(amount, fc.array(item, { maxLength: 4 }), (outer, sent) => {
        const because = 'protože';
        const { data } = settleForm(rows, { x: outer, rows: sent.map((one) => ({ ...one, because })) });
        const own = sent.map(({ own, x }) => (own === true ? x : undefined));
        expect(data['rows']).toEqual(
          sent.map(({ own }, at) => {
            const x = own === true ? sent[at]?.x : undefined;
            return {
              ...(own !== undefined && { own }),
              ...(x !== undefined && { x, because, double: 2 * x }),
            };
          }),
        );
        const there = own.filter((x) => x !== undefined);
        expect(data['sum']).toBe(there.reduce((sum, x) => sum + x, 0));
        expect(data['count']).toBe(there.length);
      }),
    );
    const judged = judgeForm(rows, { place, rows: [{ street }, { own: true, place, street }] });
    expect(codesIn(rows, judged).flatMap(({ list, within }) => (list === 'streets' ? [within] : []))).toEqual(
      [null, '1'],
    );
  });
});

const dogs = form(
  [
    field('keeps', { widget: 'radio' }),
    field('dogs', {
      widget: 'group',
      when: { field: 'keeps', is: 'yes' },
      fields: [
        field('name'),
        field('chipped', { widget: 'checkbox' }),
        field('chip', { when: { field: 'chipped', is: true } }),
      ],
    }),
    field('count', { widget: 'computed', compute: { each: 'dogs', count: true } }),
    field('why', { when: { not: { field: 'dogs', filled: true } } }),
  ],
  {
    required: ['keeps', 'dogs', 'why'],
    properties: {
      keeps: { enum: ['yes', 'no'] },
      dogs: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          required: ['name', 'chip'],
          additionalProperties: false,
          properties: {
            name: { type: 'string' },
            chipped: { type: 'boolean' },
            chip: { type: 'string', pattern: '^\\d{15}$' },
          },
        },
      },
      count: { type: 'integer' },
      why: { type: 'string', minLength: 1 },
    },
  },
);

describe('a form', () => {
  it('neither asks for nor keeps what is hidden, in a group as well', () => {
    const judged = judgeForm(dogs, { keeps: 'yes', dogs: [{ name: 'Rek', chip: 'zbylo' }], why: 'zbylo' });
    expect(judged.problems).toEqual([]);
    expect(judged.data).toEqual({ keeps: 'yes', dogs: [{ name: 'Rek' }], count: 1 });
    expect(judgeForm(dogs, { keeps: 'no' }).problems).toEqual([{ field: 'why', code: 'form.required' }]);
  });

  it('names the item and its field, in the order of the form, and an empty item', () => {
    const { problems } = judgeForm(dogs, {
      keeps: 'yes',
      dogs: [{ name: 'Rek', chipped: true }, {}, { chipped: true, chip: '1' }],
    });
    expect(problems).toEqual([
      { field: 'dogs.0.chip', code: 'form.required' },
      { field: 'dogs.1.name', code: 'form.required' },
      { field: 'dogs.2.name', code: 'form.required' },
      { field: 'dogs.2.chip', code: 'form.pattern' },
    ]);
  });

  it('finds an item nobody filled in, where nothing in it is required', () => {
    const notes = form([field('notes', { widget: 'group', fields: [field('text')] })], {
      properties: {
        notes: { type: 'array', items: { type: 'object', properties: { text: { type: 'string' } } } },
      },
    });
    expect(judgeForm(notes, { notes: [{ text: 'a' }, {}] }).problems).toEqual([
      { field: 'notes.1', code: 'form.empty-item' },
    ]);
  });

  it('refuses a computed value that came otherwise than it is', () => {
    const sent = { keeps: 'yes', dogs: [{ name: 'Rek' }] };
    expect(judgeForm(dogs, { ...sent, count: 2 }).problems).toEqual([
      { field: 'count', code: 'form.computed-differs' },
    ]);
    expect(judgeForm(dogs, { ...sent, count: 1 }).problems).toEqual([]);
  });

  it('settled once stays as it is', () => {
    const some = fc.record(
      {
        keeps: fc.constantFrom('yes', 'no'),
        dogs: fc.array(
          fc.record({ name: fc.string(), chipped: fc.boolean(), chip: fc.string() }, { requiredKeys: [] }),
        ),
        why: fc.string(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(some, (data) => {
        const once = settleForm(dogs, data);
        const again = settleForm(dogs, once.data);
        expect(again.data).toEqual(once.data);
        expect(again.differing).toEqual([]);
        expect([...again.hidden]).toEqual([...once.hidden]);
        for (const path of once.hidden) if (!path.includes('.')) expect(once.data).not.toHaveProperty(path);
      }),
    );
  });

  it('takes persons, organisations, partial dates and codes as the language shapes them', () => {
    const all = form(
      [
        field('who', { widget: 'person', parts: ['birthDate', 'address'] }),
        field('firm', { widget: 'organisation', parts: ['ico'] }),
        field('either', { widget: 'party', parts: ['ico', 'address'] }),
        field('since', { widget: 'partial-date' }),
        field('town', { widget: 'code', list: 'municipalities' }),
        field('street', { widget: 'code', list: 'streets', within: 'town' }),
      ],
      {
        properties: {
          who: { $ref: '#/$defs/person' },
          firm: { $ref: '#/$defs/organisation' },
          either: { $ref: '#/$defs/party' },
          since: { $ref: '#/$defs/partialDate' },
          town: { $ref: '#/$defs/code' },
          street: { $ref: '#/$defs/code' },
        },
      },
    );
    const town = { code: '555771', name: 'Klatovy' };
    const street = { code: '1', name: 'Cvičná' };
    const good = {
      who: { name: 'Jan Novák', birthDate: '1975', address: 'Klatovy 1' },
      firm: { name: 'Spolek', ico: '99900114' },
      either: { kind: 'organisation', name: 'Spolek', ico: '99900114' },
      since: '2024-05',
      town,
      street,
    };
    const judged = judgeForm(all, good);
    expect(judged.problems).toEqual([]);
    expect(codesIn(all, judged)).toEqual([
      { field: 'town', list: 'municipalities', within: null, value: town },
      { field: 'street', list: 'streets', within: '555771', value: street },
    ]);
    const bad = judgeForm(all, {
      who: { name: 'Jan Novák', birthDate: '2024-02-30' },
      firm: { name: 'Spolek' },
      either: { kind: 'person', name: 'Jan' },
      since: '2024-13',
    });
    expect(bad.problems).toEqual([
      { field: 'who.address', code: 'form.required' },
      { field: 'who.birthDate', code: 'form.date' },
      { field: 'firm.ico', code: 'form.required' },
      { field: 'either.address', code: 'form.required' },
      { field: 'since', code: 'form.date' },
    ]);
  });

  it('never throws, whatever is sent', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('keeps', 'dogs', 'count', 'why', '__proto__'), fc.jsonValue()),
        (data) => void judgeForm(dogs, data),
      ),
    );
  });
});

const cents = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((whole) => whole / 100);

describe('computed fields', () => {
  it('add up to the heller, in any order', () => {
    fc.assert(
      fc.property(fc.array(cents, { maxLength: 50 }), (amounts) => {
        const rows = amounts.map((amount) => ({ amount }));
        const sum = computed({ each: 'rows', sum: { field: 'amount' } }, of({ rows }));
        expect(sum).toBe(amounts.reduce((so, amount) => so + Math.round(amount * 100), 0) / 100);
        expect(computed({ each: 'rows', sum: { field: 'amount' } }, of({ rows: rows.toReversed() }))).toBe(
          sum,
        );
        expect(columnTotal(rows, 'amount')).toBe(sum);
      }),
    );
  });

  it('of a product or difference wait for all of it; sums do not', () => {
    const product = { product: [{ field: 'nights' }, { field: 'rate' }] };
    expect(computed(product, of({ nights: 3, rate: 25 }))).toBe(75);
    expect(computed(product, of({ nights: 3 }))).toBeUndefined();
    expect(computed({ difference: [{ field: 'nights' }, 1] }, of({ nights: 3 }))).toBe(2);
    expect(computed({ sum: [{ field: 'nights' }, { field: 'rate' }] }, of({ nights: 3 }))).toBe(3);
    expect(
      computed(
        { each: 'rows', count: true, when: { field: 'free', is: true } },
        of({ rows: [{ free: true }, {}] }),
      ),
    ).toBe(1);
    expect(computed({ product: [1e12, 1e12] }, of({}))).toBeUndefined();
  });
});

describe('deadlines', () => {
  const appeal: DeadlineRule = {
    id: 'appeal',
    title: text('Odvolání'),
    field: 'deliveredOn',
    period: { days: 15 },
    keptBy: 'addressed-office',
    paragraph: '§ 83 odst. 1',
  };
  it.each([
    ['2026-04-01', { days: 15 }, '2026-04-16'],
    // Delivered on 19 March, the fifteenth day is Good Friday; it ends after Easter Monday.
    ['2026-03-19', { days: 15 }, '2026-04-07'],
    ['2026-01-31', { months: 1 }, '2026-03-02'],
    ['2025-12-31', { months: 2 }, '2026-03-02'],
    ['2026-12-23', { workingDays: 3 }, '2026-12-30'],
  ])('from %s, %o: until %s', (from, period, until) => {
    expect(lastDay(from, period)).toBe(until);
  });

  it('end on a working day, and never sooner than the period', () => {
    const day = fc
      .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
      .map((at) => at.toISOString().slice(0, 10));
    fc.assert(
      fc.property(day, fc.integer({ min: 1, max: 90 }), (from, days) => {
        const last = lastDay(from, { days });
        expect(isWorkingDay(last)).toBe(true);
        expect(last >= addDays(from, days)).toBe(true);
        expect(lastDay(from, { days }, true)).toBe(addDays(from, -days));
        expect(lastDay(addDays(from, 1), { days }) >= last).toBe(true);
        expect(isWorkingDay(lastDay(from, { workingDays: days }))).toBe(true);
      }),
    );
  });

  it('are not told of a slip of the pen that leads out of the calendar, and stop nothing', () => {
    const periods = [{ days: 400 }, { workingDays: 400 }, { months: 400 }] as const;
    for (const deliveredOn of ['9999-12-31', '0000-02-29', '0001-01-05', '9980-01-01'])
      for (const period of periods)
        for (const before of [{}, { before: true } as const]) {
          const judged = judgeDeadlines(
            [{ ...appeal, period, ...before }],
            { deliveredOn },
            {
              today: '2026-04-16',
              isAddressed: true,
            },
          );
          for (const { last } of judged) expect(isLegalDate(last)).toBe(true);
        }
    expect(
      judgeDeadlines([appeal], { deliveredOn: '9999-12-31' }, { today: '2026-04-16', isAddressed: true }),
    ).toEqual([]);
  });

  it('say whether acceptance here and today keeps them', () => {
    const judged = (today: string, isAddressed: boolean) =>
      judgeDeadlines([appeal], { deliveredOn: '2026-04-01' }, { today, isAddressed })[0]?.state;
    expect(judged('2026-04-16', true)).toBe('kept');
    expect(judged('2026-04-16', false)).toBe('kept-here-not');
    expect(judged('2026-04-17', true)).toBe('late');
    expect(judgeDeadlines([appeal], {}, { today: '2026-04-16', isAddressed: true })).toEqual([]);
    expect(
      judgeDeadlines(
        [{ ...appeal, keptBy: 'any-desk' }],
        { deliveredOn: '2026-04-01' },
        { today: '2026-04-16', isAddressed: false },
      )[0]?.state,
    ).toBe('kept');
  });
});

it('finds the addressed office by its rule', () => {
  const known = {
    ownOfficeId: 'nyrsko',
    officesOf: (code: string) => (code === '555771' ? { extended: 'klatovy' } : null),
  };
  const by = { rule: 'by-municipality', field: 'town', level: 'extended' } as const;
  const town = (code: string) => ({ town: { code, name: '' } });
  expect(addresseeBy({ rule: 'own-office' }, {}, known)).toEqual({ by: 'rule', officeId: 'nyrsko' });
  expect(addresseeBy({ rule: 'fixed', officeId: 'plzen' }, {}, known)).toEqual({
    by: 'rule',
    officeId: 'plzen',
  });
  expect(addresseeBy({ rule: 'choose' }, {}, known)).toEqual({ by: 'clerk' });
  expect(addresseeBy(by, town('555771'), known)).toEqual({ by: 'rule', officeId: 'klatovy' });
  expect(addresseeBy({ ...by, level: 'own' }, town('555771'), known)).toEqual({ by: 'clerk' });
  expect(addresseeBy(by, town('1'), known)).toEqual({ by: 'clerk' });
  expect(addresseeBy(by, {}, known)).toEqual({ by: 'rule', officeId: null });
});

describe('a form as it is read', () => {
  const words: ReadingWords = {
    language: 'cs',
    yes: 'ano',
    no: 'ne',
    born: 'nar.',
    ico: 'IČO',
    total: 'Celkem',
  };
  it('is what was filled in, items by their names, a table with its totals', () => {
    const all = form(
      [
        field('since', { widget: 'partial-date' }),
        field('who', { widget: 'party', parts: ['ico'] }),
        field('hidden', { when: { field: 'since', filled: false } }),
        field('dogs', {
          widget: 'group',
          item: text('Pes'),
          fields: [field('name'), field('chipped', { widget: 'checkbox' })],
        }),
        field('rows', {
          widget: 'table',
          item: text('Řádek'),
          fields: [field('what'), field('price', { widget: 'number', total: true })],
        }),
      ],
      { properties: {} },
    );
    const data = {
      since: '2024-05',
      who: { kind: 'organisation', name: 'Spolek', ico: '99900114' },
      dogs: [{ name: 'Rek', chipped: true }, { name: 'Žofka' }],
      rows: [{ what: 'a', price: 1000.5 }, { price: 12000 }],
    };
    expect(readForm(all, data, words)).toEqual([
      {
        title: 'all',
        parts: [
          {
            fields: [
              { label: 'since', value: '05/2024' },
              { label: 'who', value: 'Spolek, IČO 99900114' },
            ],
          },
          {
            title: 'Pes 1',
            fields: [
              { label: 'name', value: 'Rek' },
              { label: 'chipped', value: 'ano' },
            ],
          },
          { title: 'Pes 2', fields: [{ label: 'name', value: 'Žofka' }] },
          {
            title: 'rows',
            table: {
              columns: [
                { title: 'what', isNumber: false },
                { title: 'price', isNumber: true },
              ],
              rows: [
                ['a', '1000,5'],
                ['', '12\u00a0000'],
              ],
              totals: ['Celkem', '13\u00a0000,5'],
            },
          },
        ],
      },
    ]);
    expect(readForm(all, {}, words)).toEqual([]);
  });
});
