import { expect, it } from 'vitest';
import { failureOf, parseObjectIds, parseSlots } from './pkcs11-tool-output.ts';

const slots = (flags: string) => `Available slots:
Slot 0 (0x263cd1ae): Reader A 00 00
  token label        : Karta úřednice
  token manufacturer : Example
  token flags        : login required, rng, token initialized, ${flags}PIN initialized
  serial num         : 838270f4a63cd1ae
  pin min/max        : 4/255
Slot 1 (0x1): Reader B 00 00
  token state:   uninitialized
Slot 2 (0x2): Reader C 00 00
  (empty)
`;

it.each([
  ['', 'usual'],
  ['user PIN count low, ', 'was-wrong'],
  ['user PIN count low, final user PIN try, ', 'last-try'],
  ['user PIN count low, final user PIN try, user PIN locked, ', 'locked'],
] as const)('reads what a token says of its PIN: %s', (flags, pin) => {
  expect(parseSlots(slots(flags))).toEqual([
    { slot: '0x263cd1ae', label: 'Karta úřednice', serial: '838270f4a63cd1ae', pin },
  ]);
});

it('finds no token where there is none', () => {
  for (const text of ['', 'Available slots:\nNo slots.\n', 'Slot']) expect(parseSlots(text)).toEqual([]);
});

it('reads the identifiers of objects, each once', () => {
  const text = `Certificate Object; type = X.509 cert
  label:      ID: not this
  subject:    DN: CN=Jana
  serial:     5C995DF9
  ID:         a1
Certificate Object; type = X.509 cert
  ID:         a1
Certificate Object; type = X.509 cert
  label:      no identifier
Certificate Object; type = X.509 cert
  ID:         02ff`;
  expect(parseObjectIds(text)).toEqual(['02ff', 'a1']);
});

const failed = (value: string) => `error: PKCS11 function C_Login failed: rv = ${value} (0xa0)\nAborting.\n`;

it.each([
  [failed('CKR_PIN_INCORRECT'), 'wrong-pin'],
  [failed('CKR_PIN_LEN_RANGE'), 'wrong-pin'],
  [failed('CKR_PIN_LOCKED'), { code: 'token.locked' }],
  [failed('CKR_DEVICE_REMOVED'), { code: 'token.removed' }],
  [failed('CKR_FUNCTION_FAILED'), { code: 'token.failed', params: { status: 'CKR_FUNCTION_FAILED' } }],
  ['error: Failed to load pkcs11 module\nAborting.\n', { code: 'token.module-missing' }],
  ['error: Private key not found\nAborting.\n', { code: 'token.key-missing' }],
  ['', { code: 'token.failed', params: { status: '?' } }],
])('says what %j means', (stderr, meaning) => {
  expect(failureOf(stderr)).toEqual(meaning);
});
