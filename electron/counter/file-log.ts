import { pino } from 'pino';
import { createStream } from 'rotating-file-stream';
import type { Log } from './log.ts';

/** The counter's log: five files of a megabyte, in the folder the window's menu opens. */
export function fileLog(folder: string): Log {
  const stream = createStream('counter.log', { path: folder, size: '1M', maxFiles: 5 });
  // A full disk must not take the counter down with the log.
  stream.on('error', () => {});
  const log = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream);
  return {
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
  };
}
