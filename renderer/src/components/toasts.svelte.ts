export type Toast = { id: number; kind: 'info' | 'success' | 'error'; text: string };

const STAYS_MS = 8_000;
let last = 0;
let shown = $state.raw<readonly Toast[]>([]);

/** Short sentences about what was done; they go by themselves, so nothing that needs a person belongs here. */
export const toasts = {
  get shown(): readonly Toast[] {
    return shown;
  },
  show(text: string, kind: Toast['kind'] = 'success'): void {
    last += 1;
    const id = last;
    shown = [...shown.slice(-2), { id, kind, text }];
    setTimeout(() => toasts.dismiss(id), STAYS_MS);
  },
  dismiss(id: number): void {
    shown = shown.filter((toast) => toast.id !== id);
  },
  clear(): void {
    shown = [];
  },
};
