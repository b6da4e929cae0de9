/** Shapes every form may refer to as `#/$defs/NAME`, so that a definition does not write them down each time. */
export const SHAPES = {
  partialDate: { type: 'string', pattern: '^\\d{4}(-\\d{2}(-\\d{2})?)?$' },
  code: {
    type: 'object',
    additionalProperties: false,
    required: ['code', 'name'],
    properties: {
      code: { type: 'string', minLength: 1, maxLength: 40 },
      name: { type: 'string', minLength: 1, maxLength: 200 },
    },
  },
  person: {
    type: 'object',
    additionalProperties: false,
    required: ['name'],
    properties: {
      kind: { const: 'person' },
      name: { type: 'string', minLength: 1, maxLength: 200 },
      birthDate: { $ref: '#/$defs/partialDate' },
      address: { type: 'string', minLength: 1, maxLength: 300 },
    },
  },
  organisation: {
    type: 'object',
    additionalProperties: false,
    required: ['name'],
    properties: {
      kind: { const: 'organisation' },
      name: { type: 'string', minLength: 1, maxLength: 200 },
      ico: { type: 'string', pattern: '^\\d{8}$' },
      seat: { type: 'string', minLength: 1, maxLength: 300 },
    },
  },
  party: {
    type: 'object',
    required: ['kind'],
    properties: { kind: { enum: ['person', 'organisation'] } },
    if: { properties: { kind: { const: 'organisation' } } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { $ref: '#/$defs/organisation' },
    else: { $ref: '#/$defs/person' },
  },
} as const;
