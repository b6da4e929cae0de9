import type { Failure } from '../../../electron/values/result.ts';
import { digitOf } from '../shell/digits.ts';

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
  | { does: 'undo' }
  | { does: 'lighten'; by: 1 | -1 }
  | { does: 'assign'; slot: number }
  | { does: 'scan'; at: 'before' | 'instead' };

/**
 * R turns right, Shift+R left; arrows go between pages, with Alt they move the page; `columns` of the grid. Plus shows the page large,
 * S scans it again, Insert scans what belongs before it. Z shows it as it was scanned and back, B lighter, Shift+B darker; a digit moves
 * its part of the batch to that attachment (by the key's place, as a Czech keyboard has letters there).
 */
export function pageKey(
  event: Pick<KeyboardEvent, 'key' | 'code' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey'>,
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
  const digit = Number(digitOf(event) ?? 0);
  // Plus stands on a digit's key on a Czech keyboard.
  if (event.key === '+') return { does: 'enlarge' };
  if (digit > 0 && !event.shiftKey) return { does: 'assign', slot: digit };
  if (event.key.toLowerCase() === 'z') return { does: 'undo' };
  if (event.key.toLowerCase() === 'b') return { does: 'lighten', by: event.shiftKey ? -1 : 1 };
  if (event.key.toLowerCase() === 's') return { does: 'scan', at: 'instead' };
  if (event.key === 'Insert') return { does: 'scan', at: 'before' };
  return event.key === 'Delete' ? { does: 'delete' } : null;
}

/** Where a page ends up, kept within its attachment. */
export const movedTo = (index: number, by: number, count: number): number =>
  Math.max(0, Math.min(count - 1, index + by));

/** A stretch of pages that seems to be a document of its own; numbers from 1. */
export type Part = { from: number; to: number };

/** The parts of an attachment's pages; one when nothing told of more. */
export function partsOf(pages: readonly { startsPart: boolean }[]): Part[] {
  const parts: Part[] = [];
  pages.forEach(({ startsPart }, index) => {
    const last = parts.at(-1);
    if (last === undefined || startsPart) parts.push({ from: index + 1, to: index + 1 });
    else last.to = index + 1;
  });
  return parts;
}
