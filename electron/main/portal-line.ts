import { z } from 'zod';

const readyLine = z.object({ ready: z.literal(true), url: z.url({ protocol: /^http$/ }) });

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** The portal's first line of output: where it listens. Null for any other line. */
export const parseReadyLine = (line: string): string | null => {
  const parsed = readyLine.safeParse(parseJson(line));
  return parsed.success ? parsed.data.url : null;
};

/** A remembered port, or 0 for "any free one". */
export const parsePort = (text: string): number => {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text.trim()) : 0;
  return port >= 1024 && port <= 65_535 ? port : 0;
};
