import { z } from 'zod';
import { type MediumCode, type MediumHeader, readMedium } from '../../values/medium-file.ts';
import { type Failure, fail, ok, type Result } from '../../values/result.ts';
import { countersigned, effectResults, inboxPage, masterKeys, masterPage } from '../answers.ts';

const position = z.number().int().nonnegative();
const from = z.string().min(1).max(400).nullable();
const code = z.string().max(80).nullable();

const manifest = z.object({
  deskId: z.uuid(),
  number: z.number().int().positive(),
  answers: z.number().int().positive(),
  at: z.iso.datetime(),
  acknowledgedTo: position,
  logProblem: code,
  evidence: z.object({
    registered: z.string().max(60).nullable(),
    witness: z.string().max(400),
    epoch: position.nullable(),
    checkpoint: countersigned.nullable(),
    problem: code,
  }),
  masterKeys: masterKeys.shape.keys,
});
const inbox = inboxPage.extend({ from });
const master = masterPage.extend({ collection: z.string().max(60), from });
const clerks = z.object({ confirmed: z.array(z.string().max(64)) });

/** The portal's answer to a medium: what the desk would have heard over the line. */
export type MediumAnswer = z.output<typeof manifest> & {
  results: z.output<typeof effectResults>['results'];
  inbox: z.output<typeof inbox>[];
  master: z.output<typeof master>[];
  confirmedClerks: string[];
};

export type AnswerCode = MediumCode | 'medium.other-desk';

/** What an answer brought. */
export type TakenAnswer = {
  number: number;
  answers: number;
  /** The portal's time, ISO 8601 in UTC. */
  at: string;
  /** The portal has the log up to this entry. */
  acknowledgedTo: number;
  isCountersigned: boolean;
  effects: { accepted: number; refused: number; incomplete: number };
  /** Answers of offices that were not here before. */
  officeAnswers: number;
  /** Collections of master data that changed; null when a package of them failed its check. */
  master: string[] | null;
};
export type TakeCode = 'medium.already-taken' | 'medium.older';

/**
 * Reads an answer to its end: signed by the portal of this desk, sealed to it, and in a form this version knows. Nothing of
 * it is acted on before all of it is known to be sound. Errors of reading the file itself are thrown.
 */
export async function readAnswer(
  file: AsyncIterable<Uint8Array>,
  of: { deskId: string; seed: Buffer; portalKey: Buffer },
): Promise<Result<MediumAnswer, Failure<AnswerCode>>> {
  const texts: { name: string; text: string }[] = [];
  const read = await readMedium(file, { seed: of.seed, to: 'desk' }, () => of.portalKey, {
    json: (name, text) => void texts.push({ name, text }),
    blob: async () => {},
  });
  if (!read.ok) return read;
  const answer = parseParts(texts);
  // The portal signed it: what is not understood is of a newer one.
  if (answer === null) return fail('medium.newer-format');
  return isFor(of.deskId, read.value, answer) ? ok(answer) : fail('medium.other-desk');
}

const isFor = (deskId: string, header: MediumHeader, answer: MediumAnswer): boolean =>
  header.deskId === deskId && answer.deskId === deskId && header.number === answer.number;

function parseParts(texts: readonly { name: string; text: string }[]): MediumAnswer | null {
  const all = <S extends z.ZodType>(name: string, schema: S): z.output<S>[] =>
    texts.filter((part) => part.name === name).map(({ text }) => schema.parse(JSON.parse(text)));
  try {
    const [said] = all('manifest', manifest);
    if (said === undefined) return null;
    return {
      ...said,
      results: all('effects', effectResults).flatMap(({ results }) => results),
      inbox: all('inbox', inbox),
      master: all('master', master),
      confirmedClerks: all('clerks', clerks).flatMap(({ confirmed }) => confirmed),
    };
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError) return null;
    throw error;
  }
}
