import { contextBridge, ipcRenderer } from 'electron';
import type { CounterBridge, ToCounter, ToWindow } from '../contract/wire.ts';

/**
 * The one bridge into the window. The port to the counter lives here and is never handed on: the page gets three
 * functions. What goes through is checked by the counter, and again by the page, against the contract.
 */

type Pending = { resolve(result: unknown): void; reject(reason: Error): void };

const pending = new Map<number, Pending>();
const eventListeners = new Set<(name: string, data: unknown) => void>();
const connectionListeners = new Set<(connected: boolean) => void>();
let port: MessagePort | null = null;
let lastRequest = 0;

const gone = (): Error => new Error('counter-gone');

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const isFromCounter = (value: unknown): value is ToWindow =>
  isRecord(value) &&
  ((value['type'] === 'reply' && typeof value['request'] === 'number') ||
    (value['type'] === 'event' && typeof value['name'] === 'string'));

const receive = (message: unknown): void => {
  if (!isFromCounter(message)) return;
  if (message.type === 'event') {
    for (const listener of eventListeners) listener(message.name, message.data);
    return;
  }
  pending.get(message.request)?.resolve(message.result);
  pending.delete(message.request);
};

const setPort = (next: MessagePort | null): void => {
  if (port === null && next === null) return;
  port?.close();
  port = next;
  for (const { reject } of pending.values()) reject(gone());
  pending.clear();
  for (const listener of connectionListeners) listener(next !== null);
};

const accept = (given: MessagePort): void => {
  given.addEventListener('message', ({ data }) => receive(data));
  given.addEventListener('close', () => {
    if (port === given) setPort(null);
  });
  given.start();
  setPort(given);
};

const bridge: CounterBridge = {
  call: (name, commandId, input) =>
    new Promise((resolve, reject) => {
      if (port === null) return reject(gone());
      lastRequest += 1;
      const message: ToCounter = { type: 'call', request: lastRequest, name, commandId, input };
      port.postMessage(message);
      pending.set(lastRequest, { resolve, reject });
    }),
  onEvent: (listener) => {
    eventListeners.add(listener);
    return () => void eventListeners.delete(listener);
  },
  onConnection: (listener) => {
    connectionListeners.add(listener);
    listener(port !== null);
    return () => void connectionListeners.delete(listener);
  },
};

ipcRenderer.on('counter-port', (event) => {
  const [given] = event.ports;
  if (given) accept(given);
});
ipcRenderer.on('counter-gone', () => setPort(null));

contextBridge.exposeInMainWorld('counter', bridge);
ipcRenderer.send('counter-port-wanted');
