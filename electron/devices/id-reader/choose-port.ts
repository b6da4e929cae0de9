import { err, ok, type Result } from '../../values/result.ts';
import type { ReaderFailure, ReaderIdentity, ReaderPort, ReaderSettings } from './port.ts';

const same = (a: string | undefined, b: string | undefined): boolean => a?.toLowerCase() === b?.toLowerCase();

const matches = (identity: ReaderIdentity, port: ReaderPort): boolean =>
  port.identity !== undefined &&
  same(identity.vendorId, port.identity.vendorId) &&
  same(identity.productId, port.identity.productId) &&
  (identity.serialNumber === undefined || same(identity.serialNumber, port.identity.serialNumber));

/**
 * The path to open now. Paths are given out by the system in the order of plugging in, so a known identity decides, and
 * the path only between readers of one make that have no serial number.
 */
export const choosePort = (
  settings: ReaderSettings,
  ports: readonly ReaderPort[],
): Result<string, ReaderFailure> => {
  const { identity, path } = settings;
  if (identity === undefined) return path === undefined ? err({ code: 'reader.not-set' }) : ok(path);
  const found = ports.filter((port) => matches(identity, port));
  const [first] = found;
  if (first === undefined) return err({ code: 'reader.not-found' });
  if (found.length === 1) return ok(first.path);
  const byPath = found.find((port) => port.path === path);
  return byPath ? ok(byPath.path) : err({ code: 'reader.ambiguous', params: { count: found.length } });
};
