import { join } from 'node:path';
import { pino } from 'pino';
import { createStream } from 'rotating-file-stream';

/** All that may stand in main's log besides the message. No address, no text of a page, no name. */
export type LogFields = {
  code?: string;
  reason?: string;
  exitCode?: number;
  attempt?: number;
  ms?: number;
  pid?: number;
  from?: string;
  where?: string;
  version?: string;
  environment?: string;
};

const allowed = [
  'code',
  'reason',
  'exitCode',
  'attempt',
  'ms',
  'pid',
  'from',
  'where',
  'version',
  'environment',
] as const satisfies (keyof LogFields)[];

export type MainLog = {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** Writes out what waits and closes the file. */
  close(): Promise<void>;
};

/** Keeps the allowed fields only, also of an object that carries more than its type says. */
export const allowedFields = (fields: LogFields): LogFields =>
  Object.fromEntries(allowed.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])));

/**
 * What of a process' error output may be logged: the class of an error and where in the code it happened. A message may
 * quote what a person typed, so it is dropped.
 */
export const technicalPart = (line: string): string | null =>
  /^\s+at [^'"]{1,200}$/.test(line)
    ? line.trim()
    : (/^(?:Uncaught )?([A-Za-z]*Error)(?::| \[|$)/.exec(line)?.[1] ?? null);

/** Log in `<folder>/main.log`: lines of JSON, five files of 1 MB. */
export const openLog = (folder: string): MainLog => {
  const stream = createStream('main.log', { path: folder, size: '1M', maxFiles: 5 });
  // A full disk must not stop the desk; the store says so in its own way.
  stream.on('error', () => {});
  const log = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream);
  return {
    info: (message, fields = {}) => log.info(allowedFields(fields), message),
    warn: (message, fields = {}) => log.warn(allowedFields(fields), message),
    error: (message, fields = {}) => log.error(allowedFields(fields), message),
    close: () => new Promise((done) => stream.end(() => done())),
  };
};

export const logFolder = (dataFolder: string): string => join(dataFolder, 'logs');
