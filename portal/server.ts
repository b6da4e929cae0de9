import { pino } from 'pino';
import { createPortal, REFERENCE_DELAY_MS } from './app.ts';
import { operate } from './operator.ts';

/**
 * The portal as a process of its own. Settings come from the environment:
 * PORT (0 = any free one), HOST (127.0.0.1), DATA_DIR (:memory:), PORTAL_ENVIRONMENT (training | production),
 * PORTAL_PUBLIC_URL (where the world reaches it, when not where it listens), PORTAL_REFERENCE_DELAY_MS,
 * PORTAL_OFFICES (working: in training they move submissions on by themselves | still), PORTAL_ENROLMENT_CODE (codes to issue, separated by commas, each `code` or
 * `code@office`; without an office it is klatovy), PORTAL_INVALID_DOCUMENTS_URL, PORTAL_LOG_LEVEL.
 * With a command of `operator.ts` it does that on the data of DATA_DIR, beside a running portal or without one, and ends.
 * One line of JSON on standard output says when it listens; the log goes to standard error.
 */
async function main(env: NodeJS.ProcessEnv): Promise<void> {
  const logger = pino({ level: env.PORTAL_LOG_LEVEL || 'info' }, pino.destination(2));
  const environment = oneOf(env.PORTAL_ENVIRONMENT || 'training', ['training', 'production']);
  const invalidDocumentsUrl = env.PORTAL_INVALID_DOCUMENTS_URL;
  const portal = createPortal({
    dataDir: env.DATA_DIR || ':memory:',
    environment,
    referenceDelayMs: wholeNumber('PORTAL_REFERENCE_DELAY_MS', env, REFERENCE_DELAY_MS),
    officesMoveOn: oneOf(env.PORTAL_OFFICES || 'working', ['working', 'still']) === 'working',
    logger,
    ...(invalidDocumentsUrl ? { invalidDocumentsUrl } : {}),
    ...(env.PORTAL_PUBLIC_URL ? { publicUrl: env.PORTAL_PUBLIC_URL } : {}),
  });
  const asked = process.argv.slice(2);
  if (asked.length > 0) {
    try {
      process.stdout.write(await operate(portal, asked));
    } finally {
      await portal.close();
    }
    return;
  }
  for (const issued of (env.PORTAL_ENROLMENT_CODE ?? '').split(',').filter(Boolean)) {
    const [code = '', office = 'klatovy'] = issued.split('@');
    portal.issueEnrolmentCode(office, code);
  }
  const url = await portal.listen({ port: wholeNumber('PORT', env, 0), host: env.HOST || '127.0.0.1' });
  process.stdout.write(`${JSON.stringify({ ready: true, url, pid: process.pid })}\n`);

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      portal.close().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}

function wholeNumber(name: string, env: NodeJS.ProcessEnv, otherwise: number): number {
  const text = env[name];
  if (text === undefined || text === '') return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} has to be a whole number.`);
  return Number(text);
}

function oneOf<const T extends string>(value: string, allowed: readonly T[]): T {
  const found = allowed.find((item) => item === value);
  if (found === undefined) throw new Error(`Not one of ${allowed.join(', ')}: ${value}.`);
  return found;
}

main(process.env).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
