import type { Failure } from '../../../electron/values/result.ts';

/** Why the counter did not start, as main writes it into the address: `?refused=CODE&name=value`. */
export function readRefusal(search: string): Failure | null {
  const { refused: code, ...params } = Object.fromEntries(new URLSearchParams(search));
  return code === undefined ? null : { code, params };
}
