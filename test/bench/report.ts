import { cpus, totalmem } from 'node:os';

/** One benchmark's outcome. Ratios are ours to the peer's and ours to the limit's, in the sense the benchmark names. */
export type Report = {
  name: string;
  /** Our figure, the peer's (null where there is none) and the limit's, in `unit`. */
  ours: number;
  peer: number | null;
  limit: number | null;
  unit: string;
  ratio: number | null;
  limitRatio: number | null;
  /** Milliseconds of a single piece of work. */
  p50: number | null;
  p99: number | null;
  /** What the issue asks for, and whether this run shows it. */
  goals: { goal: string; measured: string; met: boolean }[];
  /** Anything else that was measured. */
  details: Record<string, number | string>;
};

export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
};

export const median = (values: readonly number[]): number => percentile(values, 0.5);

export const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits));

const machine = (): string =>
  `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;

/** Prints the outcome for a person; with `--json` the last line is one object for a program. */
export function print(report: Report): void {
  const line = (label: string, value: unknown): void => console.log(`  ${label.padEnd(34)} ${String(value)}`);
  console.log(`\n${report.name} on ${machine()}`);
  line(`ours (${report.unit})`, rounded(report.ours, 3));
  if (report.limit !== null) line(`limit (${report.unit})`, rounded(report.limit, 3));
  if (report.limitRatio !== null) line('ours to the limit', rounded(report.limitRatio, 3));
  if (report.peer !== null) line(`peer (${report.unit})`, rounded(report.peer, 3));
  if (report.ratio !== null) line('ours to the peer', rounded(report.ratio, 3));
  if (report.p50 !== null) line('p50 (ms)', rounded(report.p50, 3));
  if (report.p99 !== null) line('p99 (ms)', rounded(report.p99, 3));
  for (const [label, value] of Object.entries(report.details))
    line(label, typeof value === 'number' ? rounded(value, 3) : value);
  for (const { goal, measured, met } of report.goals)
    console.log(`  ${met ? '✓' : '✗'} ${goal}: ${measured}`);
  if (process.argv.includes('--json')) console.log(JSON.stringify({ ...report, machine: machine() }));
}
