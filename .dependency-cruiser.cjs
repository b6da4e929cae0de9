// The arrows between the folders. Each rule says why it is there; docs/architecture.md has the picture.

/** Production code: tests and rigs may look everywhere. */
const tests = '\\.test\\.ts$';

/**
 * @param {string} name
 * @param {string} comment
 * @param {string} from
 * @param {{ path: string, pathNot?: string | string[] }} to
 * @param {string[]} [fromNot]
 */
const forbid = (name, comment, from, to, fromNot = []) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: [tests, ...fromNot] },
  to,
});

const ours = '^(electron|portal|renderer|resources|scripts|test|verify)/';

/** What each folder of the counter process may use besides itself and electron/values. */
const services = ['store', 'journal', 'sync', 'devices', 'documents'];

/**
 * journal writes through the store's transactions, and sync reads what waits in it. The worker of documents is where strangers' files are
 * read, those of the authorities behind chips too.
 * @type {Record<string, string[] | undefined>}
 */
const besides = { journal: ['store'], sync: ['store', 'journal'], documents: ['devices/chip'] };

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle has no layer.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      // Generated before the check; absent from a checkout.
      to: { couldNotResolve: true, pathNot: '/i18n/generated/|^electron$' },
    },
    forbid('values-alone', 'electron/values imports nothing of ours.', '^electron/values/', {
      path: ours,
      pathNot: '^electron/values/',
    }),
    forbid('contract', 'The contract knows value types only.', '^electron/contract/', {
      path: ours,
      pathNot: '^electron/(contract|values)/',
    }),
    forbid('window', 'The window reaches nothing but the contract.', '^renderer/', {
      path: ours,
      pathNot: '^(renderer|electron/(contract|values))/',
    }),
    forbid('main', 'main starts the counter and knows only the contract.', '^electron/main/', {
      path: ours,
      pathNot: '^electron/(main|contract|values)/',
    }),
    forbid('preload', 'The preload exposes the contract and nothing else.', '^electron/preload/', {
      path: ours,
      pathNot: '^electron/(preload|contract|values)/',
    }),
    forbid('counter', 'The counter never sees Electron, the window or the portal.', '^electron/counter/', {
      path: ours,
      pathNot: `^(electron/(counter|contract|values|${services.join('|')})/|resources/)`,
    }),
    ...services.map((folder) =>
      forbid(folder, `electron/${folder} does not know who uses it.`, `^electron/${folder}/`, {
        path: ours,
        pathNot: `^(electron/(${[folder, 'values', ...(besides[folder] ?? [])].join('|')})/|resources/)`,
      }),
    ),
    forbid('verify', 'The verifier stands alone: what it checks it does not share.', '^verify/', {
      path: `${ours}|node_modules/`,
      pathNot: '^verify/',
    }),
    forbid(
      'portal',
      'The portal shares nothing with the desk but values and its published interface.',
      '^portal/',
      {
        path: ours,
        pathNot: '^(portal/|electron/values/|resources/)',
      },
    ),
    forbid(
      'electron-module',
      'electron is imported only where it exists: in main and preload.',
      '^(electron|portal|renderer)/',
      { path: '^electron$|node_modules/electron/' },
      ['^electron/(main|preload)/'],
    ),
    forbid(
      'no-tests-in-product',
      'The product does not import its tests, rigs or tools.',
      '^(electron|portal|renderer)/',
      {
        path: '^(test|scripts)/|\\.test\\.ts$|/testing/',
      },
      ['/testing/'],
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|out)/|/i18n/generated/' },
    tsPreCompilationDeps: true,
    detectJSDocImports: false,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'svelte', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json', '.svelte', '.cjs'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
