/** What the counter writes into its log: codes, call names and ids, never what a person typed or a document says. */
export type LogFields = {
  call?: string;
  code?: string;
  where?: string;
  bug?: string;
  stack?: string;
  visit?: string;
  job?: string;
  effect?: string;
  count?: number;
  ms?: number;
};

export type Log = {
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
};

/** Where a bug was thrown. Frames only: an error's message may quote what a person typed. */
export const stackOf = (thrown: unknown): string =>
  thrown instanceof Error
    ? [thrown.name, ...(thrown.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))].join('\n')
    : typeof thrown;

/** Lets work run that nobody waits for: what it throws goes into the log and does not end the process. */
export const aside = (log: Log, call: string, work: Promise<unknown>): void =>
  void work.catch((thrown: unknown) => log.error({ call, stack: stackOf(thrown) }, 'work aside failed'));
