/**
 * A program that stands in for NAPS2.Console.exe: the part of its command line that scans and lists, with its words, its exit codes and its
 * ways, after its source (NAPS2.Lib/Automation, NAPS2.Sdk/Lang). What the scanner before it does stands in `state.json` of the folder it is
 * given first.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';

export type Naps2State = {
  /** The names it lists, by driver; null: that driver is not there. */
  devices: Record<'wia' | 'twain', string[] | null>;
  language: 'cs' | 'en';
  /** `dos`: the code page of a Czech console (852), as where nobody chose another. */
  encoding: 'utf8' | 'dos';
  /** Pictures in the feeder, and the one on the glass. */
  feeder: string[];
  glass: string;
  /** Behind so many pages this happens. */
  trouble: { after: number; is: Naps2Trouble } | null;
};
export type Naps2Trouble =
  | keyof typeof sentences
  | 'hangs'
  | 'crashes'
  /** Its driver waits for a click of a window of its own, and it does not let itself be asked to stop. */
  | 'deaf'
  | 'disk-full'
  | 'unexpected';

export const sentences = {
  'not-found': ['Vybraný skener nebyl nalezen.', 'The selected scanner could not be found.'],
  offline: ['Vybraný skener je vypnutý.', 'The selected scanner is offline.'],
  interrupted: [
    'Komunikace se skenovacím zařízením byla přerušena.',
    'Communication with the scanning device was interrupted.',
  ],
  busy: ['Vybraný skener je zaneprázdněn.', 'The selected scanner is busy.'],
  cover: ['Víko skeneru je otevřené.', "The scanner's cover is open."],
  jam: ['Ve skeneru je zmuchlaný papír.', 'The scanner has a paper jam.'],
  empty: ['V podavači nejsou žádné papíry.', 'No pages are in the feeder.'],
  'no-feeder': [
    'Vybraný skener nepodporuje použití podavače. Pokud váš skener má podavač, zkuste použít jiný ovladač.',
    'The selected scanner does not support using a feeder. If your scanner does have a feeder, try using a different driver.',
  ],
  'no-driver': [
    'Vybraný ovladač není na tomto systému podporován.',
    'The selected driver is not supported on this system.',
  ],
  driver: ['Došlo k chybě ovladače skeneru.', 'An error occurred with the scanning driver.'],
} as const;

/** The letters of code page 852 that its sentences and the names of the tests hold. */
const codePage852 = new Map(
  Object.entries({ á: 0xa0, é: 0x82, ě: 0xd8, í: 0xa1, ř: 0xfd, š: 0xe7, ý: 0xec, ž: 0xa7, č: 0x9f }),
);

const run = async (): Promise<number> => {
  const [folder = '', ...args] = process.argv.slice(2);
  const state: Naps2State = JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8'));
  const say = (line: string): void => {
    const bytes = [...line].flatMap((letter) => [
      ...(state.encoding === 'dos' && codePage852.has(letter)
        ? [codePage852.get(letter) ?? 0]
        : Buffer.from(letter)),
    ]);
    process.stdout.write(Buffer.from([...bytes, 13, 10]));
  };
  const tell = (key: keyof typeof sentences): void => say(sentences[key][state.language === 'cs' ? 0 : 1]);

  let options: ReturnType<typeof parse>;
  try {
    options = parse(args);
  } catch (error) {
    // Its parser prints its help and leaves as if all were well.
    process.stderr.write(`NAPS2.Console 8.2.1\n${String(error)}\n`);
    return 0;
  }
  const driver = options.driver === 'wia' || options.driver === 'twain' ? options.driver : undefined;
  if (options.output === undefined && !options.listdevices) {
    say('At least one of the -o/--output, -e/--email, or -a/--autosave options must be specified.');
    return 1;
  }
  if (driver === undefined) {
    say(
      'The --driver option must be set to use the --device or --listdevices option. Possible values: wia, twain',
    );
    return 1;
  }
  const data = process.env['NAPS2_TEST_DATA'] ?? join(folder, 'appdata');
  const recovery = join(data, 'recovery', `r${process.pid}`);
  mkdirSync(recovery, { recursive: true });
  let cancelled = false;
  process.on('SIGINT', () => {
    if (state.trouble?.is === 'deaf') return;
    if (cancelled) process.exit(130);
    cancelled = true;
    say('Cancelling... Press Ctrl+C again to terminate.');
  });
  try {
    const names = state.devices[driver];
    if (names === null) {
      tell('no-driver');
      return 0;
    }
    if (options.listdevices) {
      for (const name of names) say(name);
      return 0;
    }
    const asked = options.device?.toLowerCase() ?? '';
    if (!names.some((name) => name.toLowerCase().includes(asked))) {
      tell('not-found');
      return 1;
    }

    say('Beginning scan...');
    say('Starting scan 1 of 1...');
    const sheets = options.source === 'glass' ? [state.glass] : state.feeder;
    const kept: string[] = [];
    let failed = false;
    const { trouble } = state;
    for (let at = 0; at <= sheets.length && !cancelled && !failed; at += 1) {
      if (trouble?.after === at) {
        if (trouble.is === 'crashes') process.kill(process.pid, 'SIGKILL');
        if (trouble.is === 'unexpected') {
          say('An unexpected error occurred.');
          say('Exception has been thrown by the target of an invocation.');
          return 0;
        }
        if (trouble.is === 'hangs' || trouble.is === 'deaf')
          while (!cancelled) await new Promise((resolve) => setTimeout(resolve, 5));
        if (trouble.is in sentences) {
          tell(trouble.is as keyof typeof sentences);
          failed = true;
        }
      }
      const sheet = sheets[at];
      if (sheet === undefined || failed || cancelled) continue;
      const held = join(recovery, `${at}-${basename(sheet)}`);
      copyFileSync(sheet, held);
      kept.push(held);
      say(`Scanned page ${kept.length}.`);
    }
    if (!failed && sheets.length === 0) {
      tell('empty');
      failed = true;
    }
    say(`${kept.length} page(s) scanned.`);
    if (cancelled) return 0;
    say('Exporting...');
    for (const [at, held] of kept.entries()) {
      say(`Exporting image ${at + 1} of ${kept.length}...`);
      if (trouble?.is === 'disk-full' && at >= trouble.after) {
        say('An error occurred when trying to save the file.');
        failed = true;
        break;
      }
      const path = (options.output ?? '').replace(/\$\((n+)\)/, (_all, n: string) =>
        String(at + 1).padStart(n.length, '0'),
      );
      if (!existsSync(path)) copyFileSync(held, path);
    }
    say(`Finished saving images to ${options.output?.replace(/\$\(n+\)/, '0001')}`);
    return failed ? 1 : 0;
  } finally {
    rmSync(recovery, { recursive: true, force: true });
  }
};

function parse(args: string[]) {
  const { values } = parseArgs({
    args,
    strict: true,
    options: {
      listdevices: { type: 'boolean' },
      noprofile: { type: 'boolean' },
      verbose: { type: 'boolean' },
      driver: { type: 'string' },
      device: { type: 'string' },
      source: { type: 'string' },
      pagesize: { type: 'string' },
      dpi: { type: 'string' },
      bitdepth: { type: 'string' },
      output: { type: 'string' },
    },
  });
  for (const [name, allowed] of [
    ['source', ['glass', 'feeder', 'duplex']],
    ['bitdepth', ['color', 'gray', 'bw']],
  ] as const) {
    const value = values[name];
    if (value !== undefined && !allowed.some((one) => one === value)) throw new Error(`${name}: ${value}`);
  }
  if (values.dpi !== undefined && !/^\d+$/.test(values.dpi)) throw new Error(`dpi: ${values.dpi}`);
  return values;
}

if (import.meta.main) process.exitCode = await run();
