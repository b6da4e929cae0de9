import { person } from '../../rigs/visits.ts';
import { startWholeDesk } from '../../rigs/whole-desk.ts';
import type { Part } from '../devices.ts';
import { percentile, rounded } from '../report.ts';

const GOAL_MS = 50;

/** Looks at each frame whether the text stands in the window, as text or in a field, and notes the time behind that frame. */
const watch = (shown: string): string => `new Promise((resolve) => {
  const wanted = ${JSON.stringify(shown)};
  const stands = () =>
    document.body.innerText.includes(wanted) ||
    [...document.querySelectorAll('input, textarea')].some(({ value }) => value.includes(wanted));
  const look = () => {
    if (!stands()) return requestAnimationFrame(look);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(performance.timeOrigin + performance.now());
    port2.postMessage(null);
  };
  requestAnimationFrame(look);
  window.watching = true;
})`;

/**
 * The reader's part: from the last byte on the line (a pseudo-terminal) to the document's number on the screen, in the real window. Two
 * documents take turns, so that each reading changes what stands there.
 */
export const measureReader: Part = async ({ count: readings = 60 }) => {
  const whole = await startWholeDesk();
  try {
    await whole.signIn('novakova');
    await whole.pages.openVisit();
    const documents = ['person-01', 'person-02'].map((id) => {
      const { mrz } = person(id).document;
      return { mrz, number: /^..CZE(\w{9})/.exec(mrz[0] ?? '')?.[1] ?? (mrz[1] ?? '').slice(0, 9) };
    });
    const times: number[] = [];
    for (let at = 0; at < readings + 4; at += 1) {
      const document = documents[at % 2];
      if (document === undefined) throw new Error('two documents');
      await whole.window.evaluate('window.watching = false');
      const shown = whole.window.evaluate(watch(document.number.replace(/<+$/, '')));
      await whole.window.waitForFunction('window.watching');
      const sent = performance.timeOrigin + performance.now();
      whole.devices.reader.sendLines(document.mrz);
      const seen = Number(await shown);
      // The first ones load what a reading needs.
      if (at >= 4) times.push(seen - sent);
    }
    const p95 = rounded(percentile(times, 0.95));
    return {
      figures: { p50: rounded(percentile(times, 0.5)), p95, readings },
      notes: ['milliseconds from the bytes on the line to the number in the window'],
      goals: [{ goal: `p95 under ${GOAL_MS} ms`, measured: `${p95} ms`, met: p95 < GOAL_MS }],
    };
  } finally {
    await whole.close();
  }
};
