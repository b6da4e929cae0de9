import './styles/base.css';
import './styles/controls.css';
import { mount } from 'svelte';
import { systemRandom, uuidv7 } from '../../electron/values/ids.ts';
import App from './App.svelte';
import { createClient } from './counter/client.ts';
import { createDesk } from './counter/desk.svelte.ts';
import { createIntents } from './counter/intents.ts';
import { bugs } from './shell/bugs.svelte.ts';
import { readRefusal } from './shell/refusal.ts';

const target = document.getElementById('window');
if (target === null) throw new Error('The page has no place for the window.');

const newId = (): string => uuidv7({ now: () => Date.now(), random: systemRandom });
const newBugId = (): string => newId().slice(-12);

const reportBug = (id: string, what: unknown): void => {
  // Main writes the console's errors to the log, so the id shown leads to this line. Messages only: no input of anybody.
  console.error(`window bug ${id}: ${what instanceof Error ? (what.stack ?? what.message) : String(what)}`);
  bugs.add(id);
};
window.addEventListener('error', (event) => reportBug(newBugId(), event.error ?? event.message));
window.addEventListener('unhandledrejection', (event) => reportBug(newBugId(), event.reason));

const { counter: bridge } = window;
const refusal = readRefusal(location.search);
const desk =
  bridge === undefined || refusal !== null
    ? null
    : createDesk(
        createClient({
          bridge,
          intents: createIntents(sessionStorage, newId, Date.now),
          reportBug,
          newBugId,
        }),
      );

mount(App, { target, props: { desk, refusal } });
