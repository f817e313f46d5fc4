import type { DomainId } from '../rules/ids.ts';
import type { Database } from './postgres/database.ts';
import { and, eq, sql } from './postgres/orm.ts';
import {
  domains,
  installationKeys,
  liveStreams,
  mediaServers,
  selfSigningKeys,
  signingKeys,
  webhooks,
} from './tables/index.ts';

export type SealedColumn =
  | 'SIGNING_KEY'
  | 'SELF_SIGNING_KEY'
  | 'WEBHOOK'
  | 'PREVIOUS_WEBHOOK'
  | 'MEDIA_SERVER'
  | 'LIVE_STREAM';

/** A sealed secret from the database, and what it belongs to. */
export interface SealedSecret {
  readonly column: SealedColumn;
  readonly domainId: DomainId;
  readonly id: string;
  readonly sealed: Buffer;
}

export interface SealedSecretStorage {
  readonly listDomains: () => Promise<readonly DomainId[]>;
  /** Everything that is sealed for a domain, including secrets of revoked keys and deleted webhooks. */
  readonly list: (domainId: DomainId) => Promise<readonly SealedSecret[]>;
  /** Replaces a secret by the same secret, sealed anew. False: another secret was there, and was left alone. */
  readonly replace: (secret: SealedSecret, sealed: Buffer) => Promise<boolean>;
  /** The installation's own keys by their names. */
  readonly listKeys: () => Promise<ReadonlyMap<string, Buffer>>;
  /** Keeps the key, unless there is one of this name. */
  readonly insertKey: (name: string, sealed: Buffer) => Promise<void>;
  readonly replaceKey: (name: string, old: Buffer, sealed: Buffer) => Promise<boolean>;
}

const places = {
  SIGNING_KEY: { table: signingKeys, column: signingKeys.privateKeySealed, key: 'privateKeySealed' },
  SELF_SIGNING_KEY: { table: selfSigningKeys, column: selfSigningKeys.secretSealed, key: 'secretSealed' },
  WEBHOOK: { table: webhooks, column: webhooks.secretSealed, key: 'secretSealed' },
  PREVIOUS_WEBHOOK: { table: webhooks, column: webhooks.previousSecretSealed, key: 'previousSecretSealed' },
  MEDIA_SERVER: { table: mediaServers, column: mediaServers.secretSealed, key: 'secretSealed' },
  LIVE_STREAM: { table: liveStreams, column: liveStreams.destinationsSealed, key: 'destinationsSealed' },
} as const;

/** Every secret that the master key seals, wherever it lies. @throws DatabaseError */
export function createSealedSecretStorage({ orm }: Pick<Database, 'orm'>): SealedSecretStorage {
  const listColumn = async (name: SealedColumn, domainId: DomainId): Promise<readonly SealedSecret[]> => {
    const { table, column } = places[name];
    const rows = await orm
      .select({ id: table.id, sealed: column })
      .from(table)
      .where(and(eq(table.domainId, domainId), sql`${column} is not null`));
    return rows.flatMap(({ id, sealed }) => (sealed === null ? [] : [{ column: name, domainId, id, sealed }]));
  };
  return {
    listDomains: async () => (await orm.select({ id: domains.id }).from(domains)).map(({ id }) => id),
    list: async (domainId) => {
      const names = Object.keys(places) as SealedColumn[];
      return (await Promise.all(names.map((name) => listColumn(name, domainId)))).flat();
    },
    replace: async ({ column: name, domainId, id, sealed: old }, sealed) => {
      const { table, column, key } = places[name];
      const isStillThere = and(eq(table.domainId, domainId), eq(table.id, id), eq(column, old));
      const change = orm.update(table).set({ [key]: sealed });
      return (await change.where(isStillThere).returning({ id: table.id })).length > 0;
    },
    listKeys: async () => {
      const rows = await orm.select().from(installationKeys);
      return new Map(rows.map(({ name, sealed }) => [name, sealed]));
    },
    insertKey: async (name, sealed) => {
      await orm.insert(installationKeys).values({ name, sealed }).onConflictDoNothing();
    },
    replaceKey: async (name, old, sealed) => {
      const isStillThere = and(eq(installationKeys.name, name), eq(installationKeys.sealed, old));
      const change = orm.update(installationKeys).set({ sealed }).where(isStillThere);
      return (await change.returning({ name: installationKeys.name })).length > 0;
    },
  };
}
