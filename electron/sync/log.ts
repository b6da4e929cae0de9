/** Codes, call names and ids only: never what a person typed, an address or a token. */
type Fields = { call?: string; code?: string; effect?: string; count?: number; ms?: number; stack?: string };

export type SyncLog = {
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
};

/** What is logged of a bug: where it was, without its message, which may hold a value. */
export const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? '').split('\n').slice(1, 6).join('\n') : '';
