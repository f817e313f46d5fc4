import { randomBytes } from 'node:crypto';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { createJwksReader, toJwksDocument } from '../../src/tokens/jwks.ts';
import { Keyring } from '../../src/tokens/keyring.ts';
import { MeetingTokenSigner } from '../../src/tokens/meeting-token-signer.ts';
import { MeetingTokenVerifier } from '../../src/tokens/meeting-token-verifier.ts';
import { createSecretBox, SecretBoxError } from '../../src/tokens/secret-box.ts';
import {
  createTokenKit,
  dailyClaims,
  domain,
  domainNamed,
  forge,
  issuer,
  makeKeyPair,
  makeToken,
  now,
} from './token-kit.ts';

const minute = 60_000;
const hour = 60 * minute;
const later = (ms: number) => new Date(now.getTime() + ms);
const kidOf = (jwt: string) => JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString()).kid as string;

/** Another process on the same keys. */
function createProcess(kit: ReturnType<typeof createTokenKit>) {
  const keyring = new Keyring({ store: kit.store, box: kit.box, monotonicMs: () => kit.clock.ms });
  return {
    keyring,
    signer: new MeetingTokenSigner(keyring, issuer),
    verifier: new MeetingTokenVerifier({ keyring, issuer }),
  };
}

describe('the first key', () => {
  test('is made when the first token is signed, and signs at once', async () => {
    const kit = createTokenKit();
    const jwt = await kit.signer.sign(domain, makeToken(), now);
    expect(kit.store.signing.map((row) => row.kid)).toEqual([kidOf(jwt)]);
    expect(kit.store.signing[0]?.activeFrom).toEqual(now);
  });

  test('is one for the domain, also when two processes sign their first tokens at once', async () => {
    const kit = createTokenKit();
    const other = createProcess(kit);
    const jwts = await Promise.all(
      [kit.signer, other.signer, kit.signer, other.signer].map((signer) => signer.sign(domain, makeToken(), now)),
    );
    expect(new Set(jwts.map(kidOf)).size).toBe(1);
    for (const jwt of jwts) expect(await other.verifier.verify(domain, jwt, now)).toMatchObject({ ok: true });
  });

  test('is not another domain’s', async () => {
    const kit = createTokenKit();
    const jwts = [domain, domainNamed('other')].map((owner) => kit.signer.sign(owner, makeToken(), now));
    expect(new Set((await Promise.all(jwts)).map(kidOf)).size).toBe(2);
  });
});

describe('rotation', () => {
  test('publishes first, signs with the new a minute later, and refuses no good token meanwhile', async () => {
    const kit = createTokenKit();
    const other = createProcess(kit);
    const old = await kit.signer.sign(domain, makeToken(), now);
    const added = await kit.keyring.rotate(domain.id, now);
    expect(toJwksDocument(await kit.store.listAllSigningKeys()).keys.map((key) => key.kid)).toContain(added?.kid);

    for (const [ms, isNew] of [
      [0, false],
      [minute - 1, false],
      [minute, true],
      [hour - 1, true],
    ] as const) {
      kit.clock.ms = ms + 1000;
      for (const { signer, verifier } of [kit, other]) {
        const jwt = await signer.sign(domain, makeToken({ exp: later(2 * hour) }), later(ms));
        expect(kidOf(jwt) === added?.kid).toBe(isNew);
        expect(await verifier.verify(domain, jwt, later(ms))).toMatchObject({ ok: true });
        expect(await verifier.verify(domain, old, later(ms))).toMatchObject({ ok: true });
      }
    }
  });

  test('is done once when two processes rotate at the same moment, and not again while a key waits', async () => {
    const kit = createTokenKit();
    await kit.signer.sign(domain, makeToken(), now);
    const other = createProcess(kit);
    const added = await Promise.all([kit.keyring.rotate(domain.id, now), other.keyring.rotate(domain.id, now)]);
    expect(added.filter((row) => row !== null)).toHaveLength(1);
    expect(await kit.keyring.rotate(domain.id, later(minute - 1))).toBeNull();
    expect(await kit.keyring.rotate(domain.id, later(minute))).not.toBeNull();
  });

  test('happens on schedule when the newest key has signed long enough', async () => {
    const kit = createTokenKit();
    await kit.signer.sign(domain, makeToken(), now);
    expect(await kit.keyring.rotateWhenDue(domain.id, hour, later(hour - 1))).toBeNull();
    expect(await kit.keyring.rotateWhenDue(domain.id, hour, later(hour))).not.toBeNull();
  });

  test('a process that has never seen the new key finds it by its kid', async () => {
    const kit = createTokenKit();
    const other = createProcess(kit);
    const old = await kit.signer.sign(domain, makeToken(), now);
    expect(await other.verifier.verify(domain, old, now)).toMatchObject({ ok: true });
    await kit.keyring.rotate(domain.id, now);
    const jwt = await kit.signer.sign(domain, makeToken(), later(minute));
    expect(await other.verifier.verify(domain, jwt, later(minute))).toMatchObject({ ok: true });
  });
});

describe('an old key', () => {
  test('goes when the last token that it signed has expired, and not before', async () => {
    const kit = createTokenKit();
    const jwt = await kit.signer.sign(domain, makeToken({ exp: later(3 * hour) }), now);
    await kit.keyring.rotate(domain.id, now);
    expect(await kit.keyring.retireOutlived(domain.id, later(3 * hour - 1))).toBe(0);
    expect(await kit.verifier.verify(domain, jwt, later(3 * hour - 1))).toMatchObject({ ok: true });

    expect(await kit.keyring.retireOutlived(domain.id, later(4 * hour))).toBe(1);
    expect(toJwksDocument(await kit.store.listAllSigningKeys()).keys.map((key) => key.kid)).not.toContain(kidOf(jwt));
    expect(await kit.verifier.verify(domain, jwt, now)).toMatchObject({ code: 'TOKEN_INVALID' });
  });

  test('stays for ever when it signed a token that never expires', async () => {
    const kit = createTokenKit();
    const jwt = await kit.signer.sign(domain, makeToken({ exp: null }), now);
    await kit.keyring.rotate(domain.id, now);
    const late = new Date('2999-01-01');
    expect(await kit.keyring.retireOutlived(domain.id, late)).toBe(0);
    expect(await kit.verifier.verify(domain, jwt, late)).toMatchObject({ ok: true });
  });

  test('stays while it is the only one, or its follower has just begun', async () => {
    const kit = createTokenKit();
    await kit.signer.sign(domain, makeToken({ exp: later(1) }), now);
    expect(await kit.keyring.retireOutlived(domain.id, later(24 * hour))).toBe(0);
    await kit.keyring.rotate(domain.id, later(24 * hour));
    expect(await kit.keyring.retireOutlived(domain.id, later(24 * hour + 2 * minute))).toBe(0);
    expect(await kit.keyring.retireOutlived(domain.id, later(24 * hour + 6 * minute))).toBe(1);
  });

  test('that another process retired no longer signs, though this process still has it in memory', async () => {
    const kit = createTokenKit();
    const other = createProcess(kit);
    const old = await kit.signer.sign(domain, makeToken({ exp: later(1) }), now);
    await other.keyring.rotate(domain.id, now);
    expect(await other.keyring.retireOutlived(domain.id, later(2 * hour))).toBe(1);
    const jwt = await kit.signer.sign(domain, makeToken({ exp: later(5 * hour) }), later(2 * hour));
    expect(kidOf(jwt)).not.toBe(kidOf(old));
    expect(await other.verifier.verify(domain, jwt, later(2 * hour))).toMatchObject({ ok: true });
  });
});

describe('what the keys cost', () => {
  test('a thousand made-up kids at once make the store be asked twice, and nobody asks beside another', async () => {
    const kit = createTokenKit();
    const { secret } = await kit.register('HS256');
    await kit.verifier.verify(domain, forge({ alg: 'HS256' }, dailyClaims(), secret), now);
    kit.store.reads = 0;
    const made = Array.from({ length: 1000 }, (_, count) =>
      forge({ alg: 'HS256', kid: `kid-${count}` }, dailyClaims(), secret),
    );
    const verdicts = await Promise.all(made.map((jwt) => kit.verifier.verify(domain, jwt, now)));
    expect(verdicts.filter(({ ok }) => ok)).toEqual([]);
    // One that was under way when the others came, and one that began after all of them had come.
    expect(kit.store.reads).toBeLessThanOrEqual(2);
  });

  test('a key that was registered at another process a moment ago verifies at once, also beside one of the same algorithm', async () => {
    const kit = createTokenKit();
    await kit.register('HS256');
    const other = createProcess(kit);
    const first = forge({ alg: 'HS256', kid: 'made-up' }, dailyClaims(), 'no secret of this domain');
    expect(await other.verifier.verify(domain, first, now)).toMatchObject({ ok: false });
    const { row, secret } = await kit.register('HS256');
    for (const header of [{ alg: 'HS256' }, { alg: 'HS256', kid: row.kid }]) {
      const jwt = forge(header, dailyClaims(), secret);
      expect(await createProcess(kit).verifier.verify(domain, jwt, now)).toMatchObject({ ok: true });
      expect(await other.verifier.verify(domain, jwt, now)).toMatchObject({ ok: true });
    }
  });

  test('a token without kid is tried with the five newest keys of its algorithm, one with a kid with those of that kid', async () => {
    const kit = createTokenKit();
    await kit.register('HS256');
    const rows = await Promise.all(Array.from({ length: 6 }, () => kit.register('HS256')));
    // As they are listed: the newest comes last here.
    const order = kit.store.selfSigning.map(({ id }) => id);
    rows.sort((a, b) => order.indexOf(a.row.id) - order.indexOf(b.row.id));
    await kit.register('EdDSA', makeKeyPair('EdDSA').publicJwk);
    const isGood = async (header: object, secret: string) =>
      (await kit.verifier.verify(domain, forge({ alg: 'HS256', ...header }, dailyClaims(), secret), now)).ok;
    const unnamed = await Promise.all(rows.map(({ secret }) => isGood({}, secret)));
    expect(unnamed).toEqual([false, true, true, true, true, true]);
    const named = await Promise.all(rows.map(({ row, secret }) => isGood({ kid: row.kid }, secret)));
    expect(named).toEqual(rows.map(() => true));
  });

  test('a hundred tokens at once make the store be asked once, and be told once how long to keep their key', async () => {
    const kit = createTokenKit();
    await kit.signer.sign(domain, makeToken({ exp: later(1) }), now);
    kit.clock.ms += 5000;
    const signMany = (exp: number) =>
      Promise.all(
        Array.from({ length: 100 }, (_, index) => kit.signer.sign(domain, makeToken({ exp: later(exp + index) }), now)),
      );
    Object.assign(kit.store, { reads: 0, raises: 0 });
    await signMany(5 * hour);
    expect(kit.store).toMatchObject({ reads: 1, raises: 1 });
    await signMany(4 * hour);
    expect(kit.store, 'what is covered costs nothing').toMatchObject({ reads: 1, raises: 1 });
    expect(kit.store.signing[0]?.lastTokenExp?.getTime()).toBeGreaterThanOrEqual(later(5 * hour + 99).getTime());
  });
});

test('the private half cannot be read from a row, nor used with another master key', async () => {
  const kit = createTokenKit();
  await kit.signer.sign(domain, makeToken(), now);
  const sealed = Buffer.from(kit.store.signing[0]?.privateKeySealed ?? []);
  expect(sealed.length).toBeGreaterThan(100);
  expect(sealed.includes('"d"')).toBe(false);
  const thief = new Keyring({ store: kit.store, box: createSecretBox(randomBytes(32)) });
  await expect(thief.signer(domain, null, now)).rejects.toThrow(SecretBoxError);
});

describe('the JWKS document', () => {
  test('lets anybody verify the tokens of every domain, and holds nothing private', async () => {
    const kit = createTokenKit();
    const owners = [domain, domainNamed('other')];
    const jwts = await Promise.all(owners.map((owner) => kit.signer.sign(owner, makeToken(), now)));
    const document = toJwksDocument(await kit.store.listAllSigningKeys());
    for (const key of document.keys)
      expect(Object.keys(key).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
    for (const [index, jwt] of jwts.entries()) {
      const options = { issuer, audience: owners[index]?.name ?? '', typ: 'meeting-token+jwt', currentDate: now };
      await expect(jwtVerify(jwt, createLocalJWKSet({ keys: [...document.keys] }), options)).resolves.toBeDefined();
    }
  });

  test('is read at most once a second, and again after a failure', async () => {
    const kit = createTokenKit();
    await kit.signer.sign(domain, makeToken(), now);
    const clock = { ms: 0 };
    const read = createJwksReader(kit.store, () => clock.ms);
    kit.store.reads = 0;
    await Promise.all([read(), read(), read()]);
    expect(kit.store.reads).toBe(1);
    clock.ms = 1000;
    const { listAllSigningKeys } = kit.store;
    kit.store.listAllSigningKeys = () => Promise.reject(new Error('the database is down'));
    await expect(read()).rejects.toThrow();
    kit.store.listAllSigningKeys = listAllSigningKeys;
    expect((await read()).keys).toHaveLength(1);
  });
});
