// @ts-check
// Plain JavaScript without dependencies: the bootstrap runs before anything is installed, perhaps under Node 20.

/** Failure of a step that a person can act on: shown as its sentence, without a stack. */
export class StepFailure extends Error {}

/** @param {number} startedMs value of performance.now() at the start */
const took = (startedMs) => `${((performance.now() - startedMs) / 1000).toFixed(1)} s`;

/**
 * Prints the one line of a step.
 * @param {string} mark
 * @param {string} name
 * @param {string} detail
 * @param {string} time
 */
const line = (mark, name, detail, time) => {
  console.log(`${mark} ${name.padEnd(20)} ${detail}${time ? ` (${time})` : ''}`);
};

/**
 * Runs one step and prints a line with what it did and how long it took. A failing step names itself and rethrows.
 * `say` sets the detail of the closing line.
 * @type {<T>(name: string, run: (say: (detail: string) => void) => T | Promise<T>) => Promise<T>}
 */
export const step = async (name, run) => {
  const started = performance.now();
  let detail = 'done';
  try {
    const result = await run((text) => {
      detail = text;
    });
    line('✓', name, detail, took(started));
    return result;
  } catch (error) {
    line('✗', name, `failed: ${error instanceof Error ? error.message : String(error)}`, took(started));
    throw error;
  }
};

/**
 * Says one thing, in the same column as the steps.
 * @param {string} name
 * @param {string} detail
 */
export const note = (name, detail) => line('·', name, detail, '');

/**
 * Runs a program's main function and ends the process, also when a library has left timers behind. A failure that `step`
 * has already named ends it with exit code 1, a bug with a stack.
 * @param {() => Promise<number | undefined>} main resolves to the exit code, undefined is 0
 */
export const runMain = async (main) => {
  try {
    process.exit((await main()) ?? 0);
  } catch (error) {
    if (!(error instanceof StepFailure)) console.error(error);
    process.exit(1);
  }
};
