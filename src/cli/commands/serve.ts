import type { Command } from '../command.ts';

export const serve: Command = {
  name: 'serve',
  parameters: [],
  summary: 'Run the service.',
  about: `Runs the service until SIGTERM or SIGINT, and then stops cleanly: DRAIN_SECONDS, and at most 10 seconds more.

Without DATABASE_URL, the service runs its own PostgreSQL, with the data in DATA_DIR. The first start creates the domain
"default" and prints its API key once. The service applies missing migrations first, unless MIGRATE_ON_START=false.`,
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
