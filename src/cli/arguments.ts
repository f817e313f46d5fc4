import { parseArgs } from 'node:util';
import { type Call, type CliOption, type Command, usageError } from './command.ts';

/** Options that every command takes. */
export const sharedOptions: readonly CliOption[] = [
  { name: 'json', value: null, about: 'Print the result, or the error, as JSON.' },
  // Not env-file: Node reads an option of that name itself, wherever it stands.
  { name: 'settings', value: 'FILE', about: 'Read settings from this file. Environment variables take precedence.' },
  { name: 'help', value: null, about: 'Show this help.' },
];

export type Words = Pick<Call, 'parameters' | 'text' | 'texts' | 'isGiven'>;

/** Finds the command that the first words name; null where they name none. */
export function findCommand(commands: readonly Command[], words: readonly string[]): Command | null {
  const spoken = words.slice(0, findFirstOption(words)).join(' ');
  return commands.find(({ name }) => spoken === name || spoken.startsWith(`${name} `)) ?? null;
}

function findFirstOption(words: readonly string[]): number {
  const index = words.findIndex((word) => word.startsWith('-'));
  return index === -1 ? words.length : index;
}

/** @throws {CliError} naming the option or parameter that is unknown, missing or too much */
export function readWords(command: Command, words: readonly string[]): Words {
  const help = `See: vestibule ${command.name} --help`;
  const { values, positionals } = parse(command, words, help);
  const parameters = positionals.slice(command.name.split(' ').length);
  const missing = command.parameters[parameters.length];
  if (missing !== undefined && values.help !== true) throw usageError(`${missing} is missing.`, help);
  const tooMany = parameters[command.parameters.length];
  if (tooMany !== undefined) throw usageError(`Unexpected argument "${tooMany}".`, help);
  const texts = (option: string) => [values[option] ?? []].flat().filter((value) => typeof value === 'string');
  return { parameters, texts, text: (option) => texts(option).at(-1), isGiven: (option) => values[option] === true };
}

function parse(command: Command, words: readonly string[], help: string) {
  const options = Object.fromEntries(
    [...command.options, ...sharedOptions].map(({ name, value, isRepeatable }) => [
      name,
      { type: value === null ? ('boolean' as const) : ('string' as const), multiple: isRepeatable === true },
    ]),
  );
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
  } catch (error) {
    // Node says which option is unknown, or lacks its value, and never a value.
    throw usageError(error instanceof Error ? `${error.message.split('. ')[0]}.` : String(error), help);
  }
}

const units = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Reads an instant (2026-11-24T09:30:00Z) or a time from now (90m, 12h, 7d); undefined stays left out. */
export function readInstant(option: string, text: string | undefined, now: Date): Date | undefined {
  if (text === undefined) return undefined;
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const seconds = Object.entries(units).find(([letter]) => letter === unit)?.[1];
  // A whole second, since most JWT libraries read exp as one.
  if (seconds !== undefined) return new Date((Math.ceil(now.getTime() / 1000) + Number(count) * seconds) * 1000);
  const instant = /^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:\d{2})$/.test(text) ? new Date(text) : null;
  if (instant !== null && !Number.isNaN(instant.getTime())) return instant;
  throw usageError(`--${option} must be a time.`, `For example: --${option} 12h, or --${option} 2026-11-24T09:30:00Z.`);
}

/** Reads a whole number of at least 1; undefined stays left out. */
export function readCount(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw usageError(`--${option} must be a whole number, 1 or more.`, `For example: --${option} 3.`);
}
