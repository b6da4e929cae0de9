import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A scanner with a paper on its glass: a program in the place of scanimage that gives the picture laid on it, as SANE's own test
 * backend only gives patterns. It answers what the driver asks and nothing else.
 */
export type PaperOnGlass = {
  device: string;
  command: string;
  /** Where the driver has its pages for a moment. */
  temporaryFolder: string;
  /** A PNG, or nothing on the glass. */
  lay(png: Uint8Array | null): Promise<void>;
  /** Sheets in the feeder: each scan takes all of them, and they lie there again. */
  feed(pngs: readonly Uint8Array[]): Promise<void>;
  /** A scan goes on without an end, until it is cancelled or let go. */
  hang(on: boolean): Promise<void>;
  /** What is left in the driver's folder. */
  left(): Promise<string[]>;
  stop(): Promise<void>;
};

const OPTIONS = `
    --mode Color|Gray [Color]
    --source Flatbed|ADF|ADF Duplex [Flatbed]
    --resolution 200|300dpi [300]
    -l 0..215.9mm [0]
    -t 0..297mm [0]
    -x 0..215.9mm [215.9]
    -y 0..297mm [297]
`;

export const startPaperOnGlass = async (): Promise<PaperOnGlass> => {
  const folder = await mkdtemp(join(tmpdir(), 'rig-glass-'));
  const temporaryFolder = await mkdtemp(join(tmpdir(), 'rig-glass-pages-'));
  // The desk may run as another user than the rig.
  await chmod(folder, 0o755);
  const command = join(folder, 'scanimage');
  const hanging = join(folder, 'hanging');
  await writeFile(join(folder, 'options'), OPTIONS);
  await writeFile(
    command,
    `#!/bin/sh
case " $* " in
  *" -A "*) cat "${folder}/options" ;;
  *" -f "*) printf 'glass:0\\037Rig\\037Glass\\037flatbed scanner\\n' ;;
  *)
    for argument in "$@"; do case "$argument" in --batch=*) pattern="\${argument#--batch=}" ;; esac; done
    while [ -f "${hanging}" ]; do sleep 0.05; done
    number=0
    for paper in "${folder}"/paper-*.png; do
      [ -f "$paper" ] || { echo 'scanimage: sane_start: Document feeder out of documents' >&2; exit 7; }
      number=$((number + 1))
      page=$(printf "$pattern" $number)
      cp "$paper" "$page"
      echo "$page"
    done
    echo "Batch terminated, $number pages scanned" >&2 ;;
esac
`,
    { mode: 0o755 },
  );
  const feed = async (pngs: readonly Uint8Array[]): Promise<void> => {
    const there = (await readdir(folder)).filter((name) => name.startsWith('paper-'));
    await Promise.all(there.map((name) => rm(join(folder, name))));
    for (const [at, png] of pngs.entries())
      await writeFile(join(folder, `paper-${String(at + 1).padStart(4, '0')}.png`), png);
  };
  return {
    device: 'glass:0',
    command,
    temporaryFolder,
    lay: (png) => feed(png === null ? [] : [png]),
    feed,
    hang: (on) => (on ? writeFile(hanging, '') : rm(hanging, { force: true })),
    left: () => readdir(temporaryFolder),
    stop: async () => {
      await rm(folder, { recursive: true, force: true });
      await rm(temporaryFolder, { recursive: true, force: true });
    },
  };
};
