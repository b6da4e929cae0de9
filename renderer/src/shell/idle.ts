const TELL_EVERY_MS = 20_000;

export type IdleWatch = {
  target: EventTarget;
  minutes: number;
  /** Somebody is working; called at most once in 20 s. */
  stillHere(): void;
  /** Nobody touched keyboard or mouse for so long. */
  lock(): void;
};

/** Watches whether somebody works at the window. Returns the end of watching. */
export function watchIdle({ target, minutes, stillHere, lock }: IdleWatch): () => void {
  let told = Number.NEGATIVE_INFINITY;
  let timer = setTimeout(lock, minutes * 60_000);
  const touched = (): void => {
    clearTimeout(timer);
    timer = setTimeout(lock, minutes * 60_000);
    const now = performance.now();
    if (now - told < TELL_EVERY_MS) return;
    told = now;
    stillHere();
  };
  const signs = ['keydown', 'pointerdown', 'pointermove', 'wheel'];
  for (const sign of signs) target.addEventListener(sign, touched, { passive: true, capture: true });
  return () => {
    clearTimeout(timer);
    for (const sign of signs) target.removeEventListener(sign, touched, { capture: true });
  };
}
