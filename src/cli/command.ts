import type { Output } from './output.ts';

/** An option of a command, as `--help` shows it. */
export interface CliOption {
  readonly name: string;
  /** What stands for its value in the help; null: the option is a switch. */
  readonly value: string | null;
  readonly isRepeatable?: true;
  readonly about: string;
}

/** One call of a command, its words sorted out. */
export interface Call {
  /** One for each of the command's parameters. */
  readonly parameters: readonly string[];
  readonly text: (option: string) => string | undefined;
  readonly texts: (option: string) => readonly string[];
  readonly isGiven: (option: string) => boolean;
  readonly output: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface Command {
  /** The words that call it, for example `domain create`. */
  readonly name: string;
  readonly parameters: readonly string[];
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What to know before using it, in sentences. */
  readonly about: string;
  readonly options: readonly CliOption[];
  readonly examples: readonly string[];
  /** @throws {CliError} saying what went wrong and what to do */
  readonly run: (call: Call) => Promise<void>;
}

/** Something that the operator can mend. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: string;
  /** What to do about it. */
  readonly hint: string;
  /** 2: the command was not understood; 1: it was, and could not be done. */
  readonly exitCode: 1 | 2;

  constructor(code: string, message: string, hint: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

/** The command line itself is wrong. */
export function usageError(message: string, hint: string): CliError {
  return new CliError('USAGE', message, hint, 2);
}
