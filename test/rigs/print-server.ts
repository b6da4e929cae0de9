import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, requireProgram, startProcess, until } from './process.ts';

/** A print server (CUPS) of the rig's own: nothing of the machine's is read, used or changed. */
export type PrintServerRig = {
  /** Adds a queue to a destination such as a printer's address or `file:/dev/null`; gives the queue's address. */
  queue(name: string, destination: string): Promise<string>;
  stop(): Promise<void>;
};

const run = promisify(execFile);

/** The user that owns filters and their files when the server is started by root, who must not run them. */
const lineprinter = async (): Promise<{ uid: number; gid: number } | null> => {
  if (process.getuid?.() !== 0) return null;
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((one) => one.startsWith('lp:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? null : { uid: Number(uid), gid: Number(gid) };
};

const files = (folder: string, asLp: boolean): string => `
ServerRoot ${folder}/etc
CacheDir ${folder}/cache
StateDir ${folder}/state
RequestRoot ${folder}/spool
TempDir ${folder}/tmp
DataDir /usr/share/cups
ServerBin /usr/lib/cups
AccessLog /dev/null
PageLog /dev/null
ErrorLog stderr
FileDevice Yes
${asLp ? 'User lp\nGroup lp\nSystemGroup root' : ''}
`;

const server = (folder: string, port: number): string => `
Listen 127.0.0.1:${port}
Listen ${folder}/socket
LogLevel warn
WebInterface No
Browsing No
DefaultAuthType None
<Location />
Order allow,deny
Allow all
</Location>
<Policy default>
JobPrivateAccess default
JobPrivateValues none
SubscriptionPrivateAccess default
SubscriptionPrivateValues none
<Limit All>
Order allow,deny
Allow all
</Limit>
</Policy>
`;

export const startPrintServer = async (): Promise<PrintServerRig> => {
  const program = requireProgram('cupsd');
  const admin = requireProgram('lpadmin');
  const folder = await mkdtemp(join(tmpdir(), 'rig-cups-'));
  const owner = await lineprinter();
  await chmod(folder, 0o755);
  for (const name of ['etc', 'cache', 'state', 'spool', 'tmp']) {
    await mkdir(join(folder, name));
    if (owner && name !== 'etc') await chown(join(folder, name), 0, owner.gid);
    await chmod(join(folder, name), name === 'etc' || name === 'state' ? 0o755 : 0o770);
  }
  await writeFile(join(folder, 'cups-files.conf'), files(folder, owner !== null));
  const port = await freePort();
  await writeFile(join(folder, 'cupsd.conf'), server(folder, port));
  const cups = startProcess(program, [
    '-f',
    '-c',
    join(folder, 'cupsd.conf'),
    '-s',
    join(folder, 'cups-files.conf'),
  ]);
  const asked = ['-h', `127.0.0.1:${port}`];
  await until('the print server', async () => {
    if (cups.exited()) throw new Error(`cupsd ended: ${cups.output()}`);
    return run(requireProgram('lpstat'), [...asked, '-r']).then(
      ({ stdout }) => stdout.includes('is running'),
      () => false,
    );
  });
  return {
    queue: async (name, destination) => {
      const model = destination.startsWith('ipp') ? 'everywhere' : 'raw';
      await run(admin, [...asked, '-p', name, '-E', '-v', destination, '-m', model]);
      return `ipp://127.0.0.1:${port}/printers/${name}`;
    },
    stop: async () => {
      await cups.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
