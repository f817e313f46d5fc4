import { spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Block, blocksOf, readDocument } from './docs/markdown.ts';
import { closeAfterwards } from './support/closers.ts';
import { createTestDatabase } from './support/database.ts';
import { Inbox } from './support/inbox.ts';
import { startServer } from './support/server.ts';

const root = join(import.meta.dirname, '..');
const shownUrl = 'http://localhost:4000';

let readme: string;

beforeAll(async () => {
  readme = await readDocument('README.md');
});

/** A terminal: what is pasted is run, and what is printed is read line by line. */
function openTerminal(): { paste(text: string): void; readonly lines: Inbox<string> } {
  const bash = spawn('bash', { cwd: root, stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = new Inbox<string>();
  let rest = '';
  bash.stdout.setEncoding('utf8').on('data', (text: string) => {
    const all = (rest + text).split('\n');
    rest = all.pop() ?? '';
    for (const line of all) lines.put(line);
  });
  // Complaints come in their place among the answers.
  bash.stdin.write('exec 2>&1\n');
  closeAfterwards(() => bash.kill('SIGKILL'));
  return { paste: (text) => bash.stdin.write(`${text}\n`), lines };
}

/** A line as the README shows it: … stands for what is different each time. */
function patternOf(shown: string): RegExp {
  const parts = shown.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^"]+')}$`);
}

describe('the five minutes of the README', () => {
  test('are run as they stand, and print what is shown', async () => {
    const server = await startServer({ databaseUrl: (await createTestDatabase()).url });
    const filled = (text: string) => text.replaceAll(shownUrl, server.url).replace('KEY=vk_…', `KEY=${server.apiKey}`);
    const terminal = openTerminal();
    const printed: string[] = [];
    for (const step of stepsOf(blocksOf(readme))) {
      terminal.paste(filled(step.commands));
      const expected = new Set(step.shown.map((line) => patternOf(filled(line))));
      while (expected.size > 0) {
        const line = await terminal.lines.next(10_000).catch((error: unknown) => {
          throw new Error(`missing: ${[...expected].join('\n')}\nprinted: ${printed.join('\n')}`, { cause: error });
        });
        printed.push(line);
        const match = [...expected].find((pattern) => pattern.test(line));
        expect(match, `not shown in the README: ${line}\nafter: ${printed.join('\n')}`).toBeDefined();
        if (match) expected.delete(match);
      }
    }
    expect(printed.length).toBeGreaterThanOrEqual(8);
  });
});

type Step = { readonly commands: string; readonly shown: readonly string[] };

/** Commands that are pasted, each with the lines that are shown below it. */
function stepsOf(blocks: readonly Block[]): readonly Step[] {
  return blocks.flatMap(({ language, text }, index) => {
    if (language !== 'bash') return [];
    const next = blocks[index + 1];
    return [{ commands: text, shown: next?.language === 'json' ? next.text.trimEnd().split('\n') : [] }];
  });
}

test('every link within the project leads somewhere', async () => {
  const targets = [...readme.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
  expect(targets.length).toBeGreaterThan(8);
  for (const target of new Set(targets)) await expect(access(join(root, target)), target).resolves.toBeUndefined();
});

test('the two commands come before everything else, and the licence is named', () => {
  const [first] = blocksOf(readme);
  expect(first?.text).toContain('npm ci && npm start');
  expect(first?.text).toContain('npm ci && npm test');
  expect(readme).toContain('[Apache-2.0](LICENSE)');
});
