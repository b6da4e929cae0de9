/** An outcome that may fail in an expected way. What is not expected is thrown: it is a bug. */
export type Result<T, E> = { ok: true; value: T } | { ok: false; error: E };

/** A failure a person sees: a stable code (`area.what-happened`) and the values its sentence names. */
export type Failure<C extends string = string> = { code: C; params?: Record<string, string | number> };

export const ok = <T>(value: T): { ok: true; value: T } => ({ ok: true, value });

export const err = <E>(error: E): { ok: false; error: E } => ({ ok: false, error });

/** A failed result with a code; `params` fill the sentence. */
export const fail = <C extends string>(
  code: C,
  params?: Record<string, string | number>,
): { ok: false; error: { code: C; params?: Record<string, string | number> } } =>
  err(params === undefined ? { code } : { code, params });
