import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Issued = { cert: string; key: string };

/** An authority of its own and what it issues, made by `openssl` (Debian package openssl) in a folder that goes. */
export function testAuthority() {
  const folder = mkdtempSync(join(tmpdir(), 'virtuos-ca-'));
  const run = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  };
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const newKey = (name: string): void =>
    run('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', `${name}.key`);
  newKey('ca');
  run(
    'req',
    '-x509',
    '-new',
    '-key',
    'ca.key',
    '-subj',
    '/CN=Test authority',
    '-days',
    '3650',
    '-out',
    'ca.pem',
  );
  writeFileSync(join(folder, 'index'), '');
  writeFileSync(
    join(folder, 'ca.cnf'),
    `[ca]
default_ca = test
[test]
database = index
new_certs_dir = .
certificate = ca.pem
private_key = ca.key
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
commonName = supplied
`,
  );

  return {
    ca: read('ca.pem'),
    /** A certificate; `from` and `to` are instants as `20200101000000Z`. */
    issue(name: string, { from, to }: { from?: string; to?: string } = {}): Issued {
      newKey(name);
      run('req', '-new', '-key', `${name}.key`, '-subj', `/CN=${name}`, '-out', `${name}.csr`);
      writeFileSync(join(folder, 'ext'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
      const times = from && to ? ['-startdate', from, '-enddate', to] : ['-days', '365'];
      run(
        'ca',
        '-batch',
        '-config',
        'ca.cnf',
        '-extfile',
        'ext',
        '-notext',
        ...times,
        '-in',
        `${name}.csr`,
        '-out',
        `${name}.pem`,
      );
      return { cert: read(`${name}.pem`), key: read(`${name}.key`) };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
