import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Schemas } from '../api.ts';

export type EvidenceSeries = Schemas['EvidenceSeries'];

const seriesRules = z.object({
  /** What the series' numbers begin with. */
  prefix: z.string().regex(/^[A-Z]{1,3}$/),
  /** How many whole years after the act its record is kept. */
  keptYears: z.int().min(1).max(100),
  basis: z.array(z.object({ act: z.string(), paragraph: z.string().optional() })).min(1),
});
const evidenceRules = z.object({ extracts: seriesRules, conversions: seriesRules });
export type EvidenceRules = z.infer<typeof evidenceRules>;

/** The central series as the catalogue has them. Throws when the file is not sound. */
export const loadEvidenceRules = (catalogue: string): EvidenceRules =>
  evidenceRules.parse(JSON.parse(readFileSync(join(catalogue, 'evidence.json'), 'utf8')));
