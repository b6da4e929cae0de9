import { hash } from 'node:crypto';
import type { JsonValue } from '../../store/json.ts';
import { canonical } from '../../values/canonical.ts';

/** Hash of what was accepted, as the receipt states it: SHA-256 over RFC 8785 canonical JSON, lower-case hex. */
export const contentHash = (content: { [key: string]: JsonValue }): string =>
  hash('sha256', canonical(content));
