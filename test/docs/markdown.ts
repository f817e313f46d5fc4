import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A fenced block of a document. */
export type Block = {
  readonly language: string;
  /** What stands behind the language: who calls, in the guide. */
  readonly info: string;
  readonly text: string;
};

export const readDocument = (path: string): Promise<string> => readFile(join(root, path), 'utf8');

export function blocksOf(document: string): readonly Block[] {
  return [...document.matchAll(/^```(\w+)[ ]?(.*)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', info = '', text = '']) => ({
      language,
      info,
      text,
    }),
  );
}

/** The first column of every table below a heading, without its code marks; the heading is given whole. */
export function firstColumn(document: string, heading: string): readonly string[] {
  const section = document.split(`${heading}\n`)[1]?.split(/^#+ /m)[0] ?? '';
  return [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, cell = '']) => cell);
}
