import type { Environment } from './setting-secrets.ts';

/** Names that settings had, and have no more: whoever still sets one is told, since nothing would come of it. */
const formerNames: Readonly<Record<string, string>> = { OTHER_MASTER_KEYS: 'MASTER_KEY_PREVIOUS' };

export function findFormerNames(environment: Environment): readonly string[] {
  return Object.entries(formerNames)
    .filter(([former]) => (environment[former]?.trim() ?? '') !== '')
    .map(([former, name]) => `${former} is named ${name} now: rename it.`);
}

const mostShown = 100;

/** What arrived, for whoever reads why it was refused; never for a setting that holds a secret. Passwords of URLs are left out. */
export function showValue(value: string): string {
  const text = value.replaceAll(/\/\/[^/@]*@/g, '//…@');
  return JSON.stringify(text.length > mostShown ? `${text.slice(0, mostShown)}…` : text);
}

/** Settings that a file of `NAME=value` lines sets twice: of the two values, nobody knows which is meant. */
export function findDoubled(text: string, names: readonly string[]): readonly string[] {
  const set = [...text.matchAll(/^[^\S\n]*(?:export[^\S\n]+)?([A-Z_]+)[^\S\n]*=/gm)].map(([, name = '']) => name);
  return names.filter((name) => set.filter((one) => one === name).length > 1);
}
