import { openTestStore } from './temporary-store.ts';

// Opens the store in the folder given and says how that went. Run as a process of its own by the tests.
const opened = openTestStore(process.argv[2] ?? '');
console.log(opened.ok ? 'opened' : opened.error.code);
