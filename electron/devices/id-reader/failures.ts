import type { Failure } from '../../values/result.ts';

export type ReaderCode =
  | 'reader.nothing-read'
  | 'reader.nonsense'
  | 'reader.too-long'
  | 'reader.not-found'
  | 'reader.ambiguous'
  | 'reader.busy'
  | 'reader.access-denied'
  | 'reader.failed'
  | 'reader.time-out'
  | 'reader.not-set';

export type ReaderFailure = Failure<ReaderCode>;
