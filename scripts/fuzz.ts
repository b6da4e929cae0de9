import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { chanceOf } from '../test/chaos/random.ts';
import { targets } from '../test/fuzz/targets.ts';

// `npm run fuzz -- [PARSER …] [--count N] [--seed WORD] [--from N]`: spoilt inputs, 1,000,000 for each parser unless told otherwise,
// each made anew from the seed and its number. A thrown exception, an input that takes longer than 20 s, or memory that grows is a finding:
// its number is told, and `--seed WORD --from N --count 1` makes the same input again. Not a part of `npm test`.

const COUNT = 1_000_000;
/** Inputs between two signs of life, and how long none may come. */
const BEAT = 64;
const SILENCE_MS = 20_000 + BEAT * 200;
/** What the process may grow by while one parser is fed. */
const GROWTH_MIB = 600;

type Work = { name: string; seed: string; from: number; count: number };
type Sign = { at: number } | { finding: string; at: number } | { done: true };

if (!isMainThread) {
  const { name, seed, from, count }: Work = workerData;
  const target = targets[name];
  const say = (sign: Sign): void => parentPort?.postMessage(sign);
  for (let at = from; at < from + count; at += 1) {
    if ((at - from) % BEAT === 0) say({ at });
    try {
      await target?.one(chanceOf('fuzz', seed, name, at));
    } catch (error) {
      say({ finding: error instanceof Error ? (error.stack ?? error.message) : String(error), at });
    }
  }
  say({ done: true });
} else {
  const args = process.argv.slice(2);
  const optionOf = (name: string): string | undefined => {
    const at = args.indexOf(name);
    return at < 0 ? undefined : args[at + 1];
  };
  const seed = optionOf('--seed') ?? 'fuzz';
  const from = Number(optionOf('--from') ?? 0);
  const count = Number(optionOf('--count') ?? COUNT);
  const asked = Object.keys(targets).filter((name) => args.includes(name));
  let findings = 0;
  for (const name of asked.length > 0 ? asked : Object.keys(targets)) {
    const started = performance.now();
    const found = await feed({ name, seed, from, count });
    findings += found;
    console.log(
      `${found === 0 ? '✓' : '✗'} ${name}: ${count} inputs, ${found} findings, ${Math.round((performance.now() - started) / 1000)} s`,
    );
  }
  process.exitCode = findings === 0 ? 0 : 1;
}

/** Feeds one parser in a thread of its own, so that one that hangs can be ended; the number of findings. */
function feed(work: Work): Promise<number> {
  const worker = new Worker(new URL(import.meta.url), { workerData: work });
  const before = process.memoryUsage.rss();
  let findings = 0;
  let last = work.from;
  let heard = performance.now();
  let ceilingTold = false;
  return new Promise((resolve) => {
    const find = (what: string, at: number): void => {
      findings += 1;
      if (findings <= 20) console.log(`  ${work.name} --seed ${work.seed} --from ${at} --count 1: ${what}`);
    };
    const watch = setInterval(() => {
      const grown = (process.memoryUsage.rss() - before) / 2 ** 20;
      if (grown > GROWTH_MIB && !ceilingTold) {
        ceilingTold = true;
        find(`the process grew by ${Math.round(grown)} MiB`, last);
      }
      if (performance.now() - heard < SILENCE_MS) return;
      find(`no end within ${SILENCE_MS / 1000} s, in one of the ${BEAT} inputs from here`, last);
      end();
    }, 1000);
    const end = (): void => {
      clearInterval(watch);
      void worker.terminate();
      resolve(findings);
    };
    worker.on('message', (sign: Sign) => {
      heard = performance.now();
      if ('done' in sign) return end();
      if ('finding' in sign) find(sign.finding, sign.at);
      last = sign.at;
    });
    worker.on('error', (error) => {
      find(`the thread ended: ${error}`, last);
      end();
    });
  });
}
