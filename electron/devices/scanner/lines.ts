/** Splits a growing text into lines; CR counts, because progress is written over itself. */
export const lineSplitter = (onLine: (line: string) => void) => {
  let rest = '';
  return (text: string) => {
    const parts = (rest + text).split(/[\r\n]+/);
    rest = (parts.pop() ?? '').slice(-4096);
    for (const part of parts) onLine(part);
  };
};
