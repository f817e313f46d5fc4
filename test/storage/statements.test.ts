import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'libpg-query';
import { parseAst } from 'vite';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DomainId, RoomId } from '../../src/rules/ids.ts';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { createFactReads } from '../../src/storage/room-facts.ts';
import { storedFunctions } from '../../src/storage/stored-functions.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { seed } from '../support/seed.ts';
import { startServer } from '../support/server.ts';
import { allTables, type Judged, judge, shared } from './statement-judge.ts';
import { acrossDomains, offenders } from './statement-offenders.ts';
import {
  findBreaches,
  flat,
  functionsIn,
  loadParser,
  type Rule,
  statementsIn,
  volatileFunctions,
} from './statement-rules.ts';
import { walkStorage } from './statement-walk.ts';

// Every statement that storage sends, and whether the tables could be spread over machines by domain under it. What a server sends in
// the other tests is looked at in the same way where it is sent (test/support/setup-file.ts).

const store = await createTestDatabase();
const sent = new Set<string>();
/** Servers of this process, such as the ones that files share, go on sending statements of their own meanwhile. */
const walking = new AsyncLocalStorage<true>();

beforeAll(async () => {
  await loadParser();
  const server = await startServer({ databaseUrl: store.url });
  const room = await seed(server).waitingRoom();
  await room.owner();
  await room.knocker();
  await server.stop();
  const database = openDatabase({ url: store.url, poolSize: 2 });
  closeAfterwards(database.close);
  const [found] = await store.sql<{ domainId: DomainId; roomId: RoomId }[]>`
    select domain_id as "domainId", id as "roomId" from rooms`;
  if (found === undefined) throw new Error('there is a room');
  const read = await createFactReads(database).readAll(found, {});
  if (read === null) throw new Error('there is a room');
  const hear = (text: unknown) => {
    if (walking.getStore() === true) sent.add(String(text));
  };
  subscribe('vestibule:statement', hear);
  await walking.run(true, () => walkStorage(database, { ...found, rows: read.rows }));
  unsubscribe('vestibule:statement', hear);
  judged = [...sent].map(judge);
});

let judged: readonly Judged[];

describe('every statement that storage sends', () => {
  test.each(storedFunctions)('is sent for $name too', ({ call }) => {
    expect([...sent].some((text) => text.includes(call))).toBe(true);
  });

  test('keeps the rules, or stands in a list', () => {
    expect(judged.flatMap(({ complaints }) => complaints)).toEqual([]);
  });

  test.each(offenders)('$name still breaks what the list says; mended, it leaves the list', ({ name, breaks }) => {
    const own = judged.filter(({ names }) => names.includes(name));
    const broken = new Set(own.flatMap(({ breaches }) => [...breaches]));
    expect(own.length).toBeGreaterThan(0);
    expect(breaks.filter((rule) => !broken.has(rule))).toEqual([]);
  });

  test.each(acrossDomains)(
    '$name still looks through all domains; otherwise it leaves the list',
    ({ name, because }) => {
      const own = judged.filter(({ names, breaches }) => names.includes(name) && breaches.has('NAMES_NO_DOMAIN'));
      expect([own.length > 0, because.length > 10]).toEqual([true, true]);
    },
  );

  test('calls no volatile function that the rules do not know', async () => {
    const inner = storedFunctions.flatMap(({ ddl }) => statementsIn(ddl));
    const own = new Set(storedFunctions.map(({ name }) => name));
    const names = [...sent, ...inner].flatMap((text) => functionsIn(parseSync(text)));
    const called = new Set(names.filter((name) => !own.has(name)));
    const rows = await store.sql<{ name: string }[]>`
      select distinct proname as name from pg_proc where provolatile = 'v' and proname = any (${[...called]})`;
    expect(rows.map(({ name }) => name).toSorted()).toEqual([...volatileFunctions].toSorted());
  });
});

type Syntax = { readonly type?: unknown; readonly quasis?: unknown; readonly value?: unknown };

/** The pieces of SQL in a source: what stands between the values of each text that begins as a statement does. */
function piecesOf(source: string): readonly string[] {
  const pieces: string[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { type, quasis, value }: Syntax = node;
    const texts =
      type === 'TemplateLiteral' && Array.isArray(quasis) ? quasis.map(cookedOf) : type === 'Literal' ? [value] : [];
    const own = texts.flatMap((text) => (typeof text === 'string' ? [text] : []));
    if (/^\s*(?:\(?select|with|insert into|update|delete from)\s/.test(own[0] ?? '')) pieces.push(...own);
    for (const below of Object.values(node)) visit(below);
  };
  visit(parseAst(source, { lang: 'ts' }));
  return pieces;
}

function cookedOf(quasi: unknown): unknown {
  const { value } = quasi as { readonly value: { readonly cooked: string } };
  return value.cooked;
}

/** Without blanks: where a value is put in, they stand now on this side of it and now on that. */
const tight = (text: string) => text.replaceAll(/\s+/g, '');

const folder = join(import.meta.dirname, '../../src/storage');
const sources = readdirSync(folder).filter((name) => name.endsWith('.ts'));

test.each(sources)('the walk sends all SQL of %s', (name) => {
  const all = [...sent, ...storedFunctions.map(({ ddl }) => ddl)].map(tight);
  const unsent = piecesOf(readFileSync(join(folder, name), 'utf8')).filter(
    (piece) => !all.some((text) => text.includes(tight(piece))),
  );
  expect(unsent.map(flat)).toEqual([]);
});

test('the walk goes through every store', () => {
  const walk = readFileSync(join(import.meta.dirname, 'statement-walk.ts'), 'utf8');
  const texts = sources.map((name) => readFileSync(join(folder, name), 'utf8'));
  const stores = texts.flatMap((text) =>
    [...text.matchAll(/^export function (create\w+)/gm)].map(([, name = '']) => name),
  );
  expect(stores.length).toBeGreaterThan(15);
  // What another file of storage makes is gone through with it.
  const isInner = (name: string) => texts.some((text) => new RegExp(`(?<!function )\\b${name}\\(`).test(text));
  expect(stores.filter((name) => !walk.includes(`${name}(`) && !isInner(name))).toEqual([]);
});

describe('the tables', () => {
  /** What belongs to no domain: the domains themselves, and what the processes share. */
  const without = ['budgets', 'domains', 'installation_keys', 'processes'];

  test('have a key that begins with the domain, and no unique index without it', async () => {
    const rows = await store.sql<{ table: string; key: string; columns: string[]; isPrimary: boolean }[]>`
      select i.indrelid::regclass::text as table, i.indexrelid::regclass::text as key, i.indisprimary as "isPrimary",
        array(select a.attname::text from unnest(i.indkey) with ordinality as k(number, place)
          join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number order by k.place) as columns
      from pg_index i join pg_class c on c.oid = i.indrelid
      where i.indisunique and c.relnamespace = 'public'::regnamespace`;
    const ofDomains = rows.filter(({ table }) => !without.includes(table));
    expect(ofDomains.length).toBeGreaterThan(15);
    expect(ofDomains.filter(({ isPrimary, columns }) => isPrimary && columns[0] !== 'domain_id')).toEqual([]);
    expect(ofDomains.filter(({ columns }) => !columns.includes('domain_id'))).toEqual([]);
    expect(new Set(rows.map(({ table }) => table))).toEqual(new Set(allTables.map(({ table }) => table)));
  });
});

test.each<readonly [string, readonly Rule[]]>([
  ['select * from rooms where domain_id = $1::uuid', []],
  ['select * from rooms where $1 = rooms.domain_id and id = $2', []],
  ['select * from rooms where domain_id = $1 or id = $2', ['NAMES_NO_DOMAIN']],
  ['select * from rooms where domain_id = any($1)', ['NAMES_NO_DOMAIN']],
  ['select * from rooms r join knocks k on k.domain_id = r.domain_id where r.domain_id = $1', ['NAMES_NO_DOMAIN']],
  ['select * from rooms r join knocks k on k.domain_id = $1 and k.room_id = r.id where r.domain_id = $1', []],
  ['select 1 where exists (select 1 from knocks k where k.id = $1)', ['NAMES_NO_DOMAIN']],
  ['select id from rooms where domain_id = $1 union select id from knocks', ['NAMES_NO_DOMAIN']],
  ['with rooms_ as (select 1) select * from rooms_', []],
  ['insert into rooms (id, domain_id) values ($1, $2::uuid), ($3, $2::uuid)', []],
  ['insert into rooms (domain_id, id) select r.domain_id, $1 from r', ['NAMES_NO_DOMAIN']],
  ['update rooms set name = $3 where domain_id = $1 and app_now() < $2', ['VOLATILE_WHERE']],
  ['update rooms set name = $3, closed_at = (select app_now()) where domain_id = $1 and exp < (select app_now())', []],
  ['update rooms set closed_at = app_now() where domain_id = $1', ['VOLATILE_SET']],
  ['update rooms set exp = (select app_now() + exp - nbf) where domain_id = $1', ['VOLATILE_SET']],
  ['insert into rooms (domain_id) values ($1) on conflict (id) do update set exp = app_now()', ['VOLATILE_SET']],
  ['insert into rooms (domain_id, exp) values ($1, app_now()) on conflict (id) do nothing', []],
  ['select 1 from domains d join api_keys k on k.exp > app_now()', ['VOLATILE_WHERE']],
  [
    'select * from unnest($1::uuid[]) a cross join lateral (select 1 from rooms r where r.domain_id = a.a limit 1) d',
    ['NAMES_NO_DOMAIN', 'LIMIT_IN_LATERAL'],
  ],
  ['select * from unnest($2::uuid[]) a, lateral (select 1 from rooms r where domain_id = $1 limit 1) d', []],
  ['with recursive r as (select id from rooms) select * from r', ['NAMES_NO_DOMAIN', 'RECURSIVE_ACROSS']],
  ['with recursive r as (select id from rooms where domain_id = $1) select * from r', []],
  ['select id from rooms where due_at < $1 for update skip locked', ['NAMES_NO_DOMAIN', 'LOCKS_ACROSS']],
  ['select id from rooms where domain_id = $1 for no key update skip locked', []],
  ['select * from jsonb_to_record($1::jsonb) as r(id uuid)', ['UNTYPED_RECORD']],
  ['select * from jsonb_to_recordset($1::jsonb) as r(id uuid)', []],
  ['with d as (update domains set name = $9) update rooms set name = $2 where domain_id = $1', ['SHARED_WRITE']],
  ['with d as (update domains set name = $9) update api_keys set name = $2', []],
  ['update domains set name = $9 where exists (select from rooms where domain_id = $1)', ['SHARED_WRITE']],
  ['update domains set name = $9 where exists (select from api_keys k for share)', ['SHARED_UPGRADE']],
  ['insert into api_keys (id) select id from domains where name = $1 for key share', ['SHARED_UPGRADE']],
  ['update domains set name = $9 where exists (select from api_keys k for no key update)', []],
  ['update rooms set name = $3 where domain_id = $1 and exists (select from api_keys for share)', ['SHARED_UPGRADE']],
  ['insert into api_keys (id) select $1 where exists (select from domains)', ['SHARED_UPGRADE']],
  ['insert into api_keys (id) values ($1) on conflict do nothing', []],
  ['select id from rooms where domain_id = $1 for share', []],
  ['update domains set version = version + 1 where id = $1', ['UNHELD_VERSION']],
  ['update domains set version = next_version(id, version) where id = $1', []],
])('%s breaks %j', (text, rules) => {
  expect([...findBreaches(text, { ofDomain: new Set(['rooms', 'knocks']), shared })]).toEqual(rules);
});
