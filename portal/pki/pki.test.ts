import { execFileSync } from 'node:child_process';
import { createHash, verify, X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Schemas } from '../api.ts';
import {
  bodyOf,
  deskOf,
  newId,
  type TestDesk,
  type TestPortal,
  testClock,
  testPortal,
} from '../testing/portal.ts';

const ADDRESS = 'http://portal.example';
const NOW = new Date();

describe('the trust services of the training environment', () => {
  let folder: string;
  let dataDir: string;
  let portal: TestPortal;
  let desk: TestDesk;
  const file = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): string =>
    execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const get = async (url: string): Promise<Buffer> => {
    const answer = await portal.app.inject({ method: 'GET', url });
    expect(answer.statusCode, url).toBe(200);
    return answer.rawPayload;
  };
  const post = async (url: string, type: string, payload: Buffer): Promise<Buffer> => {
    const answer = await portal.app.inject({
      method: 'POST',
      url,
      payload,
      headers: { 'content-type': type },
    });
    expect(answer.statusCode).toBe(200);
    return answer.rawPayload;
  };
  const start = (): TestPortal =>
    testPortal(
      { dataDir, publicUrl: ADDRESS, publicPace: { burst: 1000, perSecond: 1 } },
      testClock(NOW.toISOString()),
    );

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pki-'));
    dataDir = join(folder, 'data');
    portal = start();
    await portal.app.ready();
    desk = await portal.enrol();
    for (const issuer of ['root', 'ca']) {
      writeFileSync(file(`${issuer}.cer`), await get(`/pki/${issuer}.cer`));
      openssl('x509', '-inform', 'DER', '-in', `${issuer}.cer`, '-out', `${issuer}.pem`);
      writeFileSync(file(`${issuer}.crl`), await get(`/pki/${issuer}.crl`));
      openssl('crl', '-inform', 'DER', '-in', `${issuer}.crl`, '-out', `${issuer}.crl.pem`);
    }
    for (const name of ['novakova', 'revoked', 'expired']) {
      writeFileSync(file(`${name}.p12`), await get(`/pki/cvicne/${name}.p12`));
      const of = ['pkcs12', '-in', `${name}.p12`, '-passin', 'pass:Cvicny-Certifikat-1'];
      openssl(...of, '-nokeys', '-clcerts', '-out', `${name}.pem`);
      openssl(...of, '-nocerts', '-nodes', '-out', `${name}.key`);
    }
  });
  afterAll(async () => {
    await portal.close();
    rmSync(folder, { recursive: true });
  });
  const chain = ['-CAfile', 'root.pem', '-untrusted', 'ca.pem'];

  it('gives each clerk a certificate and its key that openssl reads and believes', () => {
    const crl = ['-crl_check_all', '-CRLfile', 'ca.crl.pem', '-CRLfile', 'root.crl.pem'];
    expect(openssl('verify', '-x509_strict', ...chain, ...crl, 'novakova.pem')).toContain('novakova.pem: OK');
    const subject = openssl('x509', '-in', 'novakova.pem', '-noout', '-subject', '-nameopt', 'utf8');
    expect(subject.trim()).toBe(
      'subject=C=CZ, O=Městský úřad Klatovy, organizationIdentifier=NTRCZ-99900114, GN=Žaneta, SN=Nováková, serialNumber=CV - 00000001, CN=Bc. Žaneta Nováková',
    );
    const certificate = new X509Certificate(openssl('x509', '-in', 'novakova.pem'));
    expect(certificate.infoAccess).toContain(`${ADDRESS}/pki/ocsp`);
    writeFileSync(file('message'), 'zpráva');
    openssl('dgst', '-sha256', '-sign', 'novakova.key', '-out', 'signature', 'message');
    writeFileSync(file('novakova.pub'), openssl('x509', '-in', 'novakova.pem', '-noout', '-pubkey'));
    expect(
      openssl('dgst', '-sha256', '-verify', 'novakova.pub', '-signature', 'signature', 'message'),
    ).toContain('Verified OK');
    expect(() => openssl('verify', ...chain, ...crl, 'revoked.pem')).toThrow(/revoked/);
    expect(() => openssl('verify', ...chain, 'expired.pem')).toThrow(/expired/);
  });

  it('answers by OCSP, also to who asks in the address, and knows only its own', async () => {
    const ask = async (name: string): Promise<string> => {
      openssl('ocsp', '-issuer', 'ca.pem', '-cert', `${name}.pem`, '-reqout', 'request', '-no_nonce');
      const request = readFileSync(file('request'));
      const answers = [
        await post('/pki/ocsp', 'application/ocsp-request', request),
        await get(`/pki/ocsp/${encodeURIComponent(request.toString('base64'))}`),
      ];
      writeFileSync(file('answer'), answers[0] ?? '');
      expect(answers[1]?.length).toBeGreaterThan(100);
      return openssl(
        'ocsp',
        '-respin',
        'answer',
        '-issuer',
        'ca.pem',
        '-cert',
        `${name}.pem`,
        '-CAfile',
        'root.pem',
        '-verify_other',
        'ca.pem',
        '-no_nonce',
      );
    };
    expect(await ask('novakova')).toContain('novakova.pem: good');
    expect(await ask('revoked')).toContain('revoked.pem: revoked');
    const nonsense = await post('/pki/ocsp', 'application/ocsp-request', Buffer.from('nonsense'));
    expect(nonsense.toString('hex'), 'malformedRequest').toBe('30030a0101');
  });

  it.each([1, 2])('stamps time at /tsa/%s as openssl wants it', async (unit) => {
    writeFileSync(file('document'), `dokument ${unit}`);
    const item = await trustItem();
    const policy = item.timestampAuthorities[unit - 1]?.policy ?? '';
    const ways: [string, string[]][] = [
      ['-sha256', ['-cert', '-tspolicy', policy]],
      ['-sha512', ['-no_nonce']],
    ];
    for (const [digest, extra] of ways) {
      openssl('ts', '-query', '-data', 'document', digest, ...extra, '-out', 'request.tsq');
      const request = readFileSync(file('request.tsq'));
      writeFileSync(file('reply.tsr'), await post(`/tsa/${unit}`, 'application/timestamp-query', request));
      const untrusted = extra.includes('-cert') ? ['-untrusted', 'ca.pem'] : null;
      if (untrusted !== null) {
        expect(
          openssl(
            'ts',
            '-verify',
            '-queryfile',
            'request.tsq',
            '-in',
            'reply.tsr',
            '-CAfile',
            'root.pem',
            ...untrusted,
          ),
        ).toContain('Verification: OK');
      }
      const text = openssl('ts', '-reply', '-in', 'reply.tsr', '-text');
      expect(text).toContain('Status: Granted');
      expect(text).toContain(`Policy OID: ${policy}`);
    }
    writeFileSync(file('document'), 'jiný dokument');
    openssl('ts', '-query', '-data', 'document', '-sha256', '-out', 'other.tsq');
    expect(() =>
      openssl(
        'ts',
        '-verify',
        '-queryfile',
        'other.tsq',
        '-in',
        'reply.tsr',
        '-CAfile',
        'root.pem',
        '-untrusted',
        'ca.pem',
      ),
    ).toThrow();
  });

  it('says why it does not stamp', async () => {
    writeFileSync(file('document'), 'dokument');
    const reason = async (...args: string[]): Promise<string> => {
      openssl('ts', '-query', '-data', 'document', '-out', 'request.tsq', ...args);
      const request = readFileSync(file('request.tsq'));
      writeFileSync(file('reply.tsr'), await post('/tsa/1', 'application/timestamp-query', request));
      return openssl('ts', '-reply', '-in', 'reply.tsr', '-text');
    };
    expect(await reason('-sha1')).toMatch(/Rejected[\s\S]*nrecognized or unsupported algorithm/);
    expect(await reason('-sha256', '-tspolicy', '1.2.3.4')).toMatch(/Rejected[\s\S]*policy/);
    writeFileSync(file('reply.tsr'), await post('/tsa/1', 'application/timestamp-query', Buffer.from('x')));
    expect(openssl('ts', '-reply', '-in', 'reply.tsr', '-text')).toContain(
      'data submitted has the wrong format',
    );
  });

  const trustItem = async (): Promise<Schemas['TrustServices']> => {
    const page = bodyOf<Schemas['MasterPage']>(await desk.call('GET', '/master/trust'));
    const [item] = page.items;
    expect(item).toMatchObject({ id: 'trust-services' });
    return JSON.parse(JSON.stringify(item && 'data' in item ? item.data : null));
  };

  it('tells the desks by signed master data where everything is, and whom to trust', async () => {
    const item = await trustItem();
    expect(item).toMatchObject({
      timestampAuthorities: [{ url: `${ADDRESS}/tsa/1` }, { url: `${ADDRESS}/tsa/2` }],
      publicPages: { clauses: `${ADDRESS}/overeni`, depot: `${ADDRESS}/uschovna` },
    });
    const { xml, sha256 } = item.trustList;
    expect(createHash('sha256').update(xml).digest('hex')).toBe(sha256);
    expect((await get('/pki/trust-list.xml')).toString('utf8')).toBe(xml);
    const ca = readFileSync(file('ca.cer')).toString('base64');
    expect(xml).toContain(`<X509Certificate>${ca}</X509Certificate>`);
  });

  it('signs the trusted list over exactly what stands in it', async () => {
    const { xml } = (await trustItem()).trustList;
    const one = (pattern: RegExp): string => pattern.exec(xml)?.[1] ?? '';
    const text = xml.replace(/^<\?xml[^>]*\?>\n/, '').trimEnd();
    const whole = createHash('sha256').update(text.replace(/<ds:Signature [\s\S]*<\/ds:Signature>/, ''));
    const digests = [...xml.matchAll(/<ds:DigestValue>([^<]+)</g)].map(([, value]) => value);
    expect(digests[0]).toBe(whole.digest('base64'));
    const DS = 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"';
    const info = one(/(<ds:SignedInfo>[\s\S]*<\/ds:SignedInfo>)/).replace(
      '<ds:SignedInfo>',
      `<ds:SignedInfo ${DS}>`,
    );
    const signer = new X509Certificate(Buffer.from(one(/<ds:X509Certificate>([^<]+)</), 'base64'));
    const value = Buffer.from(one(/<ds:SignatureValue>([^<]+)</), 'base64');
    const key = { key: signer.publicKey, dsaEncoding: 'ieee-p1363' } as const;
    expect(verify('sha256', Buffer.from(info), key, value)).toBe(true);
    expect(verify('sha256', Buffer.from(info.replace('sha256', 'sha255')), key, value)).toBe(false);
    expect(digests.at(-1), 'the signer named in what is signed').toBe(
      createHash('sha256').update(signer.raw).digest('base64'),
    );
  });

  it('seals for a desk with its own office’s key, the same to the same id, and another thing under it never', async () => {
    const sealing = bodyOf<{ chain: string[]; seal: Schemas['SealReference'] }>(
      await desk.call('GET', '/seals/certificate'),
    );
    const certificate = new X509Certificate(Buffer.from(sealing.chain[0] ?? '', 'base64'));
    expect(certificate.subject).toContain('organizationIdentifier=NTRCZ-99900114');
    expect(sealing.chain).toHaveLength(3);
    expect(sealing.seal).toEqual({
      certificateNumber: BigInt(`0x${certificate.serialNumber}`).toString(),
      provider: 'Cvičný poskytovatel služeb VIRTUOS, CVIČNÝ Qualified CA',
    });
    const id = newId();
    const ask = (text: string, who = desk) =>
      who.call('POST', '/seals', {
        json: { id, algorithm: 'ecdsa-sha256', dataToBeSigned: Buffer.from(text).toString('base64') },
      });
    const { signature } = bodyOf<{ signature: string }>(await ask('atributy'));
    expect(
      verify('sha256', Buffer.from('atributy'), certificate.publicKey, Buffer.from(signature, 'base64')),
    ).toBe(true);
    expect(bodyOf(await ask('atributy'))).toEqual({ signature });
    const other = await portal.enrol('nyrsko');
    for (const wrong of [ask('jiné'), ask('atributy', other)])
      expect(await wrong).toMatchObject({ status: 409, body: { code: 'seal.content-differs' } });
  });

  it('keeps its keys in files nobody else may read, and is the same after a restart', async () => {
    const keys = readdirSync(join(dataDir, 'pki'));
    expect(keys).toContain('root.pem');
    expect(keys).toContain('clerk-novakova.p12');
    for (const key of keys) expect(statSync(join(dataDir, 'pki', key)).mode & 0o777, key).toBe(0o600);
    const before = await trustItem();
    await portal.close();
    portal = start();
    await portal.app.ready();
    desk = deskOf(portal.call, desk.deskId, desk.token);
    expect(await trustItem()).toEqual(before);
    expect(await get('/pki/ca.cer')).toEqual(readFileSync(file('ca.cer')));
    expect(existsSync(join(dataDir, 'pki', 'root.pem.part'))).toBe(false);
  });

  it('issues certificates anew for the old keys where it is reached at another address', async () => {
    const keyOf = (certificate: Buffer) =>
      new X509Certificate(certificate).publicKey.export({ format: 'jwk' });
    const before = readFileSync(file('ca.cer'));
    await portal.close();
    portal = testPortal({ dataDir, publicUrl: 'http://elsewhere.example' }, testClock(NOW.toISOString()));
    await portal.app.ready();
    desk = deskOf(portal.call, desk.deskId, desk.token);
    const after = await get('/pki/ca.cer');
    expect(new X509Certificate(after).infoAccess).toContain('http://elsewhere.example/pki/ocsp');
    expect(keyOf(after)).toEqual(keyOf(before));
    expect(await get('/pki/root.cer'), 'the root names no address').toEqual(readFileSync(file('root.cer')));
    const item = await trustItem();
    expect(item.timestampAuthorities[0]?.url).toBe('http://elsewhere.example/tsa/1');
    expect(item.trustList.xml).toContain(after.toString('base64'));
    openssl('ocsp', '-issuer', 'ca.pem', '-cert', 'novakova.pem', '-reqout', 'request', '-no_nonce');
    writeFileSync(
      file('answer'),
      await post('/pki/ocsp', 'application/ocsp-request', readFileSync(file('request'))),
    );
    const answer = ['-respin', 'answer', '-issuer', 'ca.pem', '-cert', 'novakova.pem', '-noverify'];
    expect(openssl('ocsp', ...answer), 'what was issued before stays good').toContain('novakova.pem: good');
  });

  it('says that it has none before it knows where it is reached', async () => {
    const unready = testPortal();
    try {
      expect((await unready.app.inject({ url: '/pki/ca.cer' })).statusCode).toBe(503);
      const early = await unready.enrol();
      expect(await early.call('GET', '/seals/certificate')).toMatchObject({
        status: 503,
        body: { code: 'trust.unavailable', retryable: true },
      });
    } finally {
      await unready.close();
    }
  });
});
