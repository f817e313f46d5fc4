import type { DomainId, SelfSigningKeyId } from '../rules/ids.ts';
import type { PublicJwk, SelfSigningKeyMaterial, SigningKey, SigningKeyId } from '../rules/signing-key.ts';
import { bumping } from './domain.ts';
import type { Database } from './postgres/database.ts';
import { and, desc, eq, isNull, lte, sql } from './postgres/orm.ts';
import { selfSigningKeys, signingKeys } from './tables/index.ts';

export interface SigningKeyStorage {
  listSigningKeys(domainId: DomainId): Promise<readonly SigningKey[]>;
  listAllSigningKeys(): Promise<readonly SigningKey[]>;
  /** Domains without a key that is newer than `signsSince`, and those with a key that goes: followed by then, its last token expired by now. */
  listDomainsToTend(
    due: { readonly signsSince: Date; readonly now: Date; readonly followedBy: Date },
    limit: number,
  ): Promise<readonly DomainId[]>;
  insertSigningKey(key: SigningKey): Promise<boolean>;
  raiseLastTokenExp(domainId: DomainId, id: SigningKeyId, exp: Date | null): Promise<boolean>;
  retireSigningKey(domainId: DomainId, id: SigningKeyId, at: Date): Promise<boolean>;
  listSelfSigningKeys(domainId: DomainId): Promise<readonly SelfSigningKeyMaterial[]>;
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
