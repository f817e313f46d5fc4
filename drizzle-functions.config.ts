import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { storedFunctions } from './src/storage/stored-functions.ts';

// Part of `npm run db:generate`: says in each new migration which code may still run on what it makes, which is the same as before unless
// whoever wrote it says otherwise, and writes a migration that makes the functions which no migration makes yet.

const folder = join(import.meta.dirname, 'drizzle');
const readNames = () => readdirSync(folder).filter((name) => name.endsWith('.sql'));
const made = new Map(readNames().map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const));
const said = [...made.values()].flatMap((text) => text.match(/SELECT '(\w+)' \$\$/)?.[1] ?? []).at(-1);
const oldest = `CREATE OR REPLACE FUNCTION oldest_code() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '${said}' $$;`;
const betweenStatements = '--> statement-breakpoint\n';

for (const [name, text] of made) {
  // The first that says it.
  if (name < '0014' || text.includes('FUNCTION oldest_code()')) continue;
  writeFileSync(join(folder, name), `${oldest}${betweenStatements}${text}`);
}

const missing = storedFunctions.filter(({ name }) =>
  [...made.values()].every((text) => !text.includes(`function ${name}(`)),
);
if (missing.length > 0) {
  execFileSync('drizzle-kit', ['generate', '--custom', '--name', 'functions'], { stdio: 'inherit' });
  const [file] = readNames().filter((name) => !made.has(name));
  if (file === undefined) throw new Error('drizzle-kit has made no migration');
  // Code of before does not call them, and goes on as it did.
  const texts = [oldest, ...missing.map(({ ddl }) => `${ddl};`)];
  writeFileSync(join(folder, file), `${texts.join(`\n${betweenStatements}`)}\n`);
}
