const TEXT_TYPES = new Set(['text', 'search', 'tel', 'url', '']);

/**
 * Writes what a reader on a line read into the field that has the focus, where its cursor is, as a reader that types would. False:
 * there is no such field.
 */
export function writeCode(target: Element | null, text: string): boolean {
  const isField =
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLInputElement && TEXT_TYPES.has(target.type));
  if (!isField || target.disabled || target.readOnly) return false;
  const from = target.selectionStart ?? target.value.length;
  const to = target.selectionEnd ?? from;
  const room =
    target.maxLength < 0 ? text.length : Math.max(0, target.maxLength - target.value.length + (to - from));
  const line = target instanceof HTMLTextAreaElement ? text : text.replace(/[\r\n]+/g, ' ');
  target.setRangeText(line.slice(0, room), from, to, 'end');
  target.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertText' }));
  return true;
}
