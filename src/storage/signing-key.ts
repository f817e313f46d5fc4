import type { DomainId, SelfSigningKeyId } from '../rules/ids.ts';
import type { EndedKey, PublicJwk, SelfSigningKeyMaterial, SigningKey, SigningKeyId } from '../rules/signing-key.ts';
import { bumping } from './domain.ts';
import type { Database } from './postgres/database.ts';
import { and, desc, eq, isNull, lte, sql } from './postgres/orm.ts';
import { movesOn } from './postgres/stored-function.ts';
import { selfSigningKeys, signingKeys } from './tables/index.ts';

/** Where the keys are kept. Every method is one statement; where the database cannot answer, it throws. */
export interface KeyStore {
  /** The domain's keys that are not retired, newest first by `activeFrom`. */
  listSigningKeys(domainId: DomainId): Promise<readonly SigningKey[]>;
  /** The keys of all domains that are not retired. */
  listAllSigningKeys(): Promise<readonly SigningKey[]>;
  /**
   * False, and nothing stored, when another key already follows `key.follows` (null counts as one value per domain).
   * Of two processes that rotate at once, one is told so.
   */
  insertSigningKey(key: SigningKey): Promise<boolean>;
  /** Raises `lastTokenExp` to `exp` (null: for ever), never lowers it. False when the key is retired or gone. */
  raiseLastTokenExp(domainId: DomainId, id: SigningKeyId, exp: Date | null): Promise<boolean>;
  /** Retires the key, if the last token that it signed has expired by `at`. False when it has not, or the key was retired before. */
  retireSigningKey(domainId: DomainId, id: SigningKeyId, at: Date): Promise<boolean>;
  /**
   * Adds the key and ends every other of the domain, whatever they have signed. Null, and no key added or ended, when another already
   * follows `key.follows`.
   */
  replaceSigningKeys(key: SigningKey): Promise<readonly EndedKey[] | null>;
  /** The domain's keys that are not revoked, newest first. */
  listSelfSigningKeys(domainId: DomainId): Promise<readonly SelfSigningKeyMaterial[]>;
}

export interface SigningKeyStorage extends KeyStore {
  /** Domains without a key that is newer than `signsSince`, and those with a key that goes: followed by then, its last token expired by now. */
  listDomainsToTend(
    due: { readonly signsSince: Date; readonly now: Date; readonly followedBy: Date },
    limit: number,
  ): Promise<readonly DomainId[]>;
}

function readSigningKey(row: typeof signingKeys.$inferSelect): SigningKey {
  // The columns hold what `insertSigningKey` was given.
  return {
    ...row,
    id: row.id as SigningKeyId,
    follows: row.follows as SigningKeyId | null,
    publicJwk: row.publicJwk as PublicJwk,
  };
}

const live = isNull(signingKeys.retiredAt);
const one = (domainId: DomainId, id: string) => and(eq(signingKeys.domainId, domainId), eq(signingKeys.id, id), live);

const toTendText = `select d.id from domains d
  where not exists (select from signing_keys k where k.domain_id = d.id and k.retired_at is null and k.active_from > $1::timestamptz)
    or exists (select from signing_keys k join signing_keys f on f.domain_id = k.domain_id and f.active_from > k.active_from
      where k.domain_id = d.id and k.retired_at is null and k.last_token_exp <= $2::timestamptz
        and f.retired_at is null and f.active_from <= $3::timestamptz)
  limit $4::int`;

// A key that was retired while a token of it might still be good has ended before its time: that no last token is named says so.
const replaceText = `
  with bumped as (
    update domains set ${movesOn} where id = $1::uuid returning id
  ), added as (
    insert into signing_keys (domain_id, id, kid, public_jwk, private_key_sealed, follows, created_at, active_from, last_token_exp)
    select $1::uuid, $2::uuid, $3::text, $4::jsonb, $5::bytea, $6::uuid, $7::timestamptz, $8::timestamptz, $7::timestamptz from bumped
    on conflict do nothing
    returning id
  ), ended as (
    update signing_keys k set retired_at = coalesce(k.retired_at, $7::timestamptz), last_token_exp = null
    from added where k.domain_id = $1::uuid and k.id <> added.id
    returning k.id, k.kid
  )
  select ended.id, ended.kid from added left join ended on true`;

/** Keys, as the keyring wants them kept. Every method is one statement. @throws DatabaseError */
export function createSigningKeyStorage({ orm, query }: Database): SigningKeyStorage {
  return {
    listSigningKeys: async (domainId) => {
      const rows = await orm
        .select()
        .from(signingKeys)
        .where(and(eq(signingKeys.domainId, domainId), live))
        .orderBy(desc(signingKeys.activeFrom), desc(signingKeys.id));
      return rows.map(readSigningKey);
    },
    listAllSigningKeys: async () => (await orm.select().from(signingKeys).where(live)).map(readSigningKey),
    listDomainsToTend: async ({ signsSince, now, followedBy }, limit) => {
      const rows = await query<{ readonly id: DomainId }>(toTendText, [signsSince, now, followedBy, limit]);
      return rows.map(({ id }) => id);
    },
    listSelfSigningKeys: async (domainId) => {
      const rows = await orm
        .select()
        .from(selfSigningKeys)
        .where(and(eq(selfSigningKeys.domainId, domainId), isNull(selfSigningKeys.revokedAt)))
        .orderBy(desc(selfSigningKeys.createdAt), desc(selfSigningKeys.id));
      return rows.map((row) => ({
        ...row,
        id: row.id as SelfSigningKeyId,
        publicJwk: row.publicJwk as PublicJwk | null,
      }));
    },
    replaceSigningKeys: async ({ domainId, id, kid, publicJwk, privateKeySealed, follows, createdAt, activeFrom }) => {
      const sealed = Buffer.from(privateKeySealed);
      const params = [domainId, id, kid, JSON.stringify(publicJwk), sealed, follows, createdAt, activeFrom];
      const rows = await query<EndedKey | { readonly id: null }>(replaceText, params);
      return rows.length === 0 ? null : rows.flatMap((row) => (row.id === null ? [] : row));
    },
    ...createChanges(orm),
  };
}

function createChanges(
  orm: Database['orm'],
): Pick<SigningKeyStorage, 'insertSigningKey' | 'raiseLastTokenExp' | 'retireSigningKey'> {
  return {
    insertSigningKey: async ({ privateKeySealed, ...key }) => {
      const row = { ...key, privateKeySealed: Buffer.from(privateKeySealed) };
      const insert = orm
        .with(bumping(orm, key.domainId, null))
        .insert(signingKeys)
        .values(row)
        .onConflictDoNothing();
      return (await insert.returning({ id: signingKeys.id })).length > 0;
    },
    raiseLastTokenExp: async (domainId, id, exp) => {
      const until =
        exp === null
          ? sql`null`
          : sql`case when ${signingKeys.lastTokenExp} is null then null
        else greatest(${signingKeys.lastTokenExp}, ${exp.toISOString()}::timestamptz) end`;
      const raise = orm.update(signingKeys).set({ lastTokenExp: until }).where(one(domainId, id));
      return (await raise.returning({ id: signingKeys.id })).length > 0;
    },
    retireSigningKey: async (domainId, id, at) => {
      const outlived = and(one(domainId, id), lte(signingKeys.lastTokenExp, at));
      const retire = orm.update(signingKeys).set({ retiredAt: at }).where(outlived);
      return (await retire.returning({ id: signingKeys.id })).length > 0;
    },
  };
}
