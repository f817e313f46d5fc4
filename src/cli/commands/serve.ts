import type { Command } from '../command.ts';

export const serve: Command = {
  name: 'serve',
  parameters: [],
  summary: 'Run the service.',
  about: `Runs the service until SIGTERM or SIGINT, then ends in good order within 10 seconds.

Without DATABASE_URL it brings a PostgreSQL of its own, kept in DATA_DIR. The very first start makes the domain "default"
and prints its API key, once. Missing migrations are run first, unless MIGRATE_ON_START=false.`,
  options: [],
  examples: [
    'vestibule serve',
    'PORT=8080 DATA_DIR=/var/lib/vestibule vestibule serve',
    'DATABASE_URL=postgres://… MASTER_KEY=$(openssl rand -base64 32) vestibule serve',
  ],
  run: async ({ environment }) => {
    // The process of `npm start` and of this command are one and the same; it reads its own environment.
    Object.assign(process.env, environment);
    await import('../../main.ts');
  },
};
