import { readFileSync } from 'node:fs';
import type { RunningPortal } from './app.ts';
import type { DeskException } from './log/exceptions.ts';
import { isSubmissionState, submissionStates } from './tracking/states.ts';

// What a person does at the portal: each a command beside the running one, on the same data.

type Command = {
  wants: readonly string[];
  run(portal: RunningPortal, args: readonly string[]): string | Promise<string>;
};

const kinds: Readonly<Record<DeskException['kind'], string>> = {
  'log-forked': 'the day log says something else than before',
  'checkpoint-refused': 'a checkpoint does not fit the day log',
  'key-refused': 'a signing key was refused',
  'epoch-refused': 'an epoch does not go on from what the portal has',
};

function told(one: DeskException): string {
  const details = Object.entries(one.details).map(([name, value]) => `${name} ${value}`);
  const lines = [
    `${one.id}  ${one.deskName} (${one.deskId})`,
    `    ${kinds[one.kind]}: ${details.join(', ')}`,
    `    since ${one.firstAt}, last ${one.lastAt}, ${one.times} times`,
  ];
  if (one.reviewedAt !== null) lines.push(`    reviewed ${one.reviewedAt} by ${one.reviewedBy}: ${one.note}`);
  return `${lines.join('\n')}\n`;
}

const LAST = 20;

const commands: Readonly<Record<string, Command>> = {
  exceptions: {
    wants: ['[all]'],
    run: (portal, [which]) => {
      const found = portal.deskExceptions(which === 'all');
      return found.length === 0 ? 'Nothing needs a look.\n' : found.map(told).join('');
    },
  },
  review: {
    wants: ['<number>', '<who>', '<note>'],
    run: (portal, [id, by = '', note = '']) => {
      if (!portal.reviewDeskException({ id: Number(id), by, note }))
        throw new Error(`There is no exception ${id} that waits for a review.`);
      return `Reviewed: ${id}.\n`;
    },
  },
  'import-medium': {
    wants: ['<file>', '<file for the answer>'],
    run: async (portal, [file = '', answer = '']) => {
      const taken = await portal.importMedium(file, answer);
      if (!taken.ok) throw new Error(`The medium was refused, nothing was changed: ${taken.error.code}`);
      const { number, isRepeated, missing, effects, acknowledgedTo, logProblem } = taken.value;
      return [
        `Medium ${number}${isRepeated ? ', taken in before' : ''}: day log up to ${acknowledgedTo}${logProblem === null ? '' : ` (${logProblem})`}.`,
        `Accepted ${effects.accepted}, known already ${effects.duplicate}, incomplete ${effects.incomplete}, refused ${effects.refused}.`,
        ...(missing.length > 0 ? [`Never came: ${missing.join(', ')}.`] : []),
        `The answer for the desk: ${answer}`,
        '',
      ].join('\n');
    },
  },
  submissions: {
    wants: [],
    run: (portal) =>
      portal
        .submissions(LAST)
        .map(({ submissionId, referenceNumber = submissionId, office, subject, states }) =>
          [referenceNumber, states.at(-1)?.state, office, subject].join('  '),
        )
        .join('\n')
        .concat('\n'),
  },
  'move-submission': {
    wants: ['<reference number or id>', '<state>', '<unit>', '[note]', '[deadline]'],
    run: (portal, [submission = '', state = '', unit = '', note, deadline]) => {
      if (!isSubmissionState(state))
        throw new Error(`Not a state. These are: ${submissionStates.join(', ')}.`);
      if (state === 'completion-asked' && (note === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(deadline ?? '')))
        throw new Error('Say what has to be completed, and until which day (YYYY-MM-DD).');
      const moved = portal.moveSubmission(submission, {
        state,
        by: { unit },
        ...(note !== undefined && { note: { cs: note, en: note } }),
        ...(deadline !== undefined && { deadline }),
      });
      if (!moved)
        throw new Error(`There is no submission ${submission}, or it cannot go there from its state.`);
      return `${submission}: ${state}.\n`;
    },
  },
  'recovery-key': { wants: ['<office>'], run: (portal, [office = '']) => portal.newRecoverySheet(office) },
  'take-over-code': {
    wants: ['<desk>'],
    run: (portal, [desk = '']) => `${portal.issueTakeOverCode(desk)}\n`,
  },
  'permit-new-key': {
    wants: ['<desk>'],
    run: (portal, [desk = '']) => {
      if (!portal.permitNewKey(desk)) throw new Error(`There is no desk ${desk}.`);
      return 'The desk may register a new signing key once.\n';
    },
  },
  'revoke-desk': {
    wants: ['<desk>'],
    run: (portal, [desk = '']) => {
      if (!portal.revokeDesk(desk)) throw new Error(`There is no desk ${desk}.`);
      return 'The desk is not heard any more.\n';
    },
  },
  'add-form': {
    wants: ['<file>'],
    run: (portal, [file = '']) => {
      const added = portal.addForm(JSON.parse(readFileSync(file, 'utf8')));
      if (!added.ok)
        throw new Error(
          `The form was not added, nothing was changed:\n${added.error.map((one) => `  ${one}\n`).join('')}`,
        );
      return `Added: ${added.value.id}, version ${added.value.version}. The desks have it with their next sync.\n`;
    },
  },
  'withdraw-form': {
    wants: ['<id>'],
    run: (portal, [id = '']) => {
      if (!portal.withdrawForm(id)) throw new Error(`There is no form ${id}.`);
      return `Withdrawn: ${id}. What is in progress with it goes on.\n`;
    },
  },
  'new-master-key': {
    wants: [],
    run: (portal) => {
      portal.rotateMasterKey();
      return 'Master data are signed with a new key from now on.\n';
    },
  },
};

const usage = (): string =>
  Object.entries(commands)
    .map(([name, { wants }]) => `  ${[name, ...wants].join(' ')}\n`)
    .join('');

/** Carries out a command and returns what to print. Throws with a sentence for whoever typed it. */
export async function operate(
  portal: RunningPortal,
  [name = '', ...args]: readonly string[],
): Promise<string> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const needed = command?.wants.filter((want) => !want.startsWith('[')).length ?? 0;
  if (!command || args.length < needed || args.length > command.wants.length)
    throw new Error(`Not a command of the portal. These are:\n${usage()}`);
  return command.run(portal, args);
}
