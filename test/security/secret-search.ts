import type postgres from 'postgres';

/** The fields in which the API hands out a secret, once, to whom it belongs. */
const secretFields: ReadonlySet<string> = new Set([
  'jwt',
  'joinUrl',
  'sessionToken',
  'knockToken',
  'mediaGrant',
  'secret',
]);

/** All secrets of a run, and whether one of them stands in a text, in whatever writing. */
export class Secrets {
  readonly #needles = new Map<string, string>();

  /** The whole value, what is secret in it, and its bytes as a dump of a database would show them. */
  add(name: string, value: string): void {
    const parts = [value, ...secretParts(value)];
    const bytes = parts.flatMap((part) => [Buffer.from(part), Buffer.from(part, 'base64')]);
    for (const text of [...parts, encodeURIComponent(value), ...bytes.map((one) => one.toString('hex'))]) {
      if (text.length < 12) throw new Error(`${name} is too short to be searched for`);
      this.#needles.set(text, name);
    }
  }

  get size(): number {
    return new Set(this.#needles.values()).size;
  }

  /** Names of the secrets that stand in it. */
  findIn(text: string): readonly string[] {
    const found = [...this.#needles].filter(([needle]) => text.includes(needle)).map(([, name]) => name);
    return [...new Set(found)];
  }

  /** Learns the secrets that an answer hands out, and gives the answer without them. */
  take(answer: unknown): unknown {
    return JSON.parse(
      JSON.stringify(answer, (key, value: unknown) => {
        if (!secretFields.has(key) || typeof value !== 'string') return value;
        this.add(key, value);
        return 'handed out';
      }) ?? 'null',
    );
  }
}

/** Payload and signature of a JWT, what follows the prefix of a key: each would do. */
function secretParts(value: string): readonly string[] {
  const [, payload, signature] = value.split('.');
  if (payload !== undefined && signature !== undefined) return [payload, signature];
  return [value.replace(/^(?:vk_[a-z0-9]+_|whsec_)/, '')];
}

/** Every row of every table, as text: bytes come as hex. */
export async function dumpDatabase(sql: postgres.Sql): Promise<ReadonlyMap<string, string>> {
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`;
  const dump = new Map<string, string>();
  for (const { name } of tables) {
    const rows = await sql<{ text: string }[]>`select t::text as text from ${sql(name)} t`;
    dump.set(name, rows.map(({ text }) => text).join('\n'));
  }
  return dump;
}
