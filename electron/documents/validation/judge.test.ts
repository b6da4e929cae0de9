import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { effects } from '../../values/validation-report.ts';
import type {
  CertificateFacts,
  CmsFacts,
  Facts,
  RevocationFacts,
  SignatureFacts,
  TimestampFacts,
} from './facts.ts';
import { judge, type KnownList } from './judge.ts';

const day = 86_400_000;
const now = Date.UTC(2026, 5, 1);
const signedAt = now - 400 * day;
const list: KnownList = { territory: 'CZ', number: 1, issuedAt: now - day, nextUpdate: now + 30 * day };
const svc = 'http://uri.etsi.org/TrstSvc/Svctype';

const service = (type: string, states = [{ from: 0, status: '/granted' }]) => ({
  type: `${svc}/${type}`,
  provider: 'Poskytovatel',
  name: 'Služba',
  territory: 'CZ',
  states: states.map((state) => ({ ...state, purposes: [], qualifiers: [] })),
});

const certificate = (over: Partial<CertificateFacts> = {}): CertificateFacts => ({
  id: 'signer',
  number: '4097',
  subject: { commonName: 'Jan Novák', givenName: 'Jan', surname: 'Novák' },
  issuer: { organisation: 'Poskytovatel' },
  notBefore: now - 700 * day,
  notAfter: now + 300 * day,
  isAuthority: false,
  keyUsage: [0, 1],
  purposes: undefined,
  unknownCritical: [],
  policies: [],
  qualified: { compliance: true, device: true, types: ['signature'] },
  ocspUrls: [],
  crlUrls: [],
  ...over,
});

const crl = (thisUpdate: number, over: Partial<RevocationFacts> = {}): RevocationFacts => ({
  source: 'crl',
  origin: 'embedded',
  thisUpdate,
  nextUpdate: thisUpdate + day,
  keepsExpiredFrom: undefined,
  status: 'good',
  revokedAt: undefined,
  reason: undefined,
  ...over,
});
const revokedAt = (at: number, over: Partial<RevocationFacts> = {}) =>
  crl(now - day / 2, { status: 'revoked', revokedAt: at, ...over });

type Signer = {
  certificate?: Partial<CertificateFacts>;
  revocations?: RevocationFacts[];
  services?: ReturnType<typeof service>[];
};
const cmsBy = ({
  certificate: over,
  revocations = [crl(now - day / 2)],
  services = [service('CA/QC')],
}: Signer): CmsFacts => ({
  path: {
    steps: [{ certificate: certificate(over), revocations, weak: false, ocspRequest: undefined }],
    isAnchor: false,
    services,
    unsupported: false,
  },
  digest: 'matches',
  signature: 'good',
  reference: 'matches',
  algorithm: 'SHA256',
  weak: false,
  claimedAt: undefined,
});

const stamp = (time: number, signer: Signer = {}, over: Partial<TimestampFacts> = {}): TimestampFacts => ({
  cms: cmsBy({
    services: [service('TSA/QTST')],
    revocations: [crl(time)],
    ...signer,
    certificate: { id: 'tsa', purposes: ['1.3.6.1.5.5.7.3.8'], ...signer.certificate },
  }),
  imprint: 'matches',
  time,
  number: '1',
  policy: '1.2.3',
  ...over,
});

const integrity = {
  fault: undefined,
  coversAll: true,
  end: 100,
  harmless: [],
  other: [],
  forbidsSignatures: false,
};
const signature = (over: Partial<SignatureFacts> = {}): SignatureFacts => ({
  field: 'a',
  format: 'pades',
  integrity,
  claimedAt: signedAt,
  cms: cmsBy({}),
  timestamps: [],
  ...over,
});
const documentStamp = (time: number, end: number, signer: Signer = {}): SignatureFacts =>
  signature({
    format: 'timestamp',
    integrity: { ...integrity, end },
    cms: undefined,
    claimedAt: undefined,
    timestamps: [stamp(time, signer)],
  });

const facts = (...signatures: SignatureFacts[]): Facts => ({
  format: 'pdf',
  problem: undefined,
  signatures,
  attachments: [],
});
const report = (...signatures: SignatureFacts[]) => judge(facts(...signatures), [list], now).report;
const verdict = (...signatures: SignatureFacts[]): [string, string[]] => {
  const { outcome, signatures: reports } = report(...signatures);
  return [outcome, reports[0]?.findings.map(({ code }) => code) ?? []];
};

describe('without a timestamp the present counts', () => {
  test('a good signature is valid, and recognised', () => {
    expect(verdict(signature())).toEqual(['valid', ['time.no-timestamp']]);
    expect(report(signature())).toMatchObject({
      recognised: true,
      signatures: [{ kind: 'signature', qualified: true, device: true }],
    });
  });
  test('an expired certificate leaves it undecided', () => {
    const cms = cmsBy({
      certificate: { notAfter: now - day },
      revocations: [crl(now - 2 * day, { nextUpdate: now + day })],
    });
    expect(verdict(signature({ cms }))).toEqual(['undecided', ['certificate.expired', 'time.no-timestamp']]);
  });
  test('a revoked one too, for nobody knows which came first', () => {
    const cms = cmsBy({ revocations: [revokedAt(now - day)] });
    expect(verdict(signature({ cms }))[1]).toContain('revocation.revoked-without-timestamp');
  });
  test('unless the signer says that it was after the revocation', () => {
    const cms = cmsBy({ revocations: [revokedAt(signedAt - day)] });
    expect(verdict(signature({ cms }))[0]).toBe('invalid');
  });
  test('a list older than the claimed time proves nothing', () => {
    const cms = cmsBy({ revocations: [crl(now - 2 * day, { nextUpdate: now + day })] });
    expect(verdict(signature({ cms, claimedAt: now - day }))).toEqual([
      'undecided',
      ['revocation.too-old', 'time.no-timestamp'],
    ]);
  });
  test('an outdated list neither', () => {
    expect(verdict(signature({ cms: cmsBy({ revocations: [crl(now - 2 * day)] }) }))[1]).toContain(
      'revocation.too-old',
    );
  });
});

describe('a timestamp moves the judgement to its time', () => {
  const stamped = (signer: Signer, time = signedAt): SignatureFacts =>
    signature({ cms: cmsBy(signer), timestamps: [stamp(time)] });

  test('a certificate that expired since is no fault', () => {
    const signer = { certificate: { notAfter: signedAt + 10 * day }, revocations: [crl(signedAt + day)] };
    expect(verdict(stamped(signer))).toEqual(['valid', []]);
  });
  test('nor one revoked since', () => {
    expect(verdict(stamped({ revocations: [revokedAt(signedAt + day)] }))).toEqual([
      'valid',
      ['revocation.revoked-later'],
    ]);
  });
  test('one revoked before is', () => {
    expect(verdict(stamped({ revocations: [revokedAt(signedAt - day)] }))).toEqual([
      'invalid',
      ['revocation.revoked'],
    ]);
  });
  test('one that had expired before is not proven', () => {
    const signer = { certificate: { notAfter: signedAt - day }, revocations: [crl(signedAt - 2 * day)] };
    expect(verdict(stamped(signer))[0]).toBe('undecided');
  });
  test('a list from before the timestamp proves nothing, however current it was', () => {
    expect(verdict(stamped({ revocations: [crl(signedAt - 1)] }))).toEqual([
      'undecided',
      ['revocation.too-old'],
    ]);
  });
  test('a list from after the expiry speaks only of those it keeps', () => {
    const signer = { certificate: { notAfter: signedAt + day }, revocations: [crl(signedAt + 5 * day)] };
    expect(verdict(stamped(signer))[1]).toEqual(['revocation.unknown']);
    const keeps = crl(signedAt + 5 * day, { keepsExpiredFrom: 0 });
    expect(verdict(stamped({ ...signer, revocations: [keeps] }))).toEqual(['valid', []]);
  });
  test('a claimed time after it is a lie', () => {
    expect(verdict({ ...stamped({}), claimedAt: signedAt + day })[1]).toContain('time.after-timestamp');
  });
  test('one over something else proves nothing and is told', () => {
    const broken = signature({ timestamps: [stamp(signedAt, {}, { imprint: 'differs' })] });
    expect(verdict(broken)).toEqual(['undecided', ['time.timestamp-broken']]);
  });
  test('one of a stranger proves nothing, and the signature stands as without', () => {
    const strange = signature({ timestamps: [stamp(signedAt, { services: [] })] });
    expect(verdict(strange)).toEqual(['valid', ['time.timestamp-unusable']]);
  });
  test('one whose certificate expired needs a later timestamp over the document', () => {
    const old = stamp(signedAt, {
      certificate: { notAfter: signedAt + 100 * day },
      revocations: [crl(signedAt)],
    });
    const cms = cmsBy({ certificate: { notAfter: signedAt + 50 * day }, revocations: [crl(signedAt + day)] });
    const one = signature({ cms, timestamps: [old] });
    expect(verdict(one)[0]).toBe('undecided');
    expect(verdict(one, documentStamp(signedAt + 90 * day, 200))).toEqual(['valid', []]);
    expect(verdict(one, documentStamp(signedAt + 110 * day, 200))[0]).toBe('undecided');
  });
  test('a document timestamp proves what is before it and nothing after', () => {
    const cms = cmsBy({
      certificate: { notAfter: signedAt + 10 * day },
      revocations: [crl(signedAt + 5 * day)],
    });
    const later = documentStamp(signedAt + day, 50);
    expect(verdict(signature({ cms }), later)[0]).toBe('undecided');
    expect(verdict(signature({ cms }), documentStamp(signedAt + day, 200))[0]).toBe('valid');
  });
  test('a stolen key of the authority makes timestamps of any date', () => {
    const revocations = (reason: number | undefined) => [revokedAt(now - day, { reason })];
    const by = (reason: number | undefined) =>
      report(signature({ timestamps: [stamp(signedAt, { revocations: revocations(reason) })] }));
    expect(by(1).signatures[0]?.timestamps[0]?.outcome).toBe('invalid');
    expect(by(4).signatures[0]?.timestamps[0]?.outcome).toBe('valid');
  });
});

describe('the trust list', () => {
  test('that knows no such authority leaves it undecided: that it is not recognised is not shown', () => {
    const cms = cmsBy({ services: [] });
    expect(verdict(signature({ cms }))).toEqual(['undecided', ['chain.untrusted', 'time.no-timestamp']]);
    expect(report(signature({ cms })).recognised).toBe(false);
  });
  test('that knows it as unqualified makes it valid and not recognised', () => {
    const cms = cmsBy({ services: [service('CA/PKC')] });
    expect(verdict(signature({ cms }))).toEqual(['valid', ['service.not-qualified', 'time.no-timestamp']]);
    expect(report(signature({ cms })).recognised).toBe(false);
  });
  test('decides by its history', () => {
    const states = [
      { from: now - 100 * day, status: '/withdrawn' },
      { from: 0, status: '/granted' },
    ];
    const cms = cmsBy({ services: [service('CA/QC', states)] });
    expect(verdict(signature({ cms }))[1]).toContain('service.not-granted');
    expect(verdict(signature({ cms, timestamps: [stamp(signedAt)] }))).toEqual(['valid', []]);
  });
  test('too old for the time judged leaves it undecided', () => {
    const old = { ...list, nextUpdate: now - day };
    expect(judge(facts(signature()), [old], now).report.outcome).toBe('undecided');
    expect(judge(facts(signature({ timestamps: [stamp(signedAt)] })), [old], now).report.outcome).toBe(
      'valid',
    );
  });
  test('of timestamps does not answer for signatures', () => {
    expect(verdict(signature({ cms: cmsBy({ services: [service('TSA/QTST')] }) }))[1]).toContain(
      'service.wrong-kind',
    );
  });
});

test('who signed tells a seal from a signature', () => {
  const seal = cmsBy({
    certificate: {
      subject: { commonName: 'Pečeť', organisation: 'Úřad' },
      qualified: { compliance: true, device: false, types: ['seal'] },
    },
  });
  expect(report(signature({ cms: seal })).signatures[0]).toMatchObject({
    kind: 'seal',
    signer: 'Pečeť',
    qualified: true,
    device: false,
  });
});

test('a document with timestamps alone is not signed', () => {
  expect(report(documentStamp(signedAt, 100)).findings.map(({ code }) => code)).toEqual([
    'document.no-signature',
  ]);
});

test('nothing that was found ever makes a document better', () => {
  const worse: ((fact: SignatureFacts) => SignatureFacts)[] = [
    (fact) => ({ ...fact, integrity: { ...fact.integrity, other: ['/Pages'] } }),
    (fact) => ({ ...fact, integrity: { ...fact.integrity, fault: 'range.overlaps' } }),
    (fact) => ({ ...fact, cms: fact.cms && { ...fact.cms, digest: 'differs' } }),
    (fact) => ({ ...fact, cms: fact.cms && { ...fact.cms, signature: 'bad' } }),
    (fact) => ({ ...fact, cms: fact.cms && { ...fact.cms, weak: true } }),
    (fact) => ({ ...fact, cms: fact.cms && { ...fact.cms, reference: 'differs' } }),
    (fact) => ({ ...fact, cms: fact.cms && { ...fact.cms, path: undefined, signature: 'no-certificate' } }),
    (fact) => ({ ...fact, claimedAt: now + day }),
  ];
  fc.assert(
    fc.property(fc.subarray(worse, { minLength: 1 }), fc.boolean(), (changes, isStamped) => {
      const good = signature(isStamped ? { timestamps: [stamp(signedAt)] } : {});
      const bad = changes.reduce((fact, change) => change(fact), good);
      expect(report(bad, signature()).outcome).not.toBe('valid');
      expect(report(bad).recognised).toBe(false);
    }),
  );
});

test('what is not proven is what the network is asked about', () => {
  const cms = cmsBy({ revocations: [] });
  expect(judge(facts(signature({ cms })), [list], now).unproven.map((step) => step.certificate.id)).toEqual([
    'signer',
  ]);
  expect(
    judge(facts(signature({ cms: { ...cms, path: cms.path && { ...cms.path, services: [] } } })), [list], now)
      .unproven,
  ).toEqual([]);
});

test('each code says whether it decides', () => {
  expect(new Set(Object.values(effects))).toEqual(new Set(['invalid', 'undecided', 'note']));
});
