import { afterAll } from 'vitest';
import { preparedDesk } from '../../scripts/prepare.ts';

// Each test file has a screen of its own, so that desks of two files never take the focus from each other.
afterAll(async () => (await preparedDesk()).display.stop());
