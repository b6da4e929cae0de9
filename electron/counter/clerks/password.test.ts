import { describe, expect, it } from 'vitest';
import { DESK_COST, passwordsAt } from './password.ts';

// The one place where the tests without Electron pay what a desk pays: their rigs remember passwords cheaply.
const passwords = passwordsAt(DESK_COST);

describe('what a desk keeps of a password', () => {
  it('recognises it, however its letters are put together, and no other', async () => {
    const verifier = await passwords.verifierOf('Cvičná-Přepážka-1');
    expect(verifier).not.toContain('Cvi');
    expect(await passwords.agrees('Cvičná-Přepážka-1'.normalize('NFD'), verifier)).toBe(true);
    expect(await passwords.agrees('Cvičná-Přepážka-2', verifier)).toBe(false);
  });

  it('is another each time, and as dear to try as OWASP wants it', async () => {
    const [one, other] = await Promise.all([passwords.verifierOf('a'), passwords.verifierOf('a')]);
    expect(one).not.toBe(other);
    // 64 MiB, twice.
    expect(DESK_COST).toEqual({ N: 65_536, r: 8, p: 2 });
    expect(await passwordsAt({ ...DESK_COST, p: 1 }).agrees('a', one)).toBe(false);
  });

  it('is not taken when it is none of ours', async () => {
    expect(await passwords.agrees('a', '')).toBe(false);
    expect(await passwords.agrees('a', 'plain$YQ==$YQ==')).toBe(false);
  });
});
