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
