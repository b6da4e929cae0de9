import { impossible, type Judgement, suspiciousIf } from './judgement.ts';

export type DataBoxIdReason = 'data-box-id.shape' | 'data-box-id.characters' | 'data-box-id.system';

/** The sender of the data-box system itself; nobody's box. */
const SYSTEM = 'aaaaaaa';

/**
 * Judges the shape of a data-box id: seven letters and digits without look-alikes, in any case. `ok` does not say
 * that the box exists; only the data-box system can (its check character's rule is not public enough to rely on).
 */
export function judgeDataBoxId(text: string): Judgement<DataBoxIdReason> {
  const normal = text.length > 40 ? '' : text.replace(/\s+/gu, '').toLowerCase();
  if (!/^[a-z0-9]{7}$/.test(normal)) return impossible('data-box-id.shape');
  if (normal === SYSTEM) return impossible('data-box-id.system', normal);
  return suspiciousIf(/^[a-km-np-z2-9]{7}$/.test(normal) ? [] : ['data-box-id.characters'], normal);
}
