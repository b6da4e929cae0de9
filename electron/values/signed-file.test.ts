import { describe, expect, it } from 'vitest';
import { isPersonal, isWhole } from './signed-file.ts';

const report = (ofFile: string[], ...ofSignatures: string[][]) => ({
  findings: ofFile.map((code) => ({ code })),
  signatures: ofSignatures.map((codes) => ({ findings: codes.map((code) => ({ code })) })),
});

describe('a file somebody signed', () => {
  it.each([
    ['nothing to say', report([], [])],
    ['no signature at all', report(['document.no-signature'])],
    ['an expired certificate', report([], ['certificate.expired', 'time.no-timestamp'])],
    ['a revoked certificate', report([], ['revocation.revoked'])],
    ['a stranger’s authority', report([], ['chain.untrusted', 'signature.no-reference'])],
    ['signed on by another', report([], ['changes.harmless', 'changes.picture'], [])],
  ])('is whole with %s', (_what, found) => {
    expect(isWhole(found)).toBe(true);
  });

  it.each([
    ['other bytes', report([], ['signature.digest'])],
    ['changes behind it', report([], [], ['changes.other'])],
    ['an algorithm nobody can rely on', report([], ['signature.weak'])],
    ['what could not be read', report(['document.unreadable'])],
    ['an examination that took too long', report(['document.timed-out'], [])],
  ])('is not shown to be whole with %s', (_what, found) => {
    expect(isWhole(found)).toBe(false);
  });
});

it('is a person’s signature only with a certificate, and no seal or timestamp', () => {
  const certificate = {};
  expect(isPersonal({ kind: 'signature', certificate })).toBe(true);
  expect(isPersonal({ kind: 'signature', certificate: null })).toBe(false);
  expect(isPersonal({ kind: 'seal', certificate })).toBe(false);
  expect(isPersonal({ kind: 'timestamp', certificate })).toBe(false);
});
