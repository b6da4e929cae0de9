/**
 * A software card (SoftHSM, Debian package softhsm2) filled by `pkcs11-tool` (opensc), in a folder that goes. For
 * `*.device.test.ts` and end-to-end tests.
 */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { giveToElectronUser } from '../../scripts/places.ts';
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

  return {
    module,
    env,
    folder,
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
    /** For a desk that runs as another user; a card lets anybody in who has its PIN. */
    giveToElectronUser(): void {
      for (const name of ['.', ...readdirSync(folder, { encoding: 'utf8', recursive: true })])
        giveToElectronUser(join(folder, name));
    },
    async unplug(): Promise<void> {
      await tool('softhsm2-util', '--delete-token', '--token', label);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
