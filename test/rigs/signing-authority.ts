/**
 * Throw-away authorities for signatures, made and run by `openssl` (Debian package openssl): a root, an authority below it,
 * what that issues, its CRL and OCSP answers, and timestamp authorities, good and hostile. One HTTP server on this machine
 * gives out all of it.
 */
import { execFile } from 'node:child_process';
import { randomUUID, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const POLICY = '1.3.6.1.4.1.99999.1';
const OTHER_POLICY = '1.3.6.1.4.1.99999.2';

export type Kind = 'clerk' | 'timestamps' | 'responder' | 'authority';
export type KeyKind = 'rsa' | 'ec';

export type Issued = {
  name: string;
  /** DER. */
  certificate: Uint8Array;
  /** Of the PEM files, in the rig's folder. */
  certificateFile: string;
  keyFile: string;
};

export type SigningAuthority = Awaited<ReturnType<typeof startSigningAuthority>>;

const timestampAuthorities = [
  'good',
  'second',
  'wrong-nonce',
  'wrong-imprint',
  'wrong-policy',
  'expired',
  'wrong-purpose',
  'tampered',
  'refusing',
  'stranger',
  'garbage',
  'failing',
  'endless',
  'silent',
] as const;
export type AuthorityName = (typeof timestampAuthorities)[number];

export async function startSigningAuthority() {
  const folder = await mkdtemp(join(tmpdir(), 'virtuos-signing-'));
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder, encoding: 'buffer' });
  const write = (name: string, content: string | Uint8Array) => writeFile(at(name), content);

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const base = `http://127.0.0.1:${address.port}`;

  const newKey = (name: string, kind: KeyKind) =>
    openssl(
      'genpkey',
      ...(kind === 'rsa'
        ? ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']
        : ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']),
      '-out',
      `${name}.key`,
    );

  const selfSigned = async (name: string): Promise<void> => {
    await newKey(name, 'ec');
    await openssl(
      ...['req', '-x509', '-new', '-key', `${name}.key`, '-subj', `/CN=${name}`, '-days', '3650'],
      ...['-addext', 'keyUsage=critical,keyCertSign,cRLSign', '-out', `${name}.pem`],
    );
  };

  const extensions = (kind: Kind, revocation: readonly ('crl' | 'ocsp')[], issuer: string) =>
    [
      'subjectKeyIdentifier=hash',
      'authorityKeyIdentifier=keyid',
      ...{
        clerk: ['keyUsage=critical,nonRepudiation,digitalSignature', 'basicConstraints=CA:FALSE'],
        timestamps: ['keyUsage=critical,digitalSignature', 'extendedKeyUsage=critical,timeStamping'],
        responder: ['keyUsage=critical,digitalSignature', 'extendedKeyUsage=OCSPSigning', 'noCheck=ignored'],
        authority: ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'],
      }[kind],
      ...(revocation.includes('crl') ? [`crlDistributionPoints=URI:${base}/crl/${issuer}`] : []),
      ...(revocation.includes('ocsp') ? [`authorityInfoAccess=OCSP;URI:${base}/ocsp`] : []),
    ].join('\n');

  const settingsOf = (issuer: string) => `[ca]
default_ca = test
[test]
database = ${issuer}.index
new_certs_dir = .
certificate = ${issuer}.pem
private_key = ${issuer}.key
rand_serial = yes
unique_subject = no
default_md = sha256
default_crl_days = 7
policy = any
[any]
commonName = supplied
`;

  /** Issues a certificate; `from` and `to` are instants as `20200101000000Z`. */
  async function issue(
    name: string,
    kind: Kind,
    {
      key = 'ec',
      revocation = ['crl'],
      issuer = 'issuing',
      from,
      to,
    }: {
      key?: KeyKind;
      revocation?: readonly ('crl' | 'ocsp')[];
      issuer?: string;
      from?: string;
      to?: string;
    } = {},
  ): Promise<Issued> {
    await newKey(name, key);
    await openssl(
      ...['req', '-new', '-utf8', '-key', `${name}.key`, '-subj', `/CN=${name}`, '-out', `${name}.csr`],
    );
    await write(`${name}.ext`, extensions(kind, revocation, issuer));
    await openssl(
      ...['ca', '-batch', '-utf8', '-config', `${issuer}.cnf`, '-extfile', `${name}.ext`, '-notext'],
      ...(from && to ? ['-startdate', from, '-enddate', to] : ['-days', '365']),
      ...['-in', `${name}.csr`, '-out', `${name}.pem`],
    );
    const certificate = new X509Certificate(await readFile(at(`${name}.pem`))).raw;
    return { name, certificate, certificateFile: at(`${name}.pem`), keyFile: at(`${name}.key`) };
  }

  /** Publishes the list anew; `saying`: extensions of the list, as openssl's settings write them. */
  const publish = async (issuer: string, saying: readonly string[] = []): Promise<void> => {
    await write(`${issuer}-list.cnf`, [settingsOf(issuer), '[list]', ...saying, ''].join('\n'));
    const extensions = saying.length === 0 ? [] : ['-crlexts', 'list'];
    await openssl(
      ...['ca', '-config', `${issuer}-list.cnf`, '-gencrl', ...extensions, '-out', `${issuer}.crl`],
    );
  };

  for (const name of ['root', 'stranger-root']) await selfSigned(name);
  for (const issuer of ['root', 'issuing', 'stranger-root']) {
    await write(`${issuer}.index`, '');
    await write(`${issuer}.cnf`, settingsOf(issuer));
  }
  await issue('issuing', 'authority', { issuer: 'root' });
  const past = { from: '20200101000000Z', to: '20210101000000Z' };
  await issue('good-tsa', 'timestamps');
  await issue('expired-tsa', 'timestamps', past);
  await issue('stranger-tsa', 'timestamps', { issuer: 'stranger-root' });
  await issue('responder', 'responder', { revocation: [] });
  await issue('not-a-tsa', 'clerk');
  for (const issuer of ['root', 'issuing']) await publish(issuer);
  await write(
    'chain.pem',
    Buffer.concat([await readFile(at('issuing.pem')), await readFile(at('root.pem'))]),
  );
  for (const name of ['good', 'expired', 'stranger']) {
    await write(`${name}.serial`, '01');
    await write(
      `${name}-tsa.cnf`,
      `[tsa]
default_tsa = test
[test]
serial = ${name}.serial
crypto_device = builtin
signer_cert = ${name}-tsa.pem
certs = issuing.pem
signer_key = ${name}-tsa.key
signer_digest = sha256
default_policy = ${OTHER_POLICY}
other_policies = ${POLICY}
digests = sha256
ess_cert_id_alg = sha256
`,
    );
  }

  const reply = async (query: Uint8Array, tsa = 'good'): Promise<Buffer> => {
    const id = randomUUID();
    await write(`${id}.tsq`, query);
    await openssl(
      ...['ts', '-reply', '-config', `${tsa}-tsa.cnf`, '-queryfile', `${id}.tsq`, '-out', `${id}.tsr`],
    );
    return readFile(at(`${id}.tsr`));
  };
  /** Another question than the one that was asked. */
  const questionOf = async (digest: string, policy?: string): Promise<Buffer> =>
    (
      await openssl(
        ...['ts', '-query', '-sha256', '-digest', digest, '-cert'],
        ...(policy === undefined ? [] : ['-tspolicy', policy]),
      )
    ).stdout;
  const digestIn = (query: Buffer): string => {
    // An OCTET STRING of 32 bytes: the imprint is the only one in a question.
    const place = query.indexOf(Buffer.from([0x04, 0x20]));
    return query.subarray(place + 2, place + 34).toString('hex');
  };
  const delivered = new Map<string, number>();

  const timestampAnswers: Record<
    AuthorityName,
    (query: Buffer, response: ServerResponse) => Promise<Uint8Array | undefined> | undefined
  > = {
    good: (query) => reply(query),
    second: (query) => reply(query),
    'wrong-nonce': async (query) => reply(await questionOf(digestIn(query), POLICY)),
    'wrong-imprint': async () => reply(await questionOf('ab'.repeat(32), POLICY)),
    'wrong-policy': async (query) => reply(await questionOf(digestIn(query))),
    expired: (query) => reply(query, 'expired'),
    'wrong-purpose': async (query) => signedByClerk(await reply(query)),
    tampered: async (query) => {
      const answered = await reply(query);
      answered[answered.length - 1] = (answered.at(-1) ?? 0) ^ 1;
      return answered;
    },
    refusing: async (query) => reply(await questionOf(digestIn(query), '1.2.3.4')),
    stranger: (query) => reply(query, 'stranger'),
    garbage: async () => Buffer.from('<html>the captive portal of a hotel</html>'),
    failing: (_query, response) => {
      response.writeHead(503).end();
      return undefined;
    },
    endless: (_query, response) => {
      const pour = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', pour);
      pour();
      return undefined;
    },
    silent: () => undefined,
  };

  /** The same timestamp, signed with a certificate that is for something else. */
  const signedByClerk = async (answered: Buffer): Promise<Buffer> => {
    const id = randomUUID();
    await write(`${id}.tsr`, answered);
    await openssl('ts', '-reply', '-in', `${id}.tsr`, '-token_out', '-out', `${id}.tst`);
    await openssl(
      ...['cms', '-verify', '-noverify', '-inform', 'DER', '-in', `${id}.tst`, '-out', `${id}.info`],
    );
    await openssl(
      ...['cms', '-sign', '-cades', '-binary', '-nodetach', '-econtent_type', 'id-smime-ct-TSTInfo'],
      ...['-signer', 'not-a-tsa.pem', '-inkey', 'not-a-tsa.key', '-md', 'sha256'],
      ...['-in', `${id}.info`, '-outform', 'DER', '-out', `${id}.cms`],
    );
    const token = await readFile(at(`${id}.cms`));
    const content = Buffer.concat([Buffer.from([0x30, 0x03, 0x02, 0x01, 0x00]), token]);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(content.length);
    return Buffer.concat([Buffer.from([0x30, 0x82]), length, content]);
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    const path = request.url ?? '';
    delivered.set(path, (delivered.get(path) ?? 0) + 1);
    const [, what, name = ''] = path.split('/');
    if (what === 'crl') {
      const der = (await openssl('crl', '-in', `${name}.crl`, '-outform', 'DER')).stdout;
      response.writeHead(200, { 'content-type': 'application/pkix-crl' }).end(der);
    } else if (what === 'ocsp') {
      const id = randomUUID();
      await write(`${id}.req`, body);
      await openssl(
        ...['ocsp', '-index', 'issuing.index', '-CA', 'issuing.pem', '-rsigner', 'responder.pem'],
        ...['-rkey', 'responder.key', '-reqin', `${id}.req`, '-respout', `${id}.resp`, '-ndays', '1'],
      );
      response.writeHead(200, { 'content-type': 'application/ocsp-response' });
      response.end(await readFile(at(`${id}.resp`)));
    } else {
      const authority = timestampAuthorities.find((known) => known === name);
      if (what !== 'tsa' || authority === undefined) throw new Error(`nothing at ${path}`);
      const answered = await timestampAnswers[authority](body, response);
      if (answered !== undefined)
        response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(answered);
    }
  }

  const certificateOf = async (name: string) => new X509Certificate(await readFile(at(`${name}.pem`)));

  return {
    folder,
    openssl,
    rootFile: at('root.pem'),
    chainFile: at('chain.pem'),
    root: await certificateOf('root'),
    issuing: await certificateOf('issuing'),
    issue,
    /** A PKCS#12 file of a certificate with its key and its issuer. */
    async keyFile({ name }: Issued, password: string, ...options: string[]): Promise<Uint8Array> {
      await openssl(
        ...['pkcs12', '-export', '-inkey', `${name}.key`, '-in', `${name}.pem`, '-certfile', 'chain.pem'],
        ...['-passout', `pass:${password}`, '-out', `${name}.p12`, ...options],
      );
      return readFile(at(`${name}.p12`));
    },
    async revoke({ name }: Issued): Promise<void> {
      await openssl('ca', '-config', 'issuing.cnf', '-revoke', `${name}.pem`);
      await publish('issuing');
    },
    /** Publishes the list of the issuing authority anew with these extensions. */
    publishSaying: (...saying: string[]) => publish('issuing', saying),
    /** Where that list is. */
    listUrl: `${base}/crl/issuing`,
    timestampUrl: (name: AuthorityName) => `${base}/tsa/${name}`,
    /** How often something was asked for. */
    asked: (path: string) => delivered.get(path) ?? 0,
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
