import { join, resolve } from 'node:path';
import { fail, type Result } from '../values/result.ts';

export type Environment = 'training' | 'production';

/**
 * Which environment this start is: what VIRTUOS_ENVIRONMENT says, else production for an installed application, unless
 * it was started with `--training` or installed as a training desk, and training when run from source. A word that is
 * neither is refused: a typing error must not decide whether acts are real.
 */
export const chooseEnvironment = (from: {
  variable: string | undefined;
  packaged: boolean;
  trainingAsked: boolean;
}): Result<Environment, { code: 'environment.unknown' }> => {
  if (from.variable === 'training' || from.variable === 'production')
    return { ok: true, value: from.variable };
  if (from.variable !== undefined && from.variable !== '') return fail('environment.unknown');
  return { ok: true, value: from.packaged && !from.trainingAsked ? 'production' : 'training' };
};

/** The folder of everything this desk keeps. Training and production never share one. */
export const dataFolder = (from: {
  variable: string | undefined;
  userData: string;
  environment: Environment;
}): string => (from.variable ? resolve(from.variable) : join(from.userData, from.environment));
