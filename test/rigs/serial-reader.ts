import { closeSync, constants, existsSync, openSync, writeSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RigProcess, requireProgram, startProcess, until } from './process.ts';

/** A virtual document reader: two pseudo-terminals joined by socat; the desk opens `path`, the rig speaks into the other. */
export type SerialReaderRig = {
  path: string;
  /** Sends bytes (text as Latin-1), all at once. */
  send(data: string | Uint8Array): void;
  unplug(): Promise<void>;
  plugIn(): Promise<void>;
  stop(): Promise<void>;
};

/** `shared`: other users of the machine may open it too (the rig runs as root, the desk as an unprivileged user). */
export const startSerialReader = async (options: { shared?: boolean } = {}): Promise<SerialReaderRig> => {
  const socat = requireProgram('socat');
  const folder = await mkdtemp(join(tmpdir(), 'rig-serial-'));
  if (options.shared) await chmod(folder, 0o755);
  const mode = options.shared ? ',mode=666' : '';
  const path = join(folder, 'desk');
  const far = join(folder, 'reader');
  let cable: { process: RigProcess; speaking: number; held: number } | undefined;

  const plugIn = async () => {
    if (cable) return;
    const process = startProcess(socat, [`pty,raw,echo=0,link=${path}${mode}`, `pty,raw,echo=0,link=${far}`]);
    await until(`socat's terminals (${process.output()})`, () => {
      if (process.exited()) throw new Error(`socat ended: ${process.output()}`);
      return existsSync(path) && existsSync(far);
    });
    const flags = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK;
    // Held open, so that the desk closing its end does not hang up the line: a real reader stays plugged in.
    cable = { process, speaking: openSync(far, flags), held: openSync(path, flags) };
  };

  const unplug = async () => {
    if (!cable) return;
    const { process, speaking, held } = cable;
    cable = undefined;
    await process.stop();
    closeSync(speaking);
    closeSync(held);
    await rm(path, { force: true });
    await rm(far, { force: true });
  };

  await plugIn();
  return {
    path,
    send: (data) => {
      if (!cable) throw new Error('the reader is unplugged');
      const bytes = typeof data === 'string' ? Buffer.from(data, 'latin1') : Buffer.from(data);
      let sent = 0;
      while (sent < bytes.length) sent += writeSync(cable.speaking, bytes, sent);
    },
    unplug,
    plugIn,
    stop: async () => {
      await unplug();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
