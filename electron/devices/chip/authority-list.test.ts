import { describe, expect, it } from 'vitest';
import {
  documentSigner,
  extension,
  masterList,
  revocationList,
  stateOf,
  trainingAuthority,
} from '../../../test/rigs/training-documents.ts';
import { virtualChip } from '../../../test/rigs/virtual-chip.ts';
import { chipStrength } from '../../values/chip-check.ts';
import { fingerprintOf, MOST_BYTES, readAuthorityFile } from './authority-list.ts';
import { readCertificate } from './certificate.ts';
import { readChip } from './read-chip.ts';
import { readRevocationList } from './revocation.ts';

const now = new Date('2026-05-01T10:00:00Z');
const czech = trainingAuthority();
const german = stateOf('DE');
const both = [czech.certificate, german.authority.certificate].map((der) => Uint8Array.from(der));
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const folded = (text: string): string => text.replace(/(.{76})/g, '$1\n ');
const pem = (label: string, bytes: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${base64(bytes).replace(/(.{64})/g, '$1\n')}\n-----END ${label}-----\n`;
const read = (file: string | Uint8Array) =>
  readAuthorityFile(typeof file === 'string' ? Buffer.from(file) : file, {
    now,
    authorities: both,
  });
const validFor = (from: string, to: string) => ({ from: new Date(from), to: new Date(to) });
const current = validFor('2026-04-01', '2026-07-01');

describe('a file of authorities', () => {
  const list = masterList(both, german.listSigner);

  it('that is a master list tells whose it is and of how many, and is believed by its signature', () => {
    expect(read(list)).toEqual({
      ok: true,
      value: {
        lists: [
          {
            kind: 'master-list',
            // A set has the order of its bytes.
            certificates: expect.arrayContaining(both),
            states: [
              { country: 'CZ', count: 1 },
              { country: 'DE', count: 1 },
            ],
            fingerprint: fingerprintOf(german.authority.certificate),
            country: 'DE',
            signedAt: new Date('2026-01-01T00:00:00Z'),
            unreadable: 0,
            trouble: null,
          },
        ],
        revocations: [],
        passedOver: 0,
        unreadable: 0,
      },
    });
  });

  it('whose content was changed, or whose signer nobody in it appointed, is told so', () => {
    const at = Buffer.from(list).indexOf(Buffer.from(german.authority.certificate)) + 200;
    const changed = Uint8Array.from(list, (byte, place) => (place === at ? byte ^ 1 : byte));
    const trouble = (file: Uint8Array) => {
      const outcome = read(file);
      return outcome.ok ? outcome.value.lists[0]?.trouble : outcome.error.code;
    };
    expect(trouble(changed)).toBe('authorities.signature-wrong');
    expect(trouble(masterList([czech.certificate], german.listSigner))).toBe('authorities.signer-unknown');
    // Who may sign documents may not sign lists.
    expect(trouble(masterList(both, german.signer))).toBe('authorities.signer-unknown');
  });

  it('as the directory of ICAO gives it: lists, certificates of authorities and revocation lists among others', () => {
    const ldif = [
      'version: 1',
      '',
      'dn: c=DE,dc=data,dc=download,dc=pkd',
      'objectClass: top',
      `pkdMasterListContent:: ${folded(base64(list))}`,
      '',
      `userCertificate;binary:: ${folded(base64(czech.certificate))}`,
      `userCertificate;binary:: ${folded(base64(documentSigner('right').certificate))}`,
      `certificateRevocationList;binary:: ${folded(base64(revocationList(czech, [7], current)))}`,
      '',
    ].join('\r\n');
    const outcome = read(ldif);
    if (!outcome.ok) throw new Error(outcome.error.code);
    expect(outcome.value).toMatchObject({ revocations: [{ isProven: true }], passedOver: 1 });
    expect(outcome.value.lists.map(({ kind, certificates }) => [kind, certificates.length])).toEqual([
      ['master-list', 2],
      ['unsigned', 1],
    ]);
  });

  it('of certificates alone counts each once and goes by the fingerprint of the file', () => {
    const file = pem('CERTIFICATE', czech.certificate) + both.map((one) => pem('CERTIFICATE', one)).join('');
    expect(read(file)).toMatchObject({
      ok: true,
      value: {
        lists: [{ kind: 'unsigned', certificates: both, fingerprint: fingerprintOf(Buffer.from(file)) }],
      },
    });
  });

  it.each([
    ['nothing of it', 'Dobrý den', 'authorities.unreadable'],
    ['empty', '', 'authorities.unreadable'],
    ['an LDIF with something else', 'dn: c=DE\ncn: x\n', 'authorities.nothing-in-it'],
    ['bad base64', 'dn: c=DE\nuserCertificate;binary:: ***\n', 'authorities.unreadable'],
    ['a key', pem('PRIVATE KEY', Uint8Array.of(1, 2, 3)), 'authorities.nothing-in-it'],
    ['too large', new Uint8Array(MOST_BYTES + 1), 'authorities.too-large'],
    ['cut off', list.subarray(0, 300), 'authorities.unreadable'],
  ])('that is %s is refused', (_what, file, code) => {
    expect(read(file)).toEqual({ ok: false, error: { code } });
  });
});

describe('a document whose signer', () => {
  const zone = 'IDCZE9990000180<<<<<<<<<<<<<<<8004015M3306301CZE<<<<<<<<<<<0VZOROVY<<JAN<KAREL<<<<<<<<<<<<';
  const checked = async (
    given: Partial<Parameters<typeof virtualChip>[0]>,
    revocations: readonly Uint8Array[] = [],
  ): Promise<Record<string, string>> => {
    const outcome = await readChip(virtualChip({ zone, can: '123456', ...given }), {
      key: { kind: 'can', can: '123456' },
      authorities: both.map(readCertificate),
      revocations: revocations.map(readRevocationList),
      now,
      random: (length) => new Uint8Array(length).fill(7),
      extended: false,
      onStep: () => {},
    });
    if (!outcome.ok) throw new Error(outcome.error.code);
    const { checks } = outcome.value;
    const told = checks.map(({ name, state, reason }) => [name, reason ?? state]);
    return { ...Object.fromEntries(told), worth: chipStrength(checks) };
  };

  it('is of another state than the zone says is no document of that state', async () => {
    expect(await checked({ signer: german.signer })).toMatchObject({
      signer: 'passed',
      state: 'state-other',
      worth: 'refuted',
    });
    expect(await checked({ signer: german.signer, zone: zone.replace('IDCZE', 'IDD<<') })).toMatchObject({
      state: 'passed',
      worth: 'data-proven',
    });
    // Nor is one of an authority of that state, when it says itself that it is of another.
    const other = documentSigner('right', undefined, undefined, undefined, 'DE');
    expect(await checked({ signer: other })).toMatchObject({ state: 'state-other', worth: 'refuted' });
    expect(await checked({ zone: zone.replace('IDCZE', 'IDXYZ') })).toMatchObject({
      ...{ signer: 'passed', state: 'state-unknown', worth: 'unproven' },
    });
  });

  it.each([
    ['revoked', [revocationList(czech, [3, 7], current)], 'signer-revoked'],
    ['not revoked', [revocationList(czech, [3], current)], 'passed'],
    ['not in an empty list', [revocationList(czech, [], current)], 'passed'],
    [
      'looked up in a list that is due',
      [revocationList(czech, [], validFor('2026-01-01', '2026-04-01'))],
      'revocation-list-old',
    ],
    [
      'revoked in a list that is due',
      [revocationList(czech, [7], validFor('2026-01-01', '2026-04-01'))],
      'signer-revoked',
    ],
    ['in another state’s list', [revocationList(german.authority, [7], current)], 'no-revocation-list'],
    [
      'in a list that a newer one follows',
      [revocationList(czech, [7], validFor('2026-01-01', '2026-04-01')), revocationList(czech, [], current)],
      'passed',
    ],
  ])('is %s', async (_what, lists, outcome) => {
    expect(await checked({}, lists)).toMatchObject({ revocation: outcome });
  });

  it.each([
    ['known of a list', { ofList: [extension('2.5.29.20', Uint8Array.of(2, 1, 1))] }, 'passed'],
    ['known of an entry', { ofEntry: [extension('2.5.29.21', Uint8Array.of(10, 1, 1))] }, 'passed'],
    ['unknown but not critical', { ofList: [extension('1.2.3.4', Uint8Array.of(5, 0), false)] }, 'passed'],
    ['unknown', { ofList: [extension('1.2.3.4', Uint8Array.of(5, 0))] }, 'revocation-list-unknown'],
    [
      'of changes since a list',
      { ofList: [extension('2.5.29.27', Uint8Array.of(2, 1, 1))] },
      'revocation-list-unknown',
    ],
    [
      'unknown of an entry',
      { ofEntry: [extension('1.2.3.4', Uint8Array.of(5, 0))] },
      'revocation-list-unknown',
    ],
    [
      'of an entry of another authority',
      { ofEntry: [extension('2.5.29.29', Uint8Array.of(0x30, 0))] },
      'revocation-list-unknown',
    ],
  ])('is looked up in a list with an extension that is %s', async (_what, extensions, outcome) => {
    expect(await checked({}, [revocationList(czech, [3], current, extensions)])).toMatchObject({
      revocation: outcome,
    });
    // Neither is it proof of the contrary; what an older list says that is understood still holds.
    const listed = revocationList(czech, [7], current, extensions);
    const isUsable = outcome === 'passed';
    expect(await checked({}, [listed])).toMatchObject({
      revocation: isUsable ? 'signer-revoked' : outcome,
      worth: isUsable ? 'refuted' : 'data-proven',
    });
    const older = revocationList(czech, [3], validFor('2026-01-01', '2027-01-01'));
    expect(await checked({}, [listed, older])).toMatchObject({
      revocation: isUsable ? 'signer-revoked' : 'passed',
    });
  });

  it('is in a list that only has the authority’s name is not looked up there', async () => {
    const forged = revocationList({ ...czech, key: german.authority.key }, [7], current);
    expect(await checked({}, [forged])).toMatchObject({ revocation: 'no-revocation-list' });
  });
});
