import { afterAll, beforeEach } from 'vitest';
import { closeAllOfThisFile } from './closers.ts';
import { judgeStatements } from './statements.ts';
import { findBadTitles } from './titles.ts';

// Runs before each test file, also where files of one worker share their modules.
afterAll(closeAllOfThisFile);
afterAll(judgeStatements);

const looked = new WeakSet<object>();

beforeEach(({ task: { file } }) => {
  if (looked.has(file)) return;
  looked.add(file);
  const bad = findBadTitles(file);
  if (bad.length > 0) throw new Error(`these titles do not say their case: ${bad.join('; ')}`);
});
