import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import { serviceDefinition } from '../../../electron/contract/services.ts';
import { uuidv7 } from '../../../electron/values/ids.ts';
import generalSubmission from '../../../resources/catalogue/services/general-submission.json' with {
  type: 'json',
};
import { createScriptedCounter } from '../../../test/previews/visit/scripted-counter.ts';
import { createClient } from '../counter/client.ts';
import { createDesk } from '../counter/desk.svelte.ts';
import { createIntents } from '../counter/intents.ts';
import Harness from './testing/Harness.svelte';

const newId = (): string =>
  uuidv7({ now: Date.now, random: (n) => crypto.getRandomValues(new Uint8Array(n)) });

/** The step where papers are scanned, of a service that is begun behind the window. */
async function atAttachments() {
  const { form: _, ...formless } = serviceDefinition.parse(generalSubmission);
  const papers = { ...formless, id: 'papers', steps: ['attachments' as const, 'accept' as const] };
  const counter = createScriptedCounter({ definitions: [papers] });
  counter.visit.identity.state = 'verified';
  counter.visit.id = newId();
  const must = async (name: string, input: object) => {
    const reply = (await counter.bridge.call(name, newId(), input)) as { ok: boolean; value: never };
    if (!reply.ok) throw new Error(`${name}: ${JSON.stringify(reply)}`);
  };
  await must('services.start', {
    visitId: counter.visit.id,
    definitionId: 'papers',
  });
  const client = createClient({
    bridge: counter.bridge,
    intents: createIntents({ getItem: () => null, setItem: () => {} }, newId, Date.now),
    reportBug: () => {},
    newBugId: newId,
  });
  render(Harness, { desk: createDesk(client), visitId: counter.visit.id, onleave: () => {} });
  return counter;
}

const pages = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-page]')];
const ids = (): (string | undefined)[] => pages().map(({ dataset }) => dataset['page']);
const press = (key: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key });

it('names the pages that seem to be blank, and takes away only what the clerk says', async () => {
  const counter = await atAttachments();
  counter.world.scan.pages = 6;
  await screen.findByText('Příloha je zatím prázdná');
  await press('F9');
  // The counter of the tests says it of each fifth page.
  await screen.findByText('Zřejmě prázdné stránky: 5. Prohlédněte je, než je odstraníte.');
  expect(ids()).toHaveLength(6);
  const [blank] = ids().slice(4);
  await fireEvent.click(screen.getByRole('button', { name: 'Ponechat' }));
  await waitFor(() => expect(screen.queryByText(/^Zřejmě prázdné/)).toBeNull());
  expect(ids()).toContain(blank);
  expect(counter.calls.filter(({ name }) => name === 'attachments.delete-page')).toEqual([]);
  await press('F9');
  await screen.findByText('Zřejmě prázdné stránky: 10. Prohlédněte je, než je odstraníte.');
  const [tenth] = ids().slice(9);
  await fireEvent.click(screen.getByRole('button', { name: 'Odstranit prázdné' }));
  await waitFor(() => expect(ids()).toHaveLength(11));
  expect(ids()).toContain(blank);
  expect(ids()).not.toContain(tenth);
});

it('scans a page again and one before it by keys, and shows it large', async () => {
  const counter = await atAttachments();
  counter.world.scan.pages = 2;
  await screen.findByText('Příloha je zatím prázdná');
  await press('F9');
  await waitFor(() => expect(ids()).toHaveLength(2));
  const places = () =>
    counter.calls.flatMap(({ name, input }) =>
      name === 'attachments.scan' ? [Reflect.get(Object(input), 'place')] : [],
    );
  const [first, second] = ids();
  await waitFor(() =>
    expect(screen.getByRole('button', { name: /Skenovat/ })).toHaveProperty('disabled', false),
  );
  pages()[1]?.focus();
  await press('+');
  expect(await screen.findByRole('dialog')).toBeTruthy();
  await press('Escape');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  counter.world.scan = { pages: 0, parts: [], end: 'failed', failure: { code: 'scanner.jammed' } };
  pages()[1]?.focus();
  await press('s');
  await screen.findByText(/V podavači uvázl papír/);
  pages()[0]?.focus();
  await press('Insert');
  await waitFor(() =>
    expect(places()).toEqual([
      { at: 'end' },
      { at: 'instead', pageId: second },
      { at: 'before', pageId: first },
    ]),
  );
  // The clerk goes on where the page is, though none came.
  await waitFor(() => expect(document.activeElement).toBe(pages()[0]));
});
