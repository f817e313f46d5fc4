import { createHash, randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { DomainId } from '../../src/rules/ids.ts';
import type { SigningKey, SigningKeyId } from '../../src/rules/signing-key.ts';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { createSigningKeyStorage } from '../../src/storage/signing-key.ts';
import { createSecretBox } from '../../src/tokens/secret-box.ts';
import { makeSigningKey } from '../../src/tokens/signing-key.ts';
import { tendKeys } from '../../src/tokens/tending.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startServer } from '../support/server.ts';

const masterKey = new Uint8Array(createHash('sha256').update('of these keys').digest());
const day = 86_400_000;

/** Domains whose newest key has signed for so many days, after one whose last token has expired. */
async function addDomain({ sql }: TestDatabase, newestDays: number): Promise<readonly string[]> {
  const domainId = randomUUID() as string as DomainId;
  await sql`insert into domains (id, name, created_at) values (${domainId}, ${`aged-${newestDays}`}, now())`;
  const box = createSecretBox(masterKey);
  const kids: string[] = [];
  let follows: SigningKeyId | null = null;
  for (const days of [newestDays + 90, newestDays]) {
    const since = new Date(Date.now() - days * day);
    const key: SigningKey = await makeSigningKey({ domainId, follows, createdAt: since, activeFrom: since }, box);
    await sql`
      insert into signing_keys (domain_id, id, kid, public_jwk, private_key_sealed, follows, created_at, active_from, last_token_exp)
      values (${domainId}, ${key.id}, ${key.kid}, ${sql.json({ ...key.publicJwk })}, ${Buffer.from(key.privateKeySealed)}, ${follows},
        ${since}, ${since}, ${new Date(since.getTime() + day)})`;
    follows = key.id;
    kids.push(key.kid);
  }
  return kids;
}

test('a service that starts gives each domain whose key has signed for 90 days a new one, and lets outlived ones go', async () => {
  const database = await createTestDatabase();
  const [outlived, young] = await addDomain(database, 89);
  const [alsoOutlived, old] = await addDomain(database, 91);
  const { url } = await startServer({ databaseUrl: database.url, masterKey });
  const kept = async () => {
    const rows = await database.sql<{ name: string; kid: string }[]>`
      select d.name, k.kid from signing_keys k join domains d on d.id = k.domain_id
      where d.name <> 'default' and k.retired_at is null order by d.name, k.active_from`;
    return rows.map(({ name, kid }) => `${name} ${kid}`);
  };
  const anew = expect.stringMatching(/^aged-91 [\w-]{22}$/);
  await expect.poll(kept).toEqual([`aged-89 ${young}`, `aged-91 ${old}`, anew]);
  const published = await (await fetch(`${url}/.well-known/jwks.json`)).text();
  for (const kid of [young, old]) expect(published).toContain(kid);
  for (const kid of [outlived, alsoOutlived]) expect(published).not.toContain(kid);
});

test('only domains with something due are looked after, and one that goes wrong holds up no other', async () => {
  const database = await createTestDatabase();
  const { sql } = database;
  await sql`delete from domains`;
  // Of a domain with one young key nothing is due; neither is it of one whose new key has not signed for long enough.
  for (const days of [91, 89, 92, 1]) await addDomain(database, days);
  await sql`update signing_keys k set retired_at = now() where k.follows is null
    and domain_id in (select id from domains where name in ('aged-89', 'aged-1'))`;
  const pool = openDatabase({ url: database.url, poolSize: 1 });
  closeAfterwards(pool.close);
  const tended: string[] = [];
  const errors: unknown[] = [];
  const nameOf = async (id: string) =>
    (await sql<{ name: string }[]>`select name from domains where id = ${id}`)[0]?.name;
  await tendKeys(
    {
      keyring: {
        rotateWhenDue: async (id) => {
          tended.push((await nameOf(id)) ?? '');
          throw new Error('cannot be rotated');
        },
        retireOutlived: async () => 0,
      },
      listDomains: createSigningKeyStorage(pool).listDomainsToTend,
      onError: (error) => errors.push(error),
    },
    new Date(),
  );
  expect(tended.toSorted()).toEqual(['aged-91', 'aged-92']);
  expect(errors).toHaveLength(2);
  await sql`update signing_keys set retired_at = null where domain_id in (select id from domains where name = 'aged-89')`;
  const due = { signsSince: new Date(Date.now() - 365 * day), now: new Date(), followedBy: new Date() };
  const outlived = await createSigningKeyStorage(pool).listDomainsToTend(due, 10);
  expect((await Promise.all(outlived.map(nameOf))).toSorted()).toEqual(['aged-89', 'aged-91', 'aged-92']);
});

test('a key that has signed a token for ever is kept for good, whatever else it signs', async () => {
  const database = await createTestDatabase();
  await addDomain(database, 1);
  const pool = openDatabase({ url: database.url, poolSize: 1 });
  closeAfterwards(pool.close);
  const keys = createSigningKeyStorage(pool);
  const [key] = (await keys.listAllSigningKeys()).toSorted((a, b) => b.activeFrom.getTime() - a.activeFrom.getTime());
  if (key === undefined) throw new Error('there is a key');
  const [sooner, later] = [new Date(Date.now() + day), new Date(Date.now() + 2 * day)];
  const lastAfter = async (exp: Date | null) => {
    await keys.raiseLastTokenExp(key.domainId, key.id, exp);
    const kept = await keys.listSigningKeys(key.domainId);
    return kept.find(({ id }) => id === key.id)?.lastTokenExp;
  };
  expect([await lastAfter(later), await lastAfter(sooner)]).toEqual([later, later]);
  expect([await lastAfter(null), await lastAfter(later)]).toEqual([null, null]);
  expect(await keys.retireSigningKey(key.domainId, key.id, new Date(Date.now() + 9 * day))).toBe(false);
});
