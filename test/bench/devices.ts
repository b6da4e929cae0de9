import { measureBatch } from './devices/batch.ts';
import { measureChip } from './devices/chip.ts';
import { measureMrz } from './devices/mrz.ts';
import { measureOcr } from './devices/ocr.ts';
import { measureReader } from './devices/reader.ts';
import { measureScanner } from './devices/scanner.ts';

// `npm run bench -- devices [PART …] [--count N] [--seed WORD] [--peer-count N] [--json]`: what devices and pictures cost, part by part. With
// `--json` the last line is one object with the figures of each part under its name.

/** `peerCount`: the peer gets only the first so many, where it takes too long. */
export type PartOptions = { count?: number; seed?: string; peerCount?: number };
export type Part = (options: PartOptions) => Promise<{
  figures: Record<string, number | null>;
  notes: string[];
  goals: { goal: string; measured: string; met: boolean }[];
}>;

const parts: Readonly<Record<string, Part>> = {
  mrz: measureMrz,
  chip: measureChip,
  reader: measureReader,
  scanner: measureScanner,
  batch: measureBatch,
  ocr: measureOcr,
};

const args = process.argv.slice(2);
const optionOf = (name: string): string | undefined => {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
};
const count = optionOf('--count');
const seed = optionOf('--seed');
const peerCount = optionOf('--peer-count');
const options: PartOptions = {
  ...(count !== undefined && { count: Number(count) }),
  ...(seed !== undefined && { seed }),
  ...(peerCount !== undefined && { peerCount: Number(peerCount) }),
};
const asked = Object.keys(parts).filter((name) => args.includes(name));

const all: Record<string, Record<string, number | null>> = {};
for (const name of asked.length > 0 ? asked : Object.keys(parts)) {
  const measured = await parts[name]?.(options);
  if (measured === undefined) continue;
  all[name] = measured.figures;
  console.log(`\n${name}`);
  for (const [label, value] of Object.entries(measured.figures))
    console.log(`  ${label.padEnd(24)} ${value ?? 'not measured'}`);
  for (const note of measured.notes) console.log(`  ${note}`);
  for (const { goal, measured: figure, met } of measured.goals)
    console.log(`  ${met ? '✓' : '✗'} ${goal}: ${figure}`);
}
if (args.includes('--json')) console.log(JSON.stringify(all));
