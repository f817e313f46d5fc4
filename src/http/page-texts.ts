import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../config.ts';
import { findPackProblems, type TextPack } from '../rules/page-texts.ts';
import { findBuiltPage, type Packs, readPacks } from './page-site.ts';

/** So many problems are told of one file. */
const maxTold = 10;

/**
 * What an operator lets the page say: the files of a folder, each named after its language, `de.json` or `pt-BR.json`. For a language that the page has,
 * any part of its sentences; for another, all.
 * @param built where the page was built; left out: where the service finds it
 * @throws {ConfigError} naming each file with what is wrong in it
 */
export async function readPageTexts(folder: string | null, built: string | null = findBuiltPage()): Promise<Packs> {
  if (folder === null) return new Map();
  const own = built === null ? null : await readPacks(built).catch(() => null);
  if (own === null) throw refuse([`there is no page that could say them. Run npm run web:build`]);
  const names = await readdir(folder).catch(() => null);
  if (names === null) throw refuse([`${folder} is not a folder that the service may read`]);
  const read = names.filter((name) => name.endsWith('.json')).map((name) => readPack(folder, name, own));
  const packs = await Promise.all(read);
  const problems = packs.flatMap((pack) => pack.problems);
  if (problems.length > 0) throw refuse(problems);
  return new Map(packs.map(({ tag, pack }) => [tag, pack]));
}

async function readPack(folder: string, name: string, own: Packs) {
  const written = name.slice(0, -'.json'.length);
  const tag = canonical(written);
  if (tag === null) return refused(written, [`${name} is not named after a language, such as de.json or pt-BR.json`]);
  const given = await readJson(join(folder, name));
  if (given === undefined) return refused(tag, [`${name} is not JSON that the service may read`]);
  const found = findPackProblems(given, own.get('en') ?? {}, { isWhole: !own.has(tag) });
  const told = found.slice(0, maxTold).map((problem) => `${name}: ${problem.replace(/\.$/, '')}`);
  const more = found.length > maxTold ? [`${name}: and ${found.length - maxTold} more`] : [];
  // What was checked is a pack.
  return { tag, pack: given as TextPack, problems: [...told, ...more] };
}

function refused(tag: string, problems: readonly string[]) {
  const pack: TextPack = {};
  return { tag, pack, problems };
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function canonical(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    return null;
  }
}

function refuse(problems: readonly string[]): ConfigError {
  return new ConfigError(problems.map((problem) => `PAGE_TEXTS: ${problem}.`));
}
