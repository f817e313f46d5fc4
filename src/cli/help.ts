import { sharedOptions } from './arguments.ts';
import type { CliOption, Command } from './command.ts';

/** What `vestibule --help` says: what there is, and how to begin. */
export function describeCommands(commands: readonly Command[]): string {
  const lines = commands.map((command) => [usageOf(command), command.summary] as const);
  return `Vestibule decides who joins a meeting: rooms, meeting tokens, knocking and admission as a GraphQL API.

Usage: vestibule COMMAND [OPTIONS]

Commands
${table(lines)}

Getting started
  vestibule serve                          # http://localhost:4000, with its own database in .data/
                                           # the first start prints an API key and a request to try

Settings come from the environment (vestibule settings print lists them), and without NODE_ENV=production also from a
file .env where the command runs, as with the service. Commands use the service's database, so give them the same
settings. If the database is in DATA_DIR, commands can run while the service is running.

For help on a command: vestibule COMMAND --help. Every command accepts --json and --settings FILE.
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
