import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A throw-away trust service provider made by `openssl`: authorities, signers, lists, answers and timestamps. */

export type Holder = { name: string; der: Uint8Array };

type Profile = {
  subject: string;
  extensions: string[];
  from?: string;
  to?: string;
  key?: 'EC' | 'RSA';
};

/** QCStatements (EN 319 412-5): compliance, device, and the type: 1 signature, 2 seal. */
const qualified = (type: 1 | 2): string => {
  const der = (hex: string) => hex.match(/../g)?.join(':') ?? '';
  const compliance = '300806060400 8e460101'.replace(/ /g, '');
  const device = '300806060400 8e460104'.replace(/ /g, '');
  const kind = `30130606 04008e460106 3009 0607 04008e4601060${type}`.replace(/ /g, '');
  const body = compliance + device + kind;
  return `1.3.6.1.5.5.7.1.3=DER:${der(`30${(body.length / 2).toString(16).padStart(2, '0')}${body}`)}`;
};

export const personal = ['basicConstraints=CA:FALSE', 'keyUsage=critical,nonRepudiation,digitalSignature'];
export const authority = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
export const qualifiedPerson = [...personal, qualified(1)];
export const qualifiedSeal = [...personal, qualified(2)];
export const timestamping = [
  'basicConstraints=CA:FALSE',
  'keyUsage=critical,digitalSignature',
  'extendedKeyUsage=critical,timeStamping',
];

/** `20260131120000Z`, as openssl wants an instant. */
export const opensslTime = (time: Date): string => `${time.toISOString().replace(/\.\d+Z$|[-:T]/g, '')}Z`;

export function signingPki() {
  const folder = mkdtempSync(join(tmpdir(), 'virtuos-pki-'));
  const path = (name: string) => join(folder, name);
  const run = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const der = (name: string): Uint8Array => new Uint8Array(readFileSync(path(`${name}.der`)));
  let serial = 0x1000;

  const configFor = (issuer: string): void => {
    writeFileSync(
      path(`${issuer}.cnf`),
      [
        '[ca]\ndefault_ca=own\n[own]',
        `database=${issuer}.index\nserial=${issuer}.serial\nnew_certs_dir=.`,
        `certificate=${issuer}.pem\nprivate_key=${issuer}.key`,
        'unique_subject=no\ndefault_md=sha256\npolicy=any\ndefault_crl_days=1\ncopy_extensions=none',
        '[any]\ncommonName=supplied\norganizationName=optional\ncountryName=optional\ngivenName=optional\nsurname=optional\norganizationIdentifier=optional',
        '',
      ].join('\n'),
    );
    writeFileSync(path(`${issuer}.index`), '', { flag: 'a' });
  };

  const newKey = (name: string, kind: 'EC' | 'RSA' = 'EC'): void => {
    const option = kind === 'EC' ? 'ec_paramgen_curve:P-256' : 'rsa_keygen_bits:2048';
    run('genpkey', '-algorithm', kind, '-pkeyopt', option, '-out', `${name}.key`);
  };

  const rootOf = (name: string, subject: string): Holder => {
    newKey(name);
    run(
      ...[
        'req',
        '-x509',
        '-new',
        '-key',
        `${name}.key`,
        '-subj',
        subject,
        '-days',
        '7300',
        '-out',
        `${name}.pem`,
      ],
      ...authority.flatMap((extension) => ['-addext', extension]),
    );
    run('x509', '-in', `${name}.pem`, '-outform', 'DER', '-out', `${name}.der`);
    configFor(name);
    return { name, der: der(name) };
  };

  const issue = (issuer: string, name: string, { subject, extensions, from, to, key }: Profile): Holder => {
    newKey(name, key);
    run('req', '-new', '-key', `${name}.key`, '-subj', subject, '-utf8', '-out', `${name}.csr`);
    serial += 1;
    writeFileSync(path(`${issuer}.serial`), `${serial.toString(16)}\n`);
    writeFileSync(
      path(`${name}.ext`),
      [...extensions, 'subjectKeyIdentifier=hash', 'authorityKeyIdentifier=keyid', ''].join('\n'),
    );
    run(
      ...[
        'ca',
        '-batch',
        '-notext',
        '-utf8',
        '-config',
        `${issuer}.cnf`,
        '-extfile',
        `${name}.ext`,
        '-preserveDN',
      ],
      ...['-startdate', from ?? '20200101000000Z', '-enddate', to ?? '20450101000000Z'],
      ...['-in', `${name}.csr`, '-out', `${name}.pem`],
    );
    run('x509', '-in', `${name}.pem`, '-outform', 'DER', '-out', `${name}.der`);
    if (extensions.includes('basicConstraints=critical,CA:TRUE')) configFor(name);
    return { name, der: der(name) };
  };

  return {
    folder,
    path,
    root: rootOf,
    issue,

    /** Marks a certificate revoked at an instant; the next list tells it. */
    revoke(issuer: string, name: string, at: Date): void {
      const lines = readFileSync(path(`${issuer}.index`), 'utf8').split('\n');
      const number =
        run('x509', '-in', `${name}.pem`, '-noout', '-serial').toString().trim().split('=')[1] ?? '';
      const when = opensslTime(at).slice(2);
      writeFileSync(
        path(`${issuer}.index`),
        lines
          .map((line) => {
            const [, to, , own, ...rest] = line.split('\t');
            return own === number ? ['R', to, when, own, ...rest].join('\t') : line;
          })
          .join('\n'),
      );
    },

    list(issuer: string, thisUpdate: Date, nextUpdate: Date): Uint8Array {
      run(
        ...['ca', '-gencrl', '-config', `${issuer}.cnf`, '-out', 'crl.pem'],
        ...['-crl_lastupdate', opensslTime(thisUpdate), '-crl_nextupdate', opensslTime(nextUpdate)],
      );
      run('crl', '-in', 'crl.pem', '-outform', 'DER', '-out', 'crl.der');
      return der('crl');
    },

    /** An answer as of now, by the authority itself. */
    answer(issuer: string, name: string): Uint8Array {
      run('ocsp', '-issuer', `${issuer}.pem`, '-cert', `${name}.pem`, '-no_nonce', '-reqout', 'ocsp.req');
      run(
        ...['ocsp', '-index', `${issuer}.index`, '-CA', `${issuer}.pem`, '-rsigner', `${issuer}.pem`],
        ...['-rkey', `${issuer}.key`, '-reqin', 'ocsp.req', '-ndays', '1', '-respout', 'ocsp.der'],
      );
      return der('ocsp');
    },

    /** A detached signature over bytes. */
    sign(name: string, data: Uint8Array, options: string[] = ['-cades']): Uint8Array {
      writeFileSync(path('data'), data);
      run(
        ...['cms', '-sign', '-binary', '-in', 'data', '-signer', `${name}.pem`, '-inkey', `${name}.key`],
        ...['-md', 'sha256', '-outform', 'DER', '-out', 'cms.der', ...options],
      );
      return der('cms');
    },

    /** A timestamp token over bytes whose SHA-256 this is, as of now. */
    timestamp(name: string, digest: Uint8Array): Uint8Array {
      writeFileSync(
        path('tsa.cnf'),
        [
          '[tsa]\ndefault_tsa=own\n[own]\nserial=tsa.serial\ncrypto_device=builtin',
          `signer_cert=${name}.pem\nsigner_key=${name}.key\nsigner_digest=sha256`,
          'default_policy=1.2.3.4.1\ndigests=sha256,sha384,sha512\naccuracy=secs:1\ness_cert_id_alg=sha256\n',
        ].join('\n'),
      );
      const hex = Buffer.from(digest).toString('hex');
      run('ts', '-query', '-digest', hex, '-sha256', '-cert', '-out', 'ts.tsq');
      run(
        ...['ts', '-reply', '-config', 'tsa.cnf', '-section', 'own', '-queryfile', 'ts.tsq'],
        ...['-token_out', '-out', 'ts.der'],
      );
      return der('ts');
    },

    /** The key with its certificate and its issuer's, as a clerk's own file. */
    p12(name: string, issuer: string, password: string): Uint8Array {
      run(
        ...['pkcs12', '-export', '-in', `${name}.pem`, '-inkey', `${name}.key`, '-certfile', `${issuer}.pem`],
        ...['-passout', `pass:${password}`, '-out', `${name}.p12`],
      );
      return new Uint8Array(readFileSync(path(`${name}.p12`)));
    },

    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export type SigningPki = ReturnType<typeof signingPki>;
