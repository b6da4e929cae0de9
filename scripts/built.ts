import { join } from 'node:path';
import { hashOfFiles, readStamp } from './hash.ts';
import { projectRoot } from './places.ts';

/** Where the bundles are. */
export const dist = join(projectRoot, 'dist');
export const buildStamp = join(dist, '.built');

const isTest = (name: string) => name.endsWith('.test.ts') || name.includes('generated');

/** What the bundles are made of. */
export const sourcesHash = (): string =>
  hashOfFiles(
    [
      '{electron,portal,renderer,project.inlang}/**/*',
      'scripts/{build,messages}.ts',
      'package.json',
      'package-lock.json',
    ],
    isTest,
  );

export const buildIsFresh = (): boolean => readStamp(buildStamp) === sourcesHash();
