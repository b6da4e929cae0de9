import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import legalizace from '../../../resources/catalogue/services/legalizace.json' with { type: 'json' };
import { type Signing, serviceDefinition, type Witness } from '../../contract/services.ts';
import { validationReport } from '../../contract/validation.ts';
import { needsWitnesses, type WitnessReason } from '../../values/witnesses.ts';
import { type IdentityRecord, noIdentity } from '../visits/record.ts';
import { judgeChosen, judgeSigner, judgeSigning } from './signing-rules.ts';

const by = { clerk: { givenNames: 'Žofie', surname: 'Řeháčková', titlesBefore: 'Bc.' }, today: '2026-04-01' };
const applicant = {
  kind: 'person' as const,
  name: { givenNames: 'Jan Karel', surname: 'Vzorový' },
  birthDate: { year: 1980, month: 1, day: 1 },
  address: { municipality: 'Klatovy' },
};
const identity = (change: Partial<IdentityRecord> = {}): IdentityRecord => ({
  ...noIdentity,
  state: 'verified',
  applicant,
  document: {
    kind: 'id-card',
    number: '999000018',
    issuer: 'CZE',
    expiry: '2026-04-01',
    source: 'typed',
    overruledChecks: [],
  },
  ...change,
});
const withDocument = (change: object): IdentityRecord => {
  const { document } = identity();
  return identity({ document: document && { ...document, ...change } });
};

describe('whose signature may be certified', () => {
  it('of whoever shows a document of § 18 that is valid today, its last day included', () => {
    expect(judgeSigner(identity(), by)).toBeNull();
  });

  it.each([
    ['nobody is verified', identity({ applicant: null }), 'service.needs-identity'],
    ['a driving licence', withDocument({ kind: 'driving-licence' }), 'signing.document'],
    [
      'a certificate without a photograph',
      withDocument({ kind: 'eu-registration-certificate' }),
      'signing.document',
    ],
    ['a visa, which serves data boxes only', withDocument({ kind: 'visa' }), 'signing.document'],
    ['it expired yesterday', withDocument({ expiry: '2026-03-31' }), 'signing.document-expired'],
    [
      'the address is not known',
      identity({ applicant: { kind: 'person', name: applicant.name } }),
      'signing.address-missing',
    ],
    [
      'the clerk’s own, whatever titles stand around the name',
      identity({
        applicant: {
          ...applicant,
          name: { givenNames: ' žofie ', surname: 'ŘEHÁČKOVÁ', titlesAfter: 'DiS.' },
        },
      }),
      'signing.own',
    ],
  ])('not when %s', (_why, who, code) => {
    expect(judgeSigner(who, by)).toBe(code);
  });
});

const witness = (surname: string, change: Partial<Witness['document']> = {}): Witness => ({
  name: { givenNames: 'Eva', surname },
  birthDate: { year: 1970, month: 2, day: 3 },
  birthPlace: 'Plzeň',
  address: { municipality: 'Plzeň' },
  document: {
    kind: 'id-card',
    number: '123456789',
    issuer: 'CZE',
    expiry: '2030-01-01',
    source: 'typed',
    ...change,
  },
  register: null,
  result: null,
});
const signing = (change: Partial<Signing> = {}): Signing => ({
  manner: 'acknowledged',
  description: 'plná moc',
  signatures: 1,
  language: 'cs',
  birthPlace: 'Klatovy',
  addressIs: 'permanent',
  canRead: true,
  canWrite: true,
  canSign: true,
  contentBy: null,
  witnesses: [],
  outside: null,
  chosen: [],
  ...change,
});
const rule = serviceDefinition.parse(legalizace).witnesses ?? { when: [] };
const blind = { canRead: false, witnesses: [witness('Prvá'), witness('Druhá')] };

describe('how a signature is certified', () => {
  it.each([
    ['whoever reads and writes needs nobody', signing(), null],
    ['a blind person has two witnesses', signing(blind), null],
    ['or knows the content by a device and signs', signing({ canRead: false, contentBy: 'device' }), null],
    ['or by a person of own choice', signing({ canWrite: false, contentBy: 'person' }), null],
    [
      'without signing the device is not enough',
      signing({ canRead: false, canSign: false, contentBy: 'device' }),
      'signing.witnesses-missing',
    ],
    ['one witness is none', signing({ ...blind, witnesses: [witness('Prvá')] }), 'signing.witnesses-missing'],
    [
      'witnesses nobody needs are not written down',
      signing({ witnesses: [witness('Prvá')] }),
      'signing.witnesses-not-needed',
    ],
    [
      'who cannot sign cannot sign before the clerk',
      signing({ ...blind, canWrite: false, canSign: false, manner: 'signed' }),
      'signing.cannot-sign',
    ],
    ['but may acknowledge what is there', signing({ ...blind, canWrite: false, canSign: false }), null],
    [
      'the same witness twice',
      signing({ ...blind, witnesses: [witness('Prvá'), witness('prvá')] }),
      'signing.witnesses-same',
    ],
    [
      'the applicant as a witness',
      signing({ ...blind, witnesses: [witness('Prvá'), { ...witness('x'), ...applicant }] }),
      'signing.witnesses-same',
    ],
    [
      'the applicant as a witness, with a year of birth alone',
      signing({
        ...blind,
        witnesses: [
          witness('Prvá'),
          { ...witness('x'), name: applicant.name, birthDate: { year: applicant.birthDate.year } },
        ],
      }),
      'signing.witnesses-same',
    ],
    [
      'the same witness twice, once without marks and a day of birth',
      signing({
        ...blind,
        witnesses: [witness('Prvá'), { ...witness('Prva'), birthDate: { year: 1970, month: 2 } }],
      }),
      'signing.witnesses-same',
    ],
    [
      'a namesake of the applicant born on another day',
      signing({
        ...blind,
        witnesses: [
          witness('Prvá'),
          { ...witness('x'), name: applicant.name, birthDate: { year: 1980, month: 1, day: 2 } },
        ],
      }),
      null,
    ],
    [
      'the clerk as a witness',
      signing({ ...blind, witnesses: [witness('Prvá'), { ...witness('x'), name: by.clerk }] }),
      'signing.witness-clerk',
    ],
    [
      'a witness with a driving licence',
      signing({ ...blind, witnesses: [witness('Prvá'), witness('Druhá', { kind: 'driving-licence' })] }),
      'signing.witness-document',
    ],
    [
      'a witness whose document expired',
      signing({ ...blind, witnesses: [witness('Prvá', { expiry: '2026-03-31' }), witness('Druhá')] }),
      'signing.witness-document-expired',
    ],
  ] as const)('%s', (_why, said, code) => {
    expect(judgeSigning(said, rule, applicant, by)).toBe(code);
  });

  it('asks for witnesses by the service’s rule, one reason of each group', () => {
    const able = { canRead: true, canWrite: true, canSign: true, contentBy: null };
    const when = (...groups: WitnessReason[][]) => ({ when: groups });
    expect(needsWitnesses(when(['content-unknown']), able)).toBe(true);
    expect(needsWitnesses(when(['cannot-read'], ['content-unknown']), able)).toBe(false);
    expect(needsWitnesses(when(['cannot-read'], ['content-unknown']), { ...able, canRead: false })).toBe(
      true,
    );
    expect(judgeSigning(signing(), when(['content-unknown']), applicant, by)).toBe(
      'signing.witnesses-missing',
    );
  });

  it('lets nobody through who needs witnesses and has none, and asks none of the others', () => {
    const abilities = {
      canRead: fc.boolean(),
      canWrite: fc.boolean(),
      canSign: fc.boolean(),
      contentBy: fc.constantFrom(null, 'device' as const, 'person' as const),
    };
    fc.assert(
      fc.property(
        fc.record(abilities),
        fc.constantFrom('signed' as const, 'acknowledged' as const),
        (who, manner) => {
          const alone = judgeSigning(signing({ ...who, manner }), rule, applicant, by);
          const witnessed = judgeSigning(
            signing({ ...who, manner, witnesses: [...blind.witnesses] }),
            rule,
            applicant,
            by,
          );
          if (manner === 'signed' && !who.canSign)
            expect([alone, witnessed]).toEqual(Array(2).fill('signing.cannot-sign'));
          else if (needsWitnesses(rule, who))
            expect([alone, witnessed]).toEqual(['signing.witnesses-missing', null]);
          else expect([alone, witnessed]).toEqual([null, 'signing.witnesses-not-needed']);
          if (who.canRead && who.canWrite) expect(needsWitnesses(rule, who)).toBe(false);
        },
      ),
    );
  });
});

describe('signatures chosen on an electronic document', () => {
  const report = validationReport.parse({
    outcome: 'undecided',
    format: 'pdf',
    checkedAt: '2026-04-01T08:00:00.000Z',
    findings: [],
    signatures: (['signature', 'seal', 'signature'] as const).map((kind, index) => ({
      kind,
      outcome: 'undecided',
      findings: [],
      field: `Signature${index}`,
      signer: 'Jan Vzorový',
      certificate:
        index === 2
          ? null
          : {
              number: String(index),
              subject: {},
              provider: 'CA',
              notBefore: '2020-01-01T00:00:00.000Z',
              notAfter: '2021-01-01T00:00:00.000Z',
            },
      qualified: false,
      device: false,
      recognised: false,
      claimedAt: null,
      judgedAt: '2026-04-01T08:00:00.000Z',
      timestamps: [],
      integrity: { coversAll: true, added: [], digestAlgorithm: null },
      revocation: null,
    })),
    recognised: false,
    trustLists: [],
    attachments: [],
  });
  const document = { rules: { manners: ['acknowledged' as const] }, report, pages: 2 };
  const byCertificate = (index: number) => ({ by: 'certificate' as const, index });
  const seen = (page: number, text = 'smajlík') => ({ by: 'description' as const, page, text });

  it.each([
    ['one with a certificate', signing({ chosen: [byCertificate(0)] }), null],
    ['one that is only seen', signing({ chosen: [seen(2)] }), null],
    ['several', signing({ chosen: [byCertificate(0), seen(1), seen(1, 'iniciály')] }), null],
    ['none', signing(), 'signing.chosen-none'],
    ['not made here', signing({ manner: 'signed', chosen: [seen(1)] }), 'signing.manner'],
    ['a seal', signing({ chosen: [byCertificate(1)] }), 'signing.chosen-unknown'],
    ['one that could not be read', signing({ chosen: [byCertificate(2)] }), 'signing.chosen-unknown'],
    ['one that is not there', signing({ chosen: [byCertificate(3)] }), 'signing.chosen-unknown'],
    ['the same twice', signing({ chosen: [seen(1), seen(1)] }), 'signing.chosen-twice'],
    ['a page it does not have', signing({ chosen: [seen(3)] }), 'signing.chosen-page'],
  ])('%s', (_what, said, code) => {
    expect(judgeChosen(said, document)).toBe(code);
  });

  it('are none on a paper', () => {
    expect(judgeChosen(signing(), null)).toBeNull();
    expect(judgeChosen(signing({ chosen: [seen(1)] }), null)).toBe('signing.chosen-unknown');
  });
});
