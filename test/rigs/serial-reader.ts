import { execFileSync } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, readSync, writeSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RigProcess, requireProgram, startProcess, until } from './process.ts';

/** A virtual document reader: two pseudo-terminals joined by socat; the desk opens `path`, the rig speaks into the other. */
export type SerialReaderRig = {
  path: string;
  /** Sends bytes (text as Latin-1), all at once; over a line of its own speed as the desk hears them at its speed. */
  send(data: string | Uint8Array): void;
  /** The speed the desk set, in baud. */
  deskSpeed(): number;
  /** Calls back with what the desk sends. */
  onAsked(listener: (bytes: Uint8Array) => void): void;
  unplug(): Promise<void>;
  plugIn(): Promise<void>;
  stop(): Promise<void>;
};

/** A reader's own line; a pseudo-terminal carries every byte, whatever either end sets. */
export type ReaderLine = { baudRate: number; parity: 'none' | 'even' | 'odd' };

const parityOf = (byte: number): number => byte.toString(2).replaceAll('0', '').length % 2;

/** The speed the desk set its end to. */
const deskSpeed = (path: string): number =>
  Number(/speed (\d+) baud/.exec(execFileSync('stty', ['-F', path]).toString())?.[1]);

/** The bytes of a line of another speed, or of seven bits with parity, as the desk hears them. */
function overLine(bytes: Uint8Array, { baudRate, parity }: ReaderLine, path: string): Uint8Array {
  // What a wrong speed makes of letters is no letter: runs of bits that are too long or too short.
  if (deskSpeed(path) !== baudRate)
    return bytes.map((byte, at) => (at % 2 === 0 ? (byte << 3) | 0x80 : byte >> 4));
  if (parity === 'none') return bytes;
  return bytes.map((byte) => byte | ((parity === 'even' ? parityOf(byte) : 1 - parityOf(byte)) << 7));
}

/** `shared`: other users of the machine may open it too (the rig runs as root, the desk as an unprivileged user). */
export const startSerialReader = async (
  options: { shared?: boolean; line?: ReaderLine } = {},
): Promise<SerialReaderRig> => {
  const socat = requireProgram('socat');
  const folder = await mkdtemp(join(tmpdir(), 'rig-serial-'));
  if (options.shared) await chmod(folder, 0o755);
  const mode = options.shared ? ',mode=666' : '';
  const path = join(folder, 'desk');
  const far = join(folder, 'reader');
  let cable: { process: RigProcess; speaking: number; held: number; listening: NodeJS.Timeout } | undefined;
  const asked: ((bytes: Uint8Array) => void)[] = [];
  const listenTo = (speaking: number): NodeJS.Timeout => {
    const heard = Buffer.alloc(4096);
    return setInterval(() => {
      if (asked.length === 0) return;
      try {
        const length = readSync(speaking, heard);
        for (const listener of asked) listener(Uint8Array.from(heard.subarray(0, length)));
      } catch {
        // Nothing was sent: the terminal does not wait.
      }
    }, 10);
  };

  const plugIn = async () => {
    if (cable) return;
    const process = startProcess(socat, [`pty,raw,echo=0,link=${path}${mode}`, `pty,raw,echo=0,link=${far}`]);
    await until(`socat's terminals (${process.output()})`, () => {
      if (process.exited()) throw new Error(`socat ended: ${process.output()}`);
      return existsSync(path) && existsSync(far);
    });
    const flags = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK;
    // Held open, so that the desk closing its end does not hang up the line: a real reader stays plugged in.
    const speaking = openSync(far, flags);
    cable = { process, speaking, held: openSync(path, flags), listening: listenTo(speaking) };
  };

  const unplug = async () => {
    if (!cable) return;
    const { process, speaking, held, listening } = cable;
    clearInterval(listening);
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
      const plain = typeof data === 'string' ? Buffer.from(data, 'latin1') : Buffer.from(data);
      const bytes = options.line ? overLine(plain, options.line, path) : plain;
      let sent = 0;
      while (sent < bytes.length) sent += writeSync(cable.speaking, bytes, sent);
    },
    deskSpeed: () => deskSpeed(path),
    onAsked: (listener) => asked.push(listener),
    unplug,
    plugIn,
    stop: async () => {
      await unplug();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
