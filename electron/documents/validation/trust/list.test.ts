import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ListedService, pointerXml, signXml, trustListXml } from '../../../../test/rigs/trust-list.ts';
import { readTrustList } from './list.ts';

let folder: string;
const keys: Record<string, { key: string; der: Uint8Array }> = {};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtuos-list-'));
  for (const name of ['scheme', 'other', 'ca']) {
    const file = join(folder, name);
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        `${file}.key`,
        '-out',
        `${file}.pem`,
        '-subj',
        `/CN=${name}`,
        '-days',
        '3650',
      ],
      { stdio: 'pipe' },
    );
    keys[name] = {
      key: readFileSync(`${file}.key`, 'utf8'),
      der: new Uint8Array(new X509Certificate(readFileSync(`${file}.pem`)).raw),
    };
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const key = (name: string) => keys[name] ?? { key: '', der: new Uint8Array() };

const services = (): ListedService[] => [
  {
    type: 'CA/QC',
    name: 'Kvalifikované certifikáty',
    certificate: key('ca').der,
    states: [
      {
        status: 'withdrawn',
        from: '2026-03-01T00:00:00Z',
      },
      {
        status: 'granted',
        from: '2017-01-01T00:00:00Z',
        extensions: `<Extension Critical="false"><AdditionalServiceInformation><URI xml:lang="en">http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/ForeSignatures</URI></AdditionalServiceInformation></Extension>
<Extension Critical="true"><q:Qualifications><q:QualificationElement><q:Qualifiers><q:Qualifier uri="http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/QCWithQSCD"/></q:Qualifiers>
<q:CriteriaList assert="all"><q:PolicySet><q:PolicyIdentifier><x:Identifier xmlns:x="http://uri.etsi.org/01903/v1.3.2#">urn:oid:1.2.3</x:Identifier></q:PolicyIdentifier></q:PolicySet></q:CriteriaList></q:QualificationElement></q:Qualifications></Extension>`,
      },
    ],
  },
];

const signedList = () => signXml(trustListXml(services()), key('scheme').key);

describe('a trust list', () => {
  test('is read with its services and their past', () => {
    const list = readTrustList(signedList(), [key('other').der, key('scheme').der]);
    expect(list).toMatchObject({
      ok: true,
      value: {
        territory: 'CZ',
        number: 7,
        issuedAt: Date.UTC(2026, 0, 1),
        nextUpdate: Date.UTC(2026, 5, 30),
        services: [
          {
            type: 'http://uri.etsi.org/TrstSvc/Svctype/CA/QC',
            provider: 'Poskytovatel',
            name: 'Kvalifikované certifikáty',
            certificates: [key('ca').der],
            states: [
              { from: Date.UTC(2026, 2, 1) },
              {
                from: Date.UTC(2017, 0, 1),
                purposes: ['signature'],
                qualifiers: [
                  { names: ['QCWithQSCD'], criteria: { require: 'all', policySets: [['1.2.3']] } },
                ],
              },
            ],
          },
        ],
      },
    });
  });

  test('of lists leads to a national one', () => {
    const pointers = pointerXml('CZ', 'https://tsl.test/cz.xml', key('other').der);
    const lists = readTrustList(signXml(trustListXml([], { pointers, territory: 'EU' }), key('scheme').key), [
      key('scheme').der,
    ]);
    const [pointer] = lists.ok ? lists.value.pointers : [];
    expect(pointer).toEqual({
      territory: 'CZ',
      url: 'https://tsl.test/cz.xml',
      mimeType: 'application/vnd.etsi.tsl+xml',
      signers: [key('other').der],
    });
    expect(readTrustList(signedList(), pointer?.signers ?? []).ok).toBe(false);
  });

  const refused: [name: string, xml: () => string, error: string][] = [
    [
      'signed by a stranger',
      () => signXml(trustListXml(services()), key('other').key),
      'trust-list.signature',
    ],
    ['not signed', () => trustListXml(services()), 'trust-list.signature'],
    ['changed', () => signedList().replace('withdrawn', 'granted'), 'trust-list.signature'],
    [
      'signed in an inner part, wrapped into another list',
      () =>
        signedList()
          .replace(/^<\?xml[^>]*>/, '')
          .replace(/^\s*/, '<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#">')
          .concat('</TrustServiceStatusList>'),
      'trust-list.signature',
    ],
    [
      'with entities',
      () => signedList().replace('?>', '?><!DOCTYPE a [<!ENTITY b "c">]>'),
      'trust-list.unreadable',
    ],
    ['cut short', () => signedList().slice(0, 900), 'trust-list.unreadable'],
    ['another document', () => signXml('<list/>', key('scheme').key), 'trust-list.malformed'],
  ];
  test.each(refused)('%s is refused', (_, xml, error) => {
    expect(readTrustList(xml(), [key('scheme').der])).toEqual({ ok: false, error });
  });
});
