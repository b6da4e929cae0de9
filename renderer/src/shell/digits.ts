/** The digit a key bears: the upper row of a Czech keyboard writes + and letters with accents there, and digits with Shift only. */
export const digitOf = (event: Pick<KeyboardEvent, 'code' | 'key'>): string | null =>
  /^Digit(\d)$/.exec(event.code)?.[1] ?? (/^\d$/.test(event.key) ? event.key : null);
