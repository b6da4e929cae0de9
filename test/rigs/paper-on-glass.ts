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
  /** What is left in the driver's folder. */
  left(): Promise<string[]>;
  stop(): Promise<void>;
};

const OPTIONS = `
    --mode Color|Gray [Color]
    --source Flatbed|ADF [Flatbed]
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
  const [command, paper] = [join(folder, 'scanimage'), join(folder, 'paper.png')];
  await writeFile(join(folder, 'options'), OPTIONS);
  await writeFile(
    command,
    `#!/bin/sh
case " $* " in
  *" -A "*) cat "${folder}/options" ;;
  *" -f "*) printf 'glass:0\\037Rig\\037Glass\\037flatbed scanner\\n' ;;
  *)
    for argument in "$@"; do case "$argument" in --batch=*) pattern="\${argument#--batch=}" ;; esac; done
    [ -f "${paper}" ] || { echo 'scanimage: sane_start: Document feeder out of documents' >&2; exit 7; }
    page=$(printf "$pattern" 1)
    cp "${paper}" "$page"
    echo "$page"
    echo 'Batch terminated, 1 pages scanned' >&2 ;;
esac
`,
    { mode: 0o755 },
  );
  return {
    device: 'glass:0',
    command,
    temporaryFolder,
    lay: (png) => (png === null ? rm(paper, { force: true }) : writeFile(paper, png)),
    left: () => readdir(temporaryFolder),
    stop: async () => {
      await rm(folder, { recursive: true, force: true });
      await rm(temporaryFolder, { recursive: true, force: true });
    },
  };
};
