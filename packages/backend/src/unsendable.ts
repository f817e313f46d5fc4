import { type InvalidInput, invalidInput } from './refusal.ts';

/**
 * JSON makes an empty object of a Promise, writes an invalid Date and a number that is none as null, and leaves out what is undefined. Null and nothing mean "no limit" in many
 * fields: an exp that nobody could read would be no exp at all, and a field that is there says that somebody meant to give it. So what JSON cannot write is refused before it is sent.
 */
export function findUnsendable(value: unknown, path: readonly string[] = []): InvalidInput | null {
  const problem = problemOf(value);
  if (problem !== null) return invalidInput(path, problem);
  if (typeof value !== 'object' || value === null || value instanceof Date) return null;
  for (const [name, part] of Object.entries(value)) {
    const found = findUnsendable(part, [...path, name]);
    if (found !== null) return found;
  }
  return null;
}

function problemOf(value: unknown): string | null {
  if (value === undefined) return 'is undefined: give it, or leave the field out';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'must be a valid date' : null;
  if (typeof value === 'number') return Number.isFinite(value) ? null : 'must be a number';
  if (typeof value === 'object' && value !== null && 'then' in value) return 'is a Promise: await it first';
  return ['bigint', 'function', 'symbol'].includes(typeof value) ? `cannot be a ${typeof value}` : null;
}
