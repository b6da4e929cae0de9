const words = (cs: string, en: string) => ({ cs, en });

/** A small form of everything the language has, as an office might add it to its portal. */
export const lampForm = {
  id: 'lamp-out',
  version: 1,
  validFrom: '2020-01-01',
  order: 5,
  title: words('Porucha veřejného osvětlení', 'Fault of public lighting'),
  summary: words(
    'Cvičný formulář přidaný za běhu portálu.',
    'A form for practice, added while the portal runs.',
  ),
  legalBasis: [{ act: '128/2000 Sb.', paragraph: '§ 35' }],
  kind: 'submission',
  addressee: { rule: 'by-municipality', field: 'municipality', level: 'own' },
  source: 'Cvičný formulář',
  deadlines: [
    {
      id: 'claim',
      title: words('Uplatnění škody', 'Claim for damage'),
      when: { field: 'damage', is: true },
      field: 'damagedOn',
      period: { days: 15 },
      keptBy: 'addressed-office',
      paragraph: 'cvičná lhůta',
      toBeConfirmed: true,
    },
  ],
  identity: 'verified',
  offline: 'queue',
  steps: ['form', 'attachments', 'print-and-sign', 'accept', 'hand-over'],
  form: {
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: {
        municipality: { $ref: '#/$defs/code' },
        street: { $ref: '#/$defs/code' },
        lamps: {
          type: 'array',
          minItems: 1,
          maxItems: 20,
          items: {
            type: 'object',
            additionalProperties: false,
            properties: {
              fault: { type: 'string', enum: ['dark', 'flickers'] },
              number: { type: 'string', minLength: 1, maxLength: 20 },
              since: { $ref: '#/$defs/partialDate' },
            },
            required: ['fault', 'number', 'since'],
          },
        },
        outages: {
          type: 'array',
          minItems: 1,
          maxItems: 30,
          items: {
            type: 'object',
            additionalProperties: false,
            properties: {
              place: { type: 'string', minLength: 1, maxLength: 100 },
              hours: { type: 'number', minimum: 0 },
              lamps: { type: 'integer', minimum: 1 },
              dark: { type: 'number' },
            },
            required: ['place', 'hours', 'lamps'],
          },
        },
        all: { type: 'number' },
        damage: { type: 'boolean' },
        damagedOn: { type: 'string', format: 'date' },
        who: { $ref: '#/$defs/person' },
      },
      required: ['municipality', 'lamps', 'outages', 'damagedOn', 'who'],
    },
    ui: {
      sections: [
        {
          id: 'place',
          title: words('Místo', 'Place'),
          fields: [
            {
              name: 'municipality',
              label: words('Obec', 'Municipality'),
              widget: 'code',
              list: 'municipalities',
            },
            {
              name: 'street',
              label: words('Ulice', 'Street'),
              widget: 'code',
              list: 'streets',
              within: 'municipality',
            },
          ],
        },
        {
          id: 'lamps',
          title: words('Lampy', 'Lamps'),
          fields: [
            {
              name: 'lamps',
              label: words('Lampy s poruchou', 'Lamps at fault'),
              widget: 'group',
              item: words('Lampa', 'Lamp'),
              fields: [
                {
                  name: 'fault',
                  label: words('Porucha', 'Fault'),
                  widget: 'select',
                  options: [
                    { value: 'dark', label: words('nesvítí', 'dark') },
                    { value: 'flickers', label: words('bliká', 'flickers') },
                  ],
                },
                { name: 'number', label: words('Číslo lampy', 'Number'), widget: 'text' },
                {
                  name: 'since',
                  label: words('Nesvítí od', 'Dark since'),
                  widget: 'partial-date',
                  when: { field: 'fault', is: 'dark' },
                },
              ],
            },
            {
              name: 'outages',
              label: words('Výpadky', 'Outages'),
              widget: 'table',
              item: words('Výpadek', 'Outage'),
              fields: [
                { name: 'place', label: words('Úsek', 'Stretch'), widget: 'text' },
                { name: 'hours', label: words('Hodin', 'Hours'), widget: 'number', total: true },
                { name: 'lamps', label: words('Lamp', 'Lamps'), widget: 'number', total: true },
                {
                  name: 'dark',
                  label: words('Lampohodin', 'Lamp hours'),
                  widget: 'computed',
                  total: true,
                  compute: { product: [{ field: 'hours' }, { field: 'lamps' }] },
                },
              ],
            },
            {
              name: 'all',
              label: words('Lampohodin celkem', 'Lamp hours in all'),
              widget: 'computed',
              compute: { each: 'outages', sum: { field: 'dark' } },
            },
          ],
        },
        {
          id: 'damage',
          title: words('Škoda', 'Damage'),
          fields: [
            { name: 'damage', label: words('Vznikla škoda', 'Damage was done'), widget: 'checkbox' },
            {
              name: 'damagedOn',
              label: words('Škoda vznikla dne', 'Damage done on'),
              widget: 'date',
              when: { field: 'damage', is: true },
            },
            { name: 'who', label: words('Svědek', 'Witness'), widget: 'person', parts: ['address'] },
          ],
        },
      ],
    },
  },
  attachments: { slots: [{ id: 'photo', title: words('Fotografie', 'Photograph'), required: false }] },
  template: { request: 'request' },
  fee: { tariff: null },
};
