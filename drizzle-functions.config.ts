import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { storedFunctions } from './src/storage/stored-functions.ts';

// Part of `npm run db:generate`: writes a migration that makes the functions which no migration makes yet.

const folder = join(import.meta.dirname, 'drizzle');
const readNames = () => readdirSync(folder).filter((name) => name.endsWith('.sql'));
const made = readNames().map((name) => readFileSync(join(folder, name), 'utf8'));
const missing = storedFunctions.filter(({ name }) => !made.some((text) => text.includes(`function ${name}(`)));

if (missing.length > 0) {
  const before = new Set(readNames());
  execFileSync('drizzle-kit', ['generate', '--custom', '--name', 'functions'], { stdio: 'inherit' });
  const [file] = readNames().filter((name) => !before.has(name));
  if (file === undefined) throw new Error('drizzle-kit has made no migration');
  // Code of before does not call them, and goes on as it did.
  const said = made.flatMap((text) => text.match(/SELECT '(\w+)' \$\$/)?.[1] ?? []).at(-1);
  const oldest = `CREATE OR REPLACE FUNCTION oldest_code() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '${said}' $$;`;
  const texts = [oldest, ...missing.map(({ ddl }) => `${ddl};`)];
  writeFileSync(join(folder, file), `${texts.join('\n--> statement-breakpoint\n')}\n`);
}
