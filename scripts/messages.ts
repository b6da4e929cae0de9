import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compile } from '@inlang/paraglide-js';
import { i18n } from '../renderer/i18n.config.ts';
import { hashOfFiles, readStamp } from './hash.ts';
import { projectRoot } from './places.ts';
import { runMain, step } from './steps.mjs';

// Not beside the result: the window's build compiles the texts too and empties that folder.
const stamp = join(projectRoot, 'node_modules', '.cache', 'messages');

/** Compiles the window's texts into typed functions, unless they are unchanged. Works without a network. */
export const compileMessages = async (say: (detail: string) => void): Promise<void> => {
  const hash = hashOfFiles([
    'renderer/messages/*.json',
    'renderer/i18n.config.ts',
    'project.inlang/settings.json',
  ]);
  if (existsSync(join(i18n.outdir, 'messages.js')) && readStamp(stamp) === hash) return say('unchanged');
  await compile(i18n);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
  say('compiled');
};

if (import.meta.main)
  await runMain(async () => {
    await step('messages', compileMessages);
    return undefined;
  });
