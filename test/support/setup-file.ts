import { afterAll } from 'vitest';
import { closeAllOfThisFile } from './closers.ts';

// Runs before each test file, also where files of one worker share their modules.
afterAll(closeAllOfThisFile);
