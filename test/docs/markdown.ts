import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSections } from '../../docs/.vitepress/pages.ts';

const root = join(import.meta.dirname, '../..');

/** A fenced block of a document. */
export type Block = {
  readonly language: string;
  /** What stands behind the language: who calls, in the guide. */
  readonly info: string;
  readonly text: string;
};

export const readDocument = (path: string): Promise<string> => readFile(join(root, path), 'utf8');

/** The pages of the guide, in the order in which one reads them. */
export async function readGuide(): Promise<readonly { readonly file: string; readonly text: string }[]> {
  const pages = readSections().find(({ name }) => name === 'Guide')?.pages ?? [];
  return Promise.all(pages.map(async ({ file }) => ({ file, text: await readDocument(file) })));
}

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
