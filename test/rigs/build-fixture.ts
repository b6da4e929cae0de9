// Bundles a fixture as the desk's processes are bundled: build-fixture.ts <entry> <folder>. A process of its own, because
// the build's tools leave timers behind.
import { build } from 'vite';
import { nodeBundle } from '../../scripts/build.ts';

const [entry = '', folder = ''] = process.argv.slice(2);
await build(nodeBundle(entry, folder, 'process.js'));
