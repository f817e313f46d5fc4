import type { ApiKey, ApiKeyScope, Domain, SelfSigningKey } from '../rules/domain.ts';
import type { DoorPagePatch } from '../rules/door-page.ts';
import type { ApiKeyId, DomainId, SelfSigningKeyId } from '../rules/ids.ts';
import type { SelfSigningKeyMaterial } from '../rules/signing-key.ts';
import { type ActingKey, keyIsGood, requireGoodKey, whileGood } from './acting-key.ts';
import {
  type ColumnList,
  columnsOf,
  readRow,
  recordShape,
  recordValues,
  selectList,
  without,
} from './postgres/columns.ts';
import type { Database } from './postgres/database.ts';
import { and, eq, inArray, sql } from './postgres/orm.ts';
import { newestFirst, type PageRequest, type PageRows, pageAfter, toPage } from './postgres/page.ts';
import { keyVariable, movesOn, onlyWhileGood, storedFunction } from './postgres/stored-function.ts';
import { apiKeys, domains, selfSigningKeys } from './tables/index.ts';

export type DomainPatch = Partial<
  Pick<
    Domain,
    'permissions' | 'enforceUniqueUserIds' | 'lang' | 'meetingTokenLifetimeSeconds' | 'mediaServer' | 'doorPage'
  >
>;

export interface DomainStorage {
  readonly findByName: (name: string) => Promise<Domain | null>;
  readonly findById: (id: DomainId) => Promise<Domain | null>;
  /** Which of these names domains have. It works before the migrations of a newer version, too. */
  readonly listTaken: (names: readonly string[]) => Promise<readonly string[]>;
  /** The only domain. Null: there is none, or there are several. */
  readonly findOnly: () => Promise<Domain | null>;
  /** Null: the name is taken. */
  readonly insert: (domain: {
    readonly id: DomainId;
    readonly name: string;
    readonly createdAt: Date;
  }) => Promise<Domain | null>;
  /** @param replaces the permissions that there are to be. Null is answered where they are others, and where there is no such domain. */
  readonly update: (
    id: DomainId,
    patch: DomainPatch,
    by: ActingKey,
    replaces?: Pick<Domain, 'permissions'>,
  ) => Promise<Domain | null>;
  /** Leaves a key alone whose hash exists already. */
  readonly insertApiKey: (key: ApiKey & { readonly hash: string }, by: ActingKey) => Promise<void>;
  readonly listApiKeys: (id: DomainId, request: PageRequest) => Promise<PageRows<ApiKey>>;
  readonly findApiKey: (id: DomainId, keyId: ApiKeyId) => Promise<ApiKey | null>;
  /** Revokes the key, once. Returns the key as it is then, or null if there is none. */
  readonly revokeApiKey: (id: DomainId, keyId: ApiKeyId, at: Date, by: ActingKey) => Promise<ApiKey | null>;
  readonly touchApiKey: (id: DomainId, keyId: ApiKeyId, at: Date) => Promise<void>;
  /** False: the domain has such a key already. */
  readonly insertSelfSigningKey: (key: SelfSigningKeyMaterial, by: ActingKey) => Promise<boolean>;
  readonly listSelfSigningKeys: (id: DomainId) => Promise<readonly SelfSigningKey[]>;
  /** How many of them are not revoked. */
  readonly countGoodSelfSigningKeys: (id: DomainId) => Promise<number>;
  readonly findSelfSigningKey: (id: DomainId, keyId: SelfSigningKeyId) => Promise<SelfSigningKey | null>;
  readonly revokeSelfSigningKey: (
    id: DomainId,
    keyId: SelfSigningKeyId,
    at: Date,
    by: ActingKey,
  ) => Promise<SelfSigningKey | null>;
}

type ApiKeyRow = typeof apiKeys.$inferSelect;

export function readApiKey({ hash: _hash, ...row }: ApiKeyRow): ApiKey {
  // The column holds what `createApiKey` checked.
  return { ...row, id: row.id as ApiKeyId, scopes: row.scopes as ApiKeyScope[] };
}

function readSelfSigningKey(row: typeof selfSigningKeys.$inferSelect): SelfSigningKey {
  const { id, domainId, kid, algorithm, createdAt, revokedAt } = row;
  return { id: id as SelfSigningKeyId, domainId, kid, algorithm, createdAt, revokedAt };
}

/** `movesOn`, for the query builder. */
const nextVersion = sql`next_version(${domains.id}, ${domains.version})`;

/** Domains and their keys. Each change is one statement, which the key `by` guards. @throws DatabaseError, CredentialEnded */
export function createDomainStorage(database: Database): DomainStorage {
  const { orm } = database;
  const first = async (where: ReturnType<typeof eq>) => (await orm.select().from(domains).where(where))[0] ?? null;
  return {
    findByName: (name) => first(eq(domains.name, name)),
    findById: (id) => first(eq(domains.id, id)),
    listTaken: async (names) => {
      const named = orm.select({ name: domains.name }).from(domains);
      return (await named.where(inArray(domains.name, [...names]))).map(({ name }) => name);
    },
    findOnly: async () => {
      const found = await orm.select().from(domains).limit(2);
      return found.length === 1 ? (found[0] ?? null) : null;
    },
    insert: async (domain) => (await orm.insert(domains).values(domain).onConflictDoNothing().returning())[0] ?? null,
    update: async (id, patch, by, replaces) => {
      const { doorPage, ...others } = patch;
      const changed = {
        ...others,
        ...(doorPage === undefined ? {} : { doorPage: doorPage && laidOver(domains.doorPage, doorPage) }),
        version: nextVersion,
      };
      const stands = replaces && sql`${domains.permissions} is not distinct from ${asJson(replaces.permissions)}`;
      const where = and(eq(domains.id, id), stands, whileGood(id, by));
      const [row] = await orm.update(domains).set(changed).where(where).returning();
      if (row === undefined) await requireGoodKey(database, id, by);
      return row ?? null;
    },
    ...createApiKeyStorage(database),
    ...createSelfSigningKeyStorage(database),
  };
}

function asJson(value: object | null) {
  return sql`${value === null ? null : JSON.stringify(value)}::text::jsonb`;
}

/** Two changes of different fields at once both count. */
function laidOver(column: typeof domains.doorPage, patch: DoorPagePatch) {
  return sql`coalesce(${column}, '{}'::jsonb) || ${JSON.stringify(patch)}::text::jsonb`;
}

/** Inserts one row, which comes as JSON, in a list: its shape is known then wherever the statement runs. */
function insertOf(list: ColumnList, where: string): string {
  return `insert into "${list.table}" (${list.columns.map(({ name }) => `"${name}"`).join(', ')})
    select ${recordValues(list, 'u')} from jsonb_to_recordset($1::text::jsonb) as u(${recordShape(list)})
    where ${where} on conflict do nothing returning id`;
}

const shownApiKey = without(columnsOf(apiKeys), 'hash');
const readShownApiKey = readRow<ApiKey>(shownApiKey);

/** Answers the key as it is then, as JSON. Null: there is none, or the key that revokes has ended. */
export const revokeApiKey = storedFunction({
  name: 'revoke_api_key',
  isOfDomain: false,
  params: { p_domain: 'uuid', p_id: 'uuid', p_at: 'timestamptz', p_by: 'uuid' },
  returns: 'jsonb',
  declare: [keyVariable],
  // Keys are held before the domain, as by every change that a key makes, and both of them in one order: else two keys that revoke each
  // other, or do something while they are revoked, would wait for each other.
  body: `
  perform from api_keys k where k.domain_id = p_domain and k.id in (p_id, p_by) order by k.id for no key update;
  ${onlyWhileGood('KEY', 'return null;')}
  update api_keys k set revoked_at = coalesce(k.revoked_at, p_at) where k.domain_id = p_domain and k.id = p_id;
  if not found then return null; end if;
  update domains set ${movesOn} where id = p_domain;
  return (select to_jsonb(x) from (select ${selectList(shownApiKey, 'k')} from api_keys k where k.domain_id = p_domain and k.id = p_id) x);`,
});
const revokeApiKeyText = `select ${revokeApiKey.call} as key`;

const apiKeyColumns = columnsOf(apiKeys);

/** Makes a key. False: nothing was written. By its values: a query that asks this same table would lock it a second time on a cluster. */
export const insertApiKey = storedFunction({
  name: 'insert_api_key',
  isOfDomain: false,
  params: { p_domain: 'uuid', p_by: 'uuid', p_key: 'jsonb' },
  returns: 'boolean',
  declare: ['u record', keyVariable],
  body: `
  ${onlyWhileGood('KEY', 'return false;')}
  select * into u from jsonb_to_recordset(p_key) as u(${recordShape(apiKeyColumns)});
  insert into api_keys (${apiKeyColumns.columns.map(({ name }) => `"${name}"`).join(', ')})
  values (${recordValues(apiKeyColumns, 'u').replace('u."domainId"', 'p_domain')})
  on conflict do nothing;
  return found;`,
});
const insertApiKeyText = `select ${insertApiKey.call} as "isMade"`;

function createApiKeyStorage(database: Database) {
  const { orm } = database;
  const one = (id: DomainId, keyId: ApiKeyId) => and(eq(apiKeys.domainId, id), eq(apiKeys.id, keyId));
  return {
    insertApiKey: async (key: ApiKey & { readonly hash: string }, by: ActingKey) => {
      const params = [key.domainId, by, JSON.stringify([key])];
      const [row] = await database.query<{ readonly isMade: boolean }>(insertApiKeyText, params);
      if (row?.isMade !== true) await requireGoodKey(database, key.domainId, by);
    },
    listApiKeys: async (id: DomainId, request: PageRequest) => {
      const where = and(eq(apiKeys.domainId, id), pageAfter(request, apiKeys));
      const rows = await orm
        .select()
        .from(apiKeys)
        .where(where)
        .orderBy(...newestFirst(request, apiKeys))
        .limit(request.limit + 1);
      return toPage(rows.map(readApiKey), request);
    },
    findApiKey: async (id: DomainId, keyId: ApiKeyId) => {
      const [row] = await orm.select().from(apiKeys).where(one(id, keyId));
      return row === undefined ? null : readApiKey(row);
    },
    revokeApiKey: async (id: DomainId, keyId: ApiKeyId, at: Date, by: ActingKey) => {
      const [row] = await database.query<{ readonly key: object | null }>(revokeApiKeyText, [id, keyId, at, by]);
      if (!row?.key) await requireGoodKey(database, id, by);
      return row?.key ? readShownApiKey(row.key) : null;
    },
    touchApiKey: async (id: DomainId, keyId: ApiKeyId, at: Date) => {
      await orm.update(apiKeys).set({ lastUsedAt: at }).where(one(id, keyId));
    },
  };
}

const insertSelfSigningKeyText = `with bumped as (
    update domains set ${movesOn} where id = $3::uuid and ${keyIsGood('$3::uuid', '$2')} returning id)
  ${insertOf(columnsOf(selfSigningKeys), 'exists (select 1 from bumped)')}`;

const countGoodText =
  'select count(*)::int as count from self_signing_keys k where k.domain_id = $1::uuid and k.revoked_at is null';

function createSelfSigningKeyStorage(database: Database) {
  const { orm } = database;
  const keys = selfSigningKeys;
  const one = (id: DomainId, keyId: SelfSigningKeyId) => and(eq(keys.domainId, id), eq(keys.id, keyId));
  return {
    insertSelfSigningKey: async ({ secretSealed, ...key }: SelfSigningKeyMaterial, by: ActingKey) => {
      const sealed = secretSealed === null ? null : Buffer.from(secretSealed).toString('hex');
      const params = [JSON.stringify([{ ...key, secretSealed: sealed }]), by, key.domainId];
      const made = await database.query(insertSelfSigningKeyText, params);
      if (made.length === 0) await requireGoodKey(database, key.domainId, by);
      return made.length > 0;
    },
    listSelfSigningKeys: async (id: DomainId) => {
      const rows = await orm
        .select()
        .from(keys)
        .where(eq(keys.domainId, id))
        .orderBy(sql`${keys.createdAt} desc, ${keys.id} desc`)
        .limit(200);
      return rows.map(readSelfSigningKey);
    },
    countGoodSelfSigningKeys: async (id: DomainId) => {
      const [row] = await database.query<{ readonly count: number }>(countGoodText, [id]);
      return row?.count ?? 0;
    },
    findSelfSigningKey: async (id: DomainId, keyId: SelfSigningKeyId) => {
      const [row] = await orm.select().from(keys).where(one(id, keyId));
      return row === undefined ? null : readSelfSigningKey(row);
    },
    revokeSelfSigningKey: async (id: DomainId, keyId: SelfSigningKeyId, at: Date, by: ActingKey) => {
      const revokedAt = sql`coalesce(${keys.revokedAt}, ${at.toISOString()}::timestamptz)`;
      const [row] = await orm
        .with(bumping(orm, id, by))
        .update(keys)
        .set({ revokedAt })
        .where(and(one(id, keyId), wasBumped))
        .returning();
      if (row === undefined) await requireGoodKey(database, id, by);
      return row === undefined ? null : readSelfSigningKey(row);
    },
  };
}

/**
 * Bumps the domain in the statement that changes what decisions rest on: nobody sees the one without the other. The change itself rests on
 * `wasBumped`, and does not look at the key once more.
 * @param by the key that the change rests on
 */
export function bumping(orm: Database['orm'], id: DomainId, by: ActingKey) {
  return orm.$with('bumped').as(
    orm
      .update(domains)
      .set({ version: nextVersion })
      .where(and(eq(domains.id, id), whileGood(id, by)))
      .returning({ id: domains.id }),
  );
}

const wasBumped = sql`exists (select 1 from bumped)`;
