import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const depotRules = z.object({
  /** How many days after it was put there a file can be had. */
  keptDays: z.int().min(1).max(365),
  largestBytes: z.int().min(1),
  basis: z.array(z.object({ act: z.string() })).min(1),
});
export type DepotRules = z.infer<typeof depotRules>;

/** What the catalogue says of the depot. Throws when the file is not sound. */
export const loadDepotRules = (catalogue: string): DepotRules =>
  depotRules.parse(JSON.parse(readFileSync(join(catalogue, 'depot.json'), 'utf8')));
