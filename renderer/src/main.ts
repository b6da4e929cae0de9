import './styles/base.css';
import './styles/controls.css';
import { mount } from 'svelte';
import { z } from 'zod';
import { systemRandom, uuidv7 } from '../../electron/values/ids.ts';
import App from './App.svelte';
import { createClient } from './counter/client.ts';
import { createDesk } from './counter/desk.svelte.ts';
import { createIntents } from './counter/intents.ts';
import { language } from './i18n/language.svelte.ts';
import { readAddress } from './shell/address.ts';
import { bugs } from './shell/bugs.svelte.ts';
import './counter/bridge.ts';

const target = document.getElementById('window');
if (target === null) throw new Error('The page has no place for the window.');

const newId = (): string => uuidv7({ now: () => Date.now(), random: systemRandom });
const newBugId = (): string => newId().slice(-12);

// Of data that broke the contract only the place and the rule are told, never the value.
const describe = (what: unknown): string => {
  if (what instanceof z.ZodError)
    return what.issues.map(({ path, code }) => `${path.join('.')}: ${code}`).join('; ');
  return what instanceof Error ? (what.stack ?? what.message) : String(what);
};

const reportBug = (id: string, what: unknown): void => {
  // Main writes the console's errors to the log, so the id shown leads to this line. Messages only: no input of anybody.
  console.error(`window bug ${id}: ${describe(what)}`);
  bugs.add(id);
};
window.addEventListener('error', (event) => reportBug(newBugId(), event.error ?? event.message));
window.addEventListener('unhandledrejection', (event) => reportBug(newBugId(), event.reason));

const bridge = 'counter' in window ? window.counter : undefined;
const { language: asked, note, refusal } = readAddress(location.search);
if (asked !== null) language.set(asked);
const client =
  bridge === undefined
    ? null
    : createClient({
        bridge,
        intents: createIntents(sessionStorage, newId, Date.now),
        reportBug,
        newBugId,
      });
const desk = client === null || refusal !== null ? null : createDesk(client);

mount(App, { target, props: { desk, client, refusal, note } });
