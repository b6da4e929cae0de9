/** Brings the focus into the field of a name (`data-field`), once what is shown has settled. */
export function focusProblem(field: string | undefined): void {
  if (field === undefined) return;
  requestAnimationFrame(() => {
    const control = document.querySelector(
      `[data-field="${CSS.escape(field)}"] :is(input, select, textarea)`,
    );
    if (control instanceof HTMLElement) {
      control.focus();
      control.scrollIntoView({ block: 'nearest' });
    }
  });
}
