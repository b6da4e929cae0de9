import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireProgram } from './process.ts';

/** The statuses SANE's test backend can be told to give while a page is read. */
export type SaneStatus =
  | 'JAMMED'
  | 'NO_DOCS'
  | 'COVER_OPEN'
  | 'IO_ERROR'
  | 'DEVICE_BUSY'
  | 'ACCESS_DENIED'
  | 'NO_MEM'
  | 'INVAL';

/** A virtual scanner: SANE's test backend with a configuration of its own; glass, and a feeder of 10 sheets. */
export type SaneRig = {
  device: string;
  /** For the driver's `env`. */
  env: { SANE_CONFIG_DIR: string };
  /** For the driver's `command`: the real tool, with the jam of `jamAfter` when there is one. */
  command: string;
  /** Every page fails with this status from the next scan on; undefined: works again. */
  fail(status: SaneStatus | undefined): Promise<void>;
  /** The feeder gives `pages` good pages, then jams; undefined: works again. */
  jamAfter(pages: number | undefined): Promise<void>;
  /** Reading takes so long that progress can be seen and a scan cancelled. */
  slow(on: boolean): Promise<void>;
  /** The feeder holds so many sheets; undefined: the backend's ten. */
  load(sheets: number | undefined): Promise<void>;
  /** A picture (PNG) lies on the glass, where the backend has patterns only; null: nothing of ours. */
  lay(png: Uint8Array | null): Promise<void>;
  unplug(): Promise<void>;
  plugIn(): Promise<void>;
  stop(): Promise<void>;
};

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** `shared`: other users of the machine may scan too (the rig runs as root, the desk as an unprivileged user). */
export const startSane = async (options: { shared?: boolean } = {}): Promise<SaneRig> => {
  const tool = requireProgram('scanimage');
  const folder = await mkdtemp(join(tmpdir(), 'rig-sane-'));
  if (options.shared) await chmod(folder, 0o755);
  const command = join(folder, 'scanimage');
  const jam = join(folder, 'jam-after');
  const unplugged = join(folder, 'unplugged');
  const sheets = join(folder, 'sheets');
  const paper = join(folder, 'paper.png');
  const state: { status: SaneStatus | undefined; slow: boolean; plugged: boolean } = {
    status: undefined,
    slow: false,
    plugged: true,
  };

  const configure = async () => {
    await writeFile(join(folder, 'dll.conf'), state.plugged ? 'test\n' : '');
    await (state.plugged ? rm(unplugged, { force: true }) : writeFile(unplugged, ''));
    await writeFile(
      join(folder, 'test.conf'),
      [
        'number_of_devices 1',
        // The backend's own area of 200 mm is smaller than A4.
        'geometry_max 300.0',
        'test-picture "Color pattern"',
        ...(state.status ? [`read-status-code "SANE_STATUS_${state.status}"`] : []),
        ...(state.slow
          ? ['read-limit true', 'read-limit-size 8192', 'read-delay true', 'read-delay-duration 20000']
          : []),
        '',
      ].join('\n'),
    );
  };

  // The backend fails either on every page or on none. A jam in the middle is put together of two runs of the real tool:
  // good pages first, then one that jams; what the driver reads is all scanimage's own.
  // SANE opens a device by its name though its driver is not configured, so an unplugged one is asked for under a name that
  // is not there.
  const script = `#!/bin/sh
if [ -f ${quote(unplugged)} ] && [ "$1" = -d ]; then shift 2; exec ${quote(tool)} -d unplugged:0 "$@"; fi
case "$*" in *--batch=*) ;; *) exec ${quote(tool)} "$@" ;; esac
if [ -f ${quote(paper)} ]; then
  case "$*" in *--source=Flatbed*)
    for argument in "$@"; do case "$argument" in --batch=*) pattern="\${argument#--batch=}" ;; esac; done
    page=$(printf "$pattern" 1)
    cp ${quote(paper)} "$page" && echo "$page" && exit ;;
  esac
fi
if [ ! -f ${quote(jam)} ]; then
  [ -f ${quote(sheets)} ] && set -- "$@" --batch-count="$(cat ${quote(sheets)})"
  exec ${quote(tool)} "$@"
fi
good=$(cat ${quote(jam)})
${quote(tool)} "$@" --batch-count="$good" || exit
exec ${quote(tool)} "$@" --batch-start=$((good + 1)) --read-return-value=SANE_STATUS_JAMMED
`;
  await writeFile(command, script);
  await chmod(command, 0o755);
  await configure();

  const change = (next: Partial<typeof state>) => {
    Object.assign(state, next);
    return configure();
  };
  return {
    device: 'test:0',
    env: { SANE_CONFIG_DIR: folder },
    command,
    fail: (status) => change({ status }),
    jamAfter: async (pages) => {
      if (pages === undefined) await rm(jam, { force: true });
      else await writeFile(jam, String(pages));
    },
    load: async (count) => {
      if (count === undefined) await rm(sheets, { force: true });
      else await writeFile(sheets, String(count));
    },
    lay: async (png) => {
      if (png === null) await rm(paper, { force: true });
      else await writeFile(paper, png);
    },
    slow: (on) => change({ slow: on }),
    unplug: () => change({ plugged: false }),
    plugIn: () => change({ plugged: true }),
    stop: () => rm(folder, { recursive: true, force: true }),
  };
};
