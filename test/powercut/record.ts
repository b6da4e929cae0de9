import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('./recorder.c', import.meta.url));
const workload = fileURLToPath(new URL('./workload.ts', import.meta.url));

/** What a process did below its folder, in order. Descriptors are those of the process. */
export type Op =
  | { op: 'open'; descriptor: number; path: string; truncate: boolean }
  | { op: 'close' | 'sync'; descriptor: number }
  | { op: 'write'; descriptor: number; offset: number; data: Buffer }
  | { op: 'truncate'; descriptor: number; length: number }
  | { op: 'rename' | 'link'; from: string; to: string }
  | { op: 'unlink' | 'rmdir' | 'mkdir'; path: string };

const HEAD = 24;

/** Reads what `recorder.c` writes; its head says the form. */
export function parseRecord(bytes: Buffer): Op[] {
  const ops: Op[] = [];
  let at = 0;
  while (at + HEAD <= bytes.length) {
    const kind = bytes.readUInt8(at);
    const descriptor = bytes.readInt32LE(at + 4);
    const number = Number(bytes.readBigInt64LE(at + 8));
    const textLength = bytes.readUInt32LE(at + 16);
    const dataLength = bytes.readUInt32LE(at + 20);
    const textAt = at + HEAD;
    const path = bytes.toString('utf8', textAt, textAt + textLength);
    const data = bytes.subarray(textAt + textLength, textAt + textLength + dataLength);
    at = textAt + textLength + dataLength;
    const op = opOf(kind, { descriptor, number, path, data });
    ops.push(op);
  }
  return ops;
}

function opOf(
  kind: number,
  { descriptor, number, path, data }: { descriptor: number; number: number; path: string; data: Buffer },
): Op {
  switch (kind) {
    case 1:
      return { op: 'open', descriptor, path, truncate: number === 1 };
    case 2:
      return { op: 'close', descriptor };
    case 3:
      return { op: 'write', descriptor, offset: number, data };
    case 4:
      return { op: 'truncate', descriptor, length: number };
    case 5:
      return { op: 'sync', descriptor };
    case 6:
      return { op: 'rename', from: path, to: data.toString('utf8') };
    case 7:
      return { op: 'unlink', path };
    case 8:
      return { op: 'mkdir', path };
    case 9:
      return { op: 'link', from: path, to: data.toString('utf8') };
    case 10:
      return { op: 'rmdir', path };
    default:
      throw new Error(`a record of kind ${kind}`);
  }
}

/** The recorder, compiled where it is newer than what was compiled last. */
export function compiledRecorder(folder: string): string {
  const file = join(folder, 'recorder.so');
  if (existsSync(file) && statSync(file).mtimeMs > statSync(source).mtimeMs) return file;
  mkdirSync(folder, { recursive: true });
  const args = ['-shared', '-fPIC', '-O1', '-Wall', '-Werror', '-o', file, source, '-ldl', '-pthread'];
  const compiled = spawnSync('cc', args, { encoding: 'utf8' });
  if (compiled.error) throw new Error('There is no C compiler: install the Debian package g++.');
  if (compiled.status !== 0) throw new Error(compiled.stderr);
  return file;
}

/** Lets a real desk work in `folder` and returns all it wrote there. */
export async function recordDesk(options: {
  recorder: string;
  folder: string;
  record: string;
  portalUrl: string;
  enrolmentCode: string;
  rounds: number;
}): Promise<Op[]> {
  const { recorder, folder, record, portalUrl, enrolmentCode, rounds } = options;
  const child = spawn(process.execPath, [workload, folder, portalUrl, enrolmentCode, String(rounds)], {
    env: { ...process.env, LD_PRELOAD: recorder, POWERCUT_ROOT: folder, POWERCUT_LOG: record },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-4000);
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the desk ended with ${code}: ${complaint}`);
  return parseRecord(readFileSync(record));
}
