import { createInterface } from 'node:readline';

/** Reads a child's output line by line, to its end. */
export const eachLine = (stream: NodeJS.ReadableStream | null, take: (line: string) => void): void => {
  if (stream) createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', take);
};
