/**
 * What can be said of an identifier from its shape alone. `suspicious` never blocks: old errors in registers stay
 * in force until they are changed, so the clerk decides. `impossible` cannot be right.
 */
export type Verdict = 'ok' | 'suspicious' | 'impossible';

/** `reasons` are stable codes; `normal` is the canonical form, null when the text has no such shape. */
export type Judgement<C extends string = string> = { verdict: Verdict; reasons: C[]; normal: string | null };

export const impossible = <C extends string>(reason: C, normal: string | null = null): Judgement<C> => ({
  verdict: 'impossible',
  reasons: [reason],
  normal,
});

/** Suspicious when there is a reason, else fine. */
export const suspiciousIf = <C extends string>(reasons: C[], normal: string): Judgement<C> => ({
  verdict: reasons.length > 0 ? 'suspicious' : 'ok',
  reasons,
  normal,
});
