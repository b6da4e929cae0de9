import type { ScannerFailure } from '../port.ts';
import type { EsclStatus } from './documents.ts';

// Feeder states of the eSCL specification (AdfState) that mean that paper waits for a hand.
const feederFailures: Record<string, ScannerFailure['code']> = {
  ScannerAdfEmpty: 'scanner.no-paper',
  ScannerAdfJam: 'scanner.jammed',
  ScannerAdfMispick: 'scanner.jammed',
  ScannerAdfInputTrayFailed: 'scanner.jammed',
  ScannerAdfHatchOpen: 'scanner.cover-open',
  ScannerAdfMultipickDetected: 'scanner.double-feed',
};
const goodFeederStates = ['ScannerAdfLoaded', 'ScannerAdfProcessing'];

/** A word of a stranger as it may stand in a sentence. */
const word = (text: string): string => text.replace(/[^A-Za-z0-9.-]/g, '').slice(0, 40) || 'unknown';

/** Why the scanner does not scan from this source, by its own status; undefined when nothing is in the way. */
export const failureOfStatus = (
  { state, adfState }: EsclStatus,
  fromFeeder: boolean,
): ScannerFailure | undefined => {
  if (fromFeeder && adfState !== undefined && !goodFeederStates.includes(adfState)) {
    const code = feederFailures[adfState];
    return code ? { code } : { code: 'scanner.failed', params: { status: word(adfState) } };
  }
  return state === 'Down' || state === 'Stopped'
    ? { code: 'scanner.failed', params: { status: state } }
    : undefined;
};

/** How the scanner says that our job ended before its time; undefined when it does not say so. */
export const failureOfJob = ({ jobs }: EsclStatus, path: string): ScannerFailure | undefined => {
  const job = jobs.find(({ uri }) => uri !== '' && path.endsWith(uri.replace(/^https?:\/\/[^/]+/i, '')));
  if (job?.state === 'Canceled') return { code: 'scanner.cancelled' };
  if (job?.state !== 'Aborted') return undefined;
  return { code: 'scanner.failed', params: { status: word(job.reasons[0] ?? job.state) } };
};

/** What an HTTP status means where the scanner says nothing better. */
export const failureOfHttp = (status: number): ScannerFailure => {
  if (status === 401 || status === 403) return { code: 'scanner.access-denied' };
  if (status === 503) return { code: 'scanner.busy' };
  return { code: 'scanner.failed', params: { status } };
};
