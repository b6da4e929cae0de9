import type { PinState, TokenFailure } from './port.ts';

/** A token in a reader as `pkcs11-tool --list-token-slots` shows it. */
export type TokenSlot = { slot: string; label: string; serial: string; pin: PinState };

/** Parses the list of slots; those without an initialized token are left out. */
export function parseSlots(text: string): TokenSlot[] {
  return text.split(/^(?=Slot \d+ )/m).flatMap((part) => {
    const slot = /^Slot \d+ \((0x[0-9a-f]+)\)/i.exec(part)?.[1];
    const label = /^ +token label +: (.*)$/m.exec(part)?.[1]?.trim();
    const flags = /^ +token flags +: (.*)$/m.exec(part)?.[1] ?? '';
    if (slot === undefined || label === undefined || !flags.includes('token initialized')) return [];
    return [
      { slot, label, serial: /^ +serial num +: (.*)$/m.exec(part)?.[1]?.trim() ?? '', pin: pinState(flags) },
    ];
  });
}

function pinState(flags: string): PinState {
  if (flags.includes('user PIN locked')) return 'locked';
  if (flags.includes('final user PIN try')) return 'last-try';
  return flags.includes('user PIN count low') ? 'was-wrong' : 'usual';
}

/** Identifiers of the objects in `pkcs11-tool --list-objects`, which lists them in any order. */
export function parseObjectIds(text: string): string[] {
  return [...new Set([...text.matchAll(/^ +ID: +([0-9a-f]+)$/gim)].map(([, id = '']) => id))].sort();
}

/** What the tool's end means beyond a wrong PIN, by the return value of the function that failed or by the tool's own words. */
export function failureOf(stderr: string): TokenFailure | 'wrong-pin' {
  const status = /\b(CKR_[A-Z0-9_]+)/.exec(stderr)?.[1];
  switch (status) {
    case 'CKR_PIN_INCORRECT':
    // Not the length or the characters of a PIN of this card: as wrong as any other.
    case 'CKR_PIN_INVALID':
    case 'CKR_PIN_LEN_RANGE':
      return 'wrong-pin';
    case 'CKR_PIN_LOCKED':
      return { code: 'token.locked' };
    case 'CKR_TOKEN_NOT_PRESENT':
    case 'CKR_DEVICE_REMOVED':
    case 'CKR_SLOT_ID_INVALID':
    case 'CKR_TOKEN_NOT_RECOGNIZED':
      return { code: 'token.removed' };
    case undefined:
      if (/failed to load pkcs11 module/i.test(stderr)) return { code: 'token.module-missing' };
      if (/private key not found/i.test(stderr)) return { code: 'token.key-missing' };
      return { code: 'token.failed', params: { status: '?' } };
    default:
      return { code: 'token.failed', params: { status } };
  }
}
