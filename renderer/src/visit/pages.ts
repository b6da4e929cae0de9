import type { Failure } from '../../../electron/values/result.ts';

/** Largest file the desk takes in, where a service says no other, and largest data message, whose files stand in it as longer text. */
export const FILE_MAX_MB = 20;
const MESSAGE_MAX_MB = 30;

/** Why a file is not even read; null when it may be sent to the counter, which looks inside. */
export function judgeFile(
  { name, size }: Pick<File, 'name' | 'size'>,
  most: number = FILE_MAX_MB,
): Failure | null {
  const max = name.toLowerCase().endsWith('.zfo') ? Math.max(most, MESSAGE_MAX_MB) : most;
  if (size === 0) return { code: 'visit.file-empty' };
  return size > max * 1024 * 1024 ? { code: 'visit.file-too-large', params: { max } } : null;
}

/** What a key does to the page that has the focus. */
export type PageKey =
  | { does: 'rotate'; by: 90 | 270 }
  | { does: 'delete' }
  | { does: 'move'; by: number }
  | { does: 'focus'; by: number }
  | { does: 'enlarge' }
  | { does: 'scan'; at: 'before' | 'instead' };

/**
 * R turns right, Shift+R left; arrows go between pages, with Alt they move the page; `columns` of the grid. Plus shows the page large,
 * S scans it again, Insert scans what belongs before it.
 */
export function pageKey(
  event: Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey'>,
  columns: number,
): PageKey | null {
  if (event.ctrlKey || event.metaKey) return null;
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
  };
  const by = steps[event.key];
  if (by !== undefined) return { does: event.altKey ? 'move' : 'focus', by };
  if (event.altKey) return null;
  if (event.key.toLowerCase() === 'r') return { does: 'rotate', by: event.shiftKey ? 270 : 90 };
  if (event.key === '+') return { does: 'enlarge' };
  if (event.key.toLowerCase() === 's') return { does: 'scan', at: 'instead' };
  if (event.key === 'Insert') return { does: 'scan', at: 'before' };
  return event.key === 'Delete' ? { does: 'delete' } : null;
}

/** Where a page ends up, kept within its attachment. */
export const movedTo = (index: number, by: number, count: number): number =>
  Math.max(0, Math.min(count - 1, index + by));
