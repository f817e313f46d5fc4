import { type InputIssue, type InvalidInput, invalidInput } from '../rules/refusal.ts';
import {
  type CleanedText,
  cleanMessage,
  cleanText,
  cleanUserId,
  isPredictable,
  maxJtiCharacters,
} from '../rules/text.ts';

export type { Maybe } from '../rules/refusal.ts';

export const maxNameCharacters = 128;
export const maxMessageCharacters = 500;

/** Reads the fields of one input, and gathers all that is wrong with them. */
export class InputReader {
  readonly #issues: InputIssue[] = [];

  say(path: readonly string[], message: string): void {
    this.#issues.push({ path: ['input', ...path], message });
  }

  name(field: string, value: string): string {
    return this.#text(field, cleanText(value, maxNameCharacters));
  }

  optionalName(field: string, value: string | null | undefined): string | null {
    return value === null || value === undefined ? null : this.name(field, value);
  }

  /** A message, which may be left out. Empty counts as left out. */
  message(
    field: string,
    value: string | null | undefined,
    maxCharacters: number = maxMessageCharacters,
  ): string | null {
    if (value === null || value === undefined || value.trim() === '') return null;
    return this.#text(field, cleanMessage(value, maxCharacters));
  }

  /** In the one form in which tokens have it. */
  userId(path: readonly string[], value: string): string {
    return this.#cleaned(path, cleanUserId(value), 'userId');
  }

  optionalUserId(path: readonly string[], value: string | null | undefined): string | null {
    return value === null || value === undefined ? null : this.userId(path, value);
  }

  /** In the one form in which tokens have it. */
  jti(path: readonly string[], value: string): string {
    return this.#cleaned(path, cleanText(value, maxJtiCharacters), 'jti');
  }

  /** 22 random characters or more: so that nobody guesses somebody else's. */
  idempotencyKey(value: string | null | undefined): string | null {
    if (value === null || value === undefined) return null;
    if (!/^[\x21-\x7e]{22,256}$/.test(value)) {
      this.say(['idempotencyKey'], 'must be 22 to 256 random characters, printable ASCII without spaces');
    } else if (isPredictable(value)) {
      this.say(['idempotencyKey'], 'must be random, such as 16 random bytes in base64url: others could guess this one');
    }
    return value;
  }

  get refusal(): InvalidInput | null {
    return this.#issues.length === 0 ? null : invalidInput(this.#issues);
  }

  #cleaned(path: readonly string[], text: CleanedText, what: string): string {
    if (text.ok) return text.value;
    this.say(path, `contains an invalid ${what}: it ${text.problem}`);
    return '';
  }

  #text(field: string, text: CleanedText): string {
    if (text.ok) return text.value;
    this.say([field], text.problem);
    return '';
  }
}
