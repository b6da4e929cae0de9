/**
 * A software card (SoftHSM, Debian package softhsm2) filled by `pkcs11-tool` (opensc), in a folder that goes. For
 * `*.device.test.ts` and end-to-end tests.
 */
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { giveToElectronUser } from '../../scripts/places.ts';
import { certificateFile as certificateFileOf, certificatePassword } from './converted.ts';
import type { Issued } from './signing-authority.ts';

const run = promisify(execFile);

const module = '/usr/lib/softhsm/libsofthsm2.so';
export const PIN = '2468';

export async function softwareCard(label: string) {
  const folder = await mkdtemp(join(tmpdir(), 'virtuos-card-'));
  await mkdir(join(folder, 'tokens'));
  const settings = join(folder, 'softhsm2.conf');
  await writeFile(settings, `directories.tokendir = ${join(folder, 'tokens')}\nlog.level = ERROR\n`);
  const env = { SOFTHSM2_CONF: settings };
  const tool = (command: string, ...args: string[]) =>
    run(command, args, { env: { ...process.env, ...env } });
  const pkcs11 = (...args: string[]) =>
    tool('pkcs11-tool', '--module', module, '--token-label', label, '--login', '--pin', PIN, ...args);

  await tool('softhsm2-util', '--init-token', '--free', '--label', label, '--so-pin', '13579', '--pin', PIN);

  const writeCertificate = async (name: string, der: Uint8Array, id: string) => {
    const file = join(folder, `${id}.der`);
    await writeFile(file, der);
    await pkcs11('--write-object', file, '--type', 'cert', '--id', id, '--label', name);
  };

  // A card locks after wrong PINs and says so in its flags; SoftHSM never does. The tool in this folder says it for it.
  const toolFolder = join(folder, 'bin');
  const lock = join(folder, 'locked');
  await mkdir(toolFolder);
  await writeFile(
    join(toolFolder, 'pkcs11-tool'),
    `#!/bin/sh\n[ -e '${lock}' ] || exec /usr/bin/pkcs11-tool "$@"\n/usr/bin/pkcs11-tool "$@" | sed 's/token initialized/token initialized, user PIN locked/'\n`,
    { mode: 0o755 },
  );

  return {
    module,
    env,
    folder,
    /** To stand first on the PATH of a desk whose card is to lock. */
    toolFolder,
    lock: () => writeFile(lock, ''),
    unlock: () => rm(lock),
    writeCertificate,
    /** Puts a key and its certificate on the card. */
    async put({ name, certificate, keyFile }: Issued, id: string): Promise<void> {
      const key = join(folder, `${id}.key`);
      await run('openssl', ['pkcs8', '-topk8', '-nocrypt', '-in', keyFile, '-out', key]);
      await tool(
        ...(['softhsm2-util', '--import', key, '--token', label, '--label', name] as const),
        ...['--id', id, '--pin', PIN],
      );
      await writeCertificate(name, certificate, id);
    },
    /** The key of a training clerk, as the training portal gives it out, under an id such as `01`. */
    async putTrainingKey(portalUrl: string, name: string, id: string): Promise<void> {
      const file = join(folder, `${name}.p12`);
      const keyFile = join(folder, `${name}.pem.key`);
      const certificateFile = join(folder, `${name}.pem`);
      await writeFile(file, await certificateFileOf(portalUrl, name));
      const from = ['pkcs12', '-in', file, '-passin', `pass:${certificatePassword}`];
      await run('openssl', [...from, '-nocerts', '-nodes', '-out', keyFile]);
      await run('openssl', [...from, '-clcerts', '-nokeys', '-out', certificateFile]);
      const certificate = new X509Certificate(await readFile(certificateFile)).raw;
      await this.put({ name, certificate, certificateFile, keyFile }, id);
    },
    /** For a desk that runs as another user; a card lets anybody in who has its PIN. */
    giveToElectronUser(): void {
      for (const name of ['.', ...readdirSync(folder, { encoding: 'utf8', recursive: true })])
        giveToElectronUser(join(folder, name));
    },
    /** The card leaves the reader with all that is on it, and comes back. */
    takeOut: async (): Promise<void> => {
      await rename(join(folder, 'tokens'), join(folder, 'taken-out'));
      await mkdir(join(folder, 'tokens'));
    },
    putBack: async (): Promise<void> => {
      await rm(join(folder, 'tokens'), { recursive: true });
      await rename(join(folder, 'taken-out'), join(folder, 'tokens'));
    },
    async unplug(): Promise<void> {
      await tool('softhsm2-util', '--delete-token', '--token', label);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
