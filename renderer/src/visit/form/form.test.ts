import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { serviceDefinition } from '../../../../electron/contract/services.ts';
import { uuidv7 } from '../../../../electron/values/ids.ts';
import { createScriptedCounter } from '../../../../test/previews/visit/scripted-counter.ts';
import { lampForm } from '../../../../test/rigs/lamp-form.ts';
import { createClient } from '../../counter/client.ts';
import { createDesk } from '../../counter/desk.svelte.ts';
import { createIntents } from '../../counter/intents.ts';
import Harness from '../testing/Harness.svelte';

const definition = serviceDefinition.parse({ ...lampForm, identity: 'not-asked' });

let opened = 0;
/** A visit whose lamp form stands open. */
async function open() {
  const counter = createScriptedCounter({ definitions: [definition] });
  opened += 1;
  counter.visit.id = `01900000-0000-7000-8000-8${String(opened).padStart(11, '0')}`;
  const stored = new Map<string, string>();
  const newId = (): string =>
    uuidv7({ now: Date.now, random: (n) => crypto.getRandomValues(new Uint8Array(n)) });
  const client = createClient({
    bridge: counter.bridge,
    intents: createIntents(
      { getItem: (key) => stored.get(key) ?? null, setItem: (key, value) => stored.set(key, value) },
      newId,
      Date.now,
    ),
    reportBug: () => {},
    newBugId: newId,
  });
  render(Harness, { desk: createDesk(client), visitId: counter.visit.id, onleave: vi.fn() });
  await screen.findByRole('heading', { level: 1, name: /^Kdo přišel/ });
  await fireEvent.keyDown(document.body, { key: '2', altKey: true });
  const filter = await screen.findByRole('combobox', { name: /^Hledat/ });
  await fireEvent.input(filter, { target: { value: 'Porucha' } });
  await waitFor(() => expect(screen.getAllByRole('option')).toHaveLength(1));
  await fireEvent.keyDown(filter, { key: 'Enter' });
  await screen.findByRole('heading', { level: 1, name: 'Porucha veřejného osvětlení' });
  await waitFor(() => expect(document.querySelector('[data-field]')).not.toBeNull());
  const sent = (name: string): { data: Record<string, unknown> }[] =>
    counter.calls.filter((call) => call.name === name).map(({ input }) => JSON.parse(JSON.stringify(input)));
  return { counter, sent };
}
const at = (path: string): HTMLElement => {
  const found = document.querySelector(`[data-field="${path}"]`);
  if (!(found instanceof HTMLElement)) throw new Error(`no field ${path}`);
  return found;
};
const isShown = (path: string): boolean => document.querySelector(`[data-field="${path}"]`) !== null;
const control = (path: string): Element => at(path).querySelector('input, select') ?? at(path);
// A key changes the field and tells of it at once: nothing the window still has to show may come between.
const write = async (path: string, value: string): Promise<void> => {
  const input = control(path);
  if (!(input instanceof HTMLInputElement)) throw new Error(`${path} is no text field`);
  input.value = value;
  input.dispatchEvent(new InputEvent('input', { bubbles: true }));
  await tick();
};
const pick = async (path: string, value: string): Promise<void> => {
  const select = control(path);
  // happy-dom does not know which option is `:checked`, which is how the window reads a select.
  if (!(select instanceof HTMLSelectElement)) throw new Error(`${path} is no select`);
  const option = [...select.options].find((one) => one.value === value) ?? null;
  vi.spyOn(select, 'querySelector').mockReturnValue(option);
  await fireEvent.change(select);
};
const press = (name: string | RegExp, inside: HTMLElement = document.body) =>
  fireEvent.click(within(inside).getByRole('button', { name }));

describe('the form', () => {
  it('shows and hides by what was chosen, and sends nothing of what is hidden', async () => {
    const { sent } = await open();
    await pick('lamps.0.fault', 'dark');
    await waitFor(() => expect(isShown('lamps.0.since')).toBe(true));
    await write('lamps.0.since', '10/2026');
    await pick('lamps.0.fault', 'flickers');
    await waitFor(() => expect(isShown('lamps.0.since')).toBe(false));
    await fireEvent.focusOut(control('lamps.0.number'));
    // What was typed is kept with the draft all the same: the clerk may choose again.
    await waitFor(() =>
      expect(sent('services.save-form').at(-1)?.data).toMatchObject({ lamps: [{ since: '2026-10' }] }),
    );
  });

  it('adds, removes and moves items, each with what was typed into it', async () => {
    await open();
    await write('lamps.0.number', 'první');
    await press(/^Přidat: Lampa/);
    await waitFor(() => expect(isShown('lamps.1')).toBe(true));
    await waitFor(() => expect(document.activeElement).toBe(control('lamps.1.fault')));
    await write('lamps.1.number', 'druhá');
    await press(/^Výš/, at('lamps.1'));
    await waitFor(() => expect(control('lamps.0.number')).toHaveProperty('value', 'druhá'));
    await press(/^Odebrat/, at('lamps.0'));
    await waitFor(() => expect(isShown('lamps.1')).toBe(false));
    expect(control('lamps.0.number')).toHaveProperty('value', 'první');
    // The least number stays.
    expect(within(at('lamps')).queryByRole('button', { name: /^Odebrat/ })).toBeNull();
  });

  it('computes rows, totals and the whole, once typing pauses', async () => {
    await open();
    await write('outages.0.hours', '2,5');
    await write('outages.0.lamps', '4');
    await waitFor(() => expect(at('all').textContent).toContain('10'));
    await fireEvent.keyDown(control('outages.0.lamps'), { key: 'Enter' });
    await waitFor(() => expect(isShown('outages.1.hours')).toBe(true));
    await write('outages.1.hours', '1');
    await write('outages.1.lamps', '3');
    await waitFor(() => expect(at('all').textContent).toContain('13'));
    expect(document.querySelector('[data-total="dark"]')?.textContent?.trim()).toBe('13');
  });

  it('takes streets of the chosen town only, and forgets them with it', async () => {
    const { counter } = await open();
    const choose = async (path: string, typed: string): Promise<void> => {
      const input = control(path);
      await fireEvent.input(input, { target: { value: typed } });
      await waitFor(() =>
        expect(within(at(path).parentElement ?? at(path)).getAllByRole('option')).toHaveLength(1),
      );
      await waitFor(() => expect(counter.calls.some(({ name }) => name === 'services.codes')).toBe(true));
      await fireEvent.keyDown(input, { key: 'Enter' });
    };
    await choose('municipality', 'nyr');
    await waitFor(() => expect(control('municipality')).toHaveProperty('value', 'Nýrsko'));
    await choose('street', 'žiž');
    await waitFor(() => expect(control('street')).toHaveProperty('value', 'Žižkova'));
    await choose('municipality', 'klat');
    await waitFor(() => expect(control('street')).toHaveProperty('value', ''));
  });

  it('blames a field after it was left, and all of them in one list when the clerk wants to go on', async () => {
    const { sent } = await open();
    expect(screen.queryByText('Vyplňte tento údaj.')).toBeNull();
    await fireEvent.focusOut(control('lamps.0.number'));
    await within(at('lamps.0.number')).findByText('Vyplňte tento údaj.');
    expect(screen.getAllByText('Vyplňte tento údaj.')).toHaveLength(1);
    await fireEvent.keyDown(document.body, { key: 'Enter', ctrlKey: true });
    const list = await screen.findByRole('alert');
    expect(
      within(list)
        .getAllByRole('button')
        .map(({ textContent }) => textContent),
    ).toEqual([
      ...['Obec', 'Lampa 1 – Porucha', 'Lampa 1 – Číslo lampy'],
      ...['Výpadek 1 – Úsek', 'Výpadek 1 – Hodin', 'Výpadek 1 – Lamp', 'Svědek'],
    ]);
    await press('Výpadek 1 – Hodin', list);
    await waitFor(() => expect(document.activeElement).toBe(control('outages.0.hours')));
    expect(sent('services.complete-form')).toEqual([]);
  });
});
