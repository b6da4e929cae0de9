import { naps2Scanner, usualPlaces } from './naps2/naps2.ts';
import type { DocumentScanner } from './port.ts';
import { scanimageScanner } from './scanimage.ts';

/**
 * The driver of the scanners that the system knows: SANE's program, and on Windows NAPS2's. A rig in training may put a program of its own
 * in the place of either; production starts none that a variable names. `owner`: the desk whose pages it scans.
 */
export const systemScanner = (
  platform: NodeJS.Platform,
  environment: 'training' | 'production',
  variables: Readonly<Record<string, string | undefined>>,
  owner: string,
): DocumentScanner => {
  const own = (name: string) => (environment === 'training' ? variables[name] : undefined);
  const naps2 = own('VIRTUOS_NAPS2');
  if (naps2) return naps2Scanner({ programs: [naps2], owner });
  if (platform === 'win32') return naps2Scanner({ programs: usualPlaces(variables), owner });
  const scanimage = own('VIRTUOS_SCANIMAGE');
  return scanimageScanner({ owner, ...(scanimage && { command: scanimage }) });
};
