import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '@inlang/paraglide-js';
import { i18n } from '../renderer/i18n.config.ts';
import { hashOfFiles, readStamp } from './hash.ts';
import { runMain, step } from './steps.mjs';

const stamp = join(i18n.outdir, '.compiled');

/** Compiles the window's texts into typed functions, unless they are unchanged. Works without a network. */
export const compileMessages = async (say: (detail: string) => void): Promise<void> => {
  const hash = hashOfFiles([
    'renderer/messages/*.json',
    'renderer/i18n.config.ts',
    'project.inlang/settings.json',
  ]);
  if (existsSync(i18n.outdir) && readStamp(stamp) === hash) return say('unchanged');
  await compile(i18n);
  writeFileSync(stamp, hash);
  say('compiled');
};

if (import.meta.main)
  await runMain(async () => {
    await step('messages', compileMessages);
    return undefined;
  });
