import { sharedOptions } from './arguments.ts';
import type { CliOption, Command } from './command.ts';

/** What `vestibule --help` says: what there is, and how to begin. */
export function describeCommands(commands: readonly Command[]): string {
  const lines = commands.map((command) => [usageOf(command), command.summary] as const);
  return `Vestibule decides who joins a meeting: rooms, meeting tokens, knocking and admission as a GraphQL API.

Usage: vestibule COMMAND [OPTIONS]

Commands
${table(lines)}

To begin
  vestibule serve                          # http://localhost:4000, with a database of its own in .data/
                                           # the first start prints an API key and a request to try it with

Settings come from the environment (vestibule settings print lists them). A command works on the database that the
service uses: give it the same settings. With the database in DATA_DIR it may run beside the service.

Every command explains itself: vestibule COMMAND --help. Options for all: --json, --settings FILE.
`;
}

/** What `vestibule COMMAND --help` says. */
export function describeCommand(command: Command): string {
  return `${command.about}

Usage: vestibule ${usageOf(command)} [OPTIONS]

Options
${table([...command.options, ...sharedOptions].map((option) => [`--${nameOf(option)}`, option.about]))}

Examples
${command.examples.map((example) => `  ${example}`).join('\n')}
`;
}

function usageOf({ name, parameters }: Command): string {
  return [name, ...parameters].join(' ');
}

function nameOf({ name, value, isRepeatable }: CliOption): string {
  return `${name}${value === null ? '' : ` ${value}`}${isRepeatable ? ' …' : ''}`;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}
