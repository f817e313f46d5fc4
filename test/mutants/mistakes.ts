import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A small mistake that somebody could make, and what must notice it. */
export type Mistake = {
  /** What would be wrong, in a sentence. */
  readonly name: string;
  readonly kind: string;
  /** Path within the project. */
  readonly file: string;
  /** What stands there now, exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Test files, or `lint`. */
  readonly tests: readonly string[];
  /** The tests' titles, as `vitest -t` takes them. Null: all of these files. */
  readonly title: string | null;
};

/** Where the mistakes of this project stand; its head says how they are written. */
export const listOfMistakes = join(import.meta.dirname, 'mistakes.txt');

export async function readMistakes(path = listOfMistakes): Promise<readonly Mistake[]> {
  const mistakes = parseMistakes(await readFile(path, 'utf8'));
  const names = mistakes.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two mistakes have the same name: ${twice}`);
  return mistakes;
}

/** @throws where a line is not understood, by the name of its mistake */
export function parseMistakes(text: string): readonly Mistake[] {
  const [, ...parts] = text.split(/^== /m);
  return parts.map((part) => {
    const [name = '', ...lines] = part.trimEnd().split('\n');
    const odd = lines.find((line) => line !== '' && !/^(?:(?:kind|file|tests|title): .+|[-+](?: .*)?)$/.test(line));
    if (odd !== undefined) throw new Error(`${name}: this line is not understood: ${odd}`);
    const lineOf = (key: string) => lines.find((line) => line.startsWith(`${key}: `))?.slice(key.length + 2) ?? null;
    const edit = (sign: string) =>
      lines
        .filter((line) => line.startsWith(sign))
        .map((line) => line.slice(2))
        .join('\n');
    const needed = (key: string) => {
      const value = lineOf(key);
      if (value === null) throw new Error(`${name}: it needs a line "${key}: …"`);
      return value;
    };
    const mistake: Mistake = {
      name,
      kind: needed('kind'),
      file: needed('file'),
      find: edit('-'),
      replace: edit('+'),
      tests: needed('tests').split(' '),
      title: lineOf('title'),
    };
    if (mistake.find === '' || mistake.find === mistake.replace) throw new Error(`${name}: it changes nothing`);
    return mistake;
  });
}

/** @throws where the place that it changes is not there any more, or is not the only one */
export function applyMistake(text: string, { file, find, replace }: Mistake): string {
  const places = text.split(find).length - 1;
  if (places !== 1) throw new Error(`it no longer applies: ${file} has its place ${places} times in place of once`);
  return text.replace(find, () => replace);
}
