import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Transceive } from '../../electron/devices/chip/apdu.ts';
import { ChipFault } from '../../electron/devices/chip/fault.ts';

/**
 * A card reader in software: pcscd with vsmartcard's driver (packages pcscd and vsmartcard-vpcd), which takes its card over TCP. The
 * daemon has one socket for the whole machine, so there is one slot at a time, and it needs root.
 */

const SOCKET = '/run/pcscd/pcscd.comm';
// Below the ports that are given out by chance; the driver takes the next one too.
const PORT = 0x5c7b;
const CONTACTLESS = [0x3b, 0x80, 0x80, 0x01, 0x01];

export type CardSlot = {
  /** Lays a card into the slot; the returned call takes it out and waits until the daemon has noticed, as a hand is slower than it. */
  insert(chip: Transceive, atr?: readonly number[]): Promise<() => Promise<void>>;
  close(): Promise<void>;
};

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const connected = (): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port: PORT, host: '127.0.0.1', noDelay: true });
    socket.once('connect', () => resolve(socket)).once('error', reject);
  });

/** Retries until it works; a daemon that has just been started does not listen yet. */
async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (let left = 200; ; left -= 1) {
    try {
      return await work();
    } catch (thrown) {
      if (left === 0) throw thrown;
      await wait(25);
    }
  }
}

/** A card swapped between two looks of the daemon would count as the one before. */
async function isEmpty(): Promise<void> {
  const { Context, SCARD_STATE_EMPTY } = await import('smartcard');
  const context = new Context();
  const readers = context.listReaders();
  context.close();
  if (!readers.every(({ state }) => state & SCARD_STATE_EMPTY)) throw new Error('a card still lies there');
}

export async function openCardSlot(): Promise<CardSlot> {
  const folder = await mkdtemp(join(tmpdir(), 'virtuos-cards-'));
  const settings = join(folder, 'reader.conf');
  await writeFile(
    settings,
    `FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:0x${PORT.toString(16).toUpperCase()}\nLIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so\nCHANNELID 0x${PORT.toString(16).toUpperCase()}\n`,
  );
  // Newer ones ask polkit who may use cards, and there is none to answer for the user the desk runs as.
  const { stdout: help } = await promisify(execFile)('/usr/sbin/pcscd', ['--help']);
  const open = help.includes('--disable-polkit') ? ['--disable-polkit'] : [];
  const daemon: ChildProcess = spawn('/usr/sbin/pcscd', ['--foreground', '--config', settings, ...open], {
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => {
    daemon.once('exit', () => resolve()).once('error', () => resolve());
  });
  await eventually(async () => {
    if (daemon.exitCode !== null) throw new Error('pcscd ended: another one runs, or it needs root');
    if (!(await isThere(SOCKET))) throw new Error('pcscd does not listen');
  });
  const inside = new Set<Socket>();
  return {
    async insert(chip, atr = CONTACTLESS) {
      const socket = await eventually(connected);
      serve(socket, chip, atr);
      inside.add(socket);
      return async () => {
        inside.delete(socket);
        socket.destroy();
        await eventually(isEmpty);
      };
    },
    async close() {
      for (const socket of inside) socket.destroy();
      daemon.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** vpcd's protocol: two bytes of length, then a command, or one byte: power off, on, reset, or the answer to reset. */
function serve(socket: Socket, chip: Transceive, atr: readonly number[]): void {
  let waiting = Buffer.alloc(0);
  let last: Promise<void> = Promise.resolve();
  const send = (bytes: Uint8Array): void => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(bytes.length);
    socket.write(Buffer.concat([length, bytes]));
  };
  socket.on('error', () => {});
  socket.on('data', (data: Buffer) => {
    waiting = Buffer.concat([waiting, data]);
    while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE(0)) {
      const message = waiting.subarray(2, 2 + waiting.readUInt16BE(0));
      waiting = waiting.subarray(2 + message.length);
      if (message.length === 1) {
        if (message[0] === 4) send(Uint8Array.from(atr));
        continue;
      }
      last = last.then(async () => {
        try {
          send(await chip(new Uint8Array(message)));
        } catch (thrown) {
          // A chip that is pulled leaves the reader in the middle of the command.
          if (!(thrown instanceof ChipFault)) throw thrown;
          socket.destroy();
        }
      });
    }
  });
}

/** A card of another kind: no application of documents on it. */
export const otherCard: Transceive = async () => Uint8Array.of(0x6a, 0x82);

/** A card that never answers. */
export const mutedCard: Transceive = () => new Promise(() => {});
