import { createSigner } from 'fast-jwt';
import { describe, expect, test } from 'vitest';
import { MeetingTokenVerifier } from '../../src/tokens/meeting-token-verifier.ts';
import {
  createTokenKit,
  dailyClaims,
  domain,
  domainNamed,
  forge,
  makeKeyPair,
  makeToken,
  now,
  nowSeconds,
} from './token-kit.ts';

const at = (seconds: number) => new Date(now.getTime() + seconds * 1000);

describe('a token that the service signed', () => {
  test('says what was signed, and nothing else', async () => {
    const kit = createTokenKit();
    const token = makeToken({
      isOwner: true,
      nbf: at(-60),
      ejectAtTokenExp: false,
      ejectAfterElapsedSeconds: 90,
      startVideoOff: true,
      startAudioOff: false,
      enableScreenshare: false,
      lang: 'pt-BR',
      maxUses: 3,
      permissions: {
        hasPresence: false,
        canSend: ['AUDIO'],
        canReceive: { base: [], overrides: [{ userId: 'u2', participantId: null, kinds: ['VIDEO'] }] },
        canAdmin: null,
      },
    });
    const verified = await kit.verifier.verify(domain, await kit.signer.sign(domain, token, now), now);
    const source = {
      iat: now,
      selfSigned: false,
      signerKid: kit.store.signing[0]?.kid,
      signerId: kit.store.signing[0]?.id,
    };
    expect(verified).toEqual({ ok: true, claims: { ...token, ...source } });
  });

  test('has the header that tells it from other JWTs, and no personal text in it', async () => {
    const kit = createTokenKit();
    const jwt = await kit.signer.sign(domain, makeToken(), now);
    const header = JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString());
    expect(header).toEqual({ alg: 'EdDSA', kid: kit.store.signing[0]?.kid, typ: 'meeting-token+jwt' });
  });

  test('may never expire, where that was asked for', async () => {
    const kit = createTokenKit();
    const jwt = await kit.signer.sign(domain, makeToken({ exp: null }), now);
    expect(await kit.verifier.verify(domain, jwt, new Date('2999-01-01'))).toMatchObject({ ok: true });
  });
});

describe('time', () => {
  test.each([
    [-5.001, 'TOKEN_NOT_YET_VALID'],
    [-5, 'good'],
    [0, 'good'],
    [599.999, 'good'],
    [600, 'TOKEN_EXPIRED'],
    [600.001, 'TOKEN_EXPIRED'],
  ])('%d seconds after nbf the token is %s', async (seconds, verdict) => {
    const kit = createTokenKit();
    const jwt = await kit.signer.sign(domain, makeToken({ nbf: now, exp: at(600) }), at(-60));
    const verified = await kit.verifier.verify(domain, jwt, at(seconds));
    expect(verified.ok ? 'good' : verified.code).toBe(verdict);
  });

  test('before nbf the holder is told from when on, and the backend may look past it', async () => {
    const kit = createTokenKit();
    const jwt = await kit.signer.sign(domain, makeToken({ nbf: at(60) }), now);
    expect(await kit.verifier.verify(domain, jwt, now)).toMatchObject({ code: 'TOKEN_NOT_YET_VALID', opensAt: at(60) });
    expect(await kit.verifier.verify(domain, jwt, now, { ignoreTimes: true })).toMatchObject({ ok: true });
  });

  test('is kept to the fraction of a second', async () => {
    const kit = createTokenKit();
    const { secret } = await kit.register('HS256');
    const jwt = forge({ alg: 'HS256' }, dailyClaims({ exp: nowSeconds + 0.25 }), secret);
    expect(await kit.verifier.verify(domain, jwt, at(0.249))).toMatchObject({ ok: true });
    expect(await kit.verifier.verify(domain, jwt, at(0.25))).toMatchObject({ code: 'TOKEN_EXPIRED' });
  });
});

describe('a token that the domain’s backend signed with a library of its own', () => {
  test.each(['ES256', 'EdDSA'] as const)('opens with a registered %s key, with and without kid', async (algorithm) => {
    const kit = createTokenKit();
    const pair = makeKeyPair(algorithm);
    const { row } = await kit.register(algorithm, pair.publicJwk);
    const key = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    for (const options of [{ kid: row.kid }, {}]) {
      const jwt = createSigner({ algorithm, key, ...options })(dailyClaims());
      expect(await kit.verifier.verify(domain, jwt, now)).toMatchObject({
        ok: true,
        claims: { selfSigned: true, roomName: 'standup', signerKid: row.kid },
      });
    }
  });

  test('opens with the shared secret, used as the text that was shown', async () => {
    const kit = createTokenKit();
    const { secret } = await kit.register('HS256');
    const jwt = createSigner({ algorithm: 'HS256', key: secret })(
      dailyClaims({
        o: true,
        u: 'Ann',
        ud: 'u1',
        nbf: nowSeconds,
        k: false,
        ss: false,
        vo: true,
        ao: true,
        ejt: true,
        eje: 60,
      }),
    );
    const { claims } = expectGood(await kit.verifier.verify(domain, jwt, now));
    expect(claims).toMatchObject({
      isOwner: true,
      userName: 'Ann',
      userId: 'u1',
      knocking: false,
      enableScreenshare: false,
    });
    expect(claims).toMatchObject({
      startVideoOff: true,
      startAudioOff: true,
      ejectAtTokenExp: true,
      ejectAfterElapsedSeconds: 60,
    });
  });

  test('is found among several keys of one algorithm, but not among more than five', async () => {
    const kit = createTokenKit();
    const secrets: string[] = [];
    for (let count = 0; count < 6; count += 1) secrets.push((await kit.register('HS256')).secret);
    const verdicts = secrets.map(async (secret) => {
      return (await kit.verifier.verify(domain, forge({ alg: 'HS256' }, dailyClaims(), secret), now)).ok;
    });
    expect(await Promise.all(verdicts)).toEqual([false, true, true, true, true, true]);
  });

  test('may call its domain by id, by name, or by what the API calls it', async () => {
    const kit = createTokenKit();
    const { secret } = await kit.register('HS256');
    const { keyring } = kit;
    const verifier = new MeetingTokenVerifier({
      keyring,
      issuer: '',
      namesOf: ({ id, name }) => [id, name, `api:${id}`],
    });
    for (const name of [
      { d: domain.id },
      { d: domain.name },
      { d: `api:${domain.id}` },
      { d: undefined, aud: ['x', 'acme'] },
    ]) {
      expect(await verifier.verify(domain, forge({ alg: 'HS256' }, dailyClaims(name), secret), now)).toMatchObject({
        ok: true,
      });
    }
  });

  const domainClaims = ['aud', 'd', 'domain_id'];

  test.each(domainClaims)('names its domain by %s, and no other one by any of the others', async (claim) => {
    const kit = createTokenKit();
    const { secret } = await kit.register('HS256');
    const verdictOf = (names: object) =>
      kit.verifier.verify(domain, forge({ alg: 'HS256' }, dailyClaims({ d: undefined, ...names }), secret), now);
    for (const other of domainClaims) {
      expect(await verdictOf({ [other]: domain.id, [claim]: domain.name }), other).toMatchObject({ ok: true });
      const named = await verdictOf({ [other]: domain.id, [claim]: 'elsewhere' });
      expect(named, other).toMatchObject({ code: 'TOKEN_INVALID' });
    }
  });

  test('needs no exp: it is good for as long as the domain says, from its iat on, or for ever', async () => {
    const kit = createTokenKit();
    const { secret } = await kit.register('HS256');
    const jwt = forge({ alg: 'HS256' }, dailyClaims({ exp: undefined }), secret);
    const lasting = domainNamed('acme', { meetingTokenLifetimeSeconds: null });
    expect(await kit.verifier.verify(lasting, jwt, now)).toMatchObject({ ok: true, claims: { exp: null } });
    const end = at(86_400 - 10);
    // Also when its signature is known.
    expect(await kit.verifier.verify(domain, jwt, now)).toMatchObject({ ok: true, claims: { exp: end } });
    expect(await kit.verifier.verify(domain, jwt, end)).toMatchObject({ code: 'TOKEN_EXPIRED' });
    const brief = domainNamed('acme', { meetingTokenLifetimeSeconds: 10 });
    expect(await kit.verifier.verify(brief, jwt, now)).toMatchObject({ code: 'TOKEN_EXPIRED' });
    const timeless = forge({ alg: 'HS256' }, dailyClaims({ exp: undefined, iat: undefined }), secret);
    expect(await kit.verifier.verify(lasting, timeless, now)).toMatchObject({ code: 'TOKEN_INVALID' });
  });

  test('opens every room when it names none, as at Daily', async () => {
    const kit = createTokenKit();
    const { secret } = await kit.register('HS256');
    const jwt = forge({ alg: 'HS256' }, dailyClaims({ r: undefined }), secret);
    expect(await kit.verifier.verify(domain, jwt, now)).toMatchObject({ ok: true, claims: { roomName: null } });
  });

  test('does not open another domain that registered the same key', async () => {
    const kit = createTokenKit();
    const pair = makeKeyPair('ES256');
    const other = domainNamed('other');
    const { row } = await kit.register('ES256', pair.publicJwk);
    await kit.register('ES256', pair.publicJwk, other);
    const jwt = forge({ alg: 'ES256', kid: row.kid }, dailyClaims(), pair.privateKey);
    expect(await kit.verifier.verify(domain, jwt, now)).toMatchObject({ ok: true });
    expect(await kit.verifier.verify(other, jwt, now)).toMatchObject({ code: 'TOKEN_INVALID' });
  });

  test('cannot speak for the service by registering a key under the service’s kid', async () => {
    const kit = createTokenKit();
    const good = await kit.signer.sign(domain, makeToken(), now);
    const pair = makeKeyPair('EdDSA');
    const kid = kit.store.signing[0]?.kid;
    await kit.register('EdDSA', JSON.stringify({ ...JSON.parse(pair.publicJwk), kid }));
    const jwt = forge({ alg: 'EdDSA', kid }, dailyClaims(), pair.privateKey);
    expect(await kit.verifier.verify(domain, jwt, now)).toMatchObject({ code: 'TOKEN_INVALID' });
    expect(await kit.verifier.verify(domain, good, now)).toMatchObject({ ok: true });
  });
});

describe('a token without jti', () => {
  test('has the same one each time, whatever is done to its signature', async () => {
    const kit = createTokenKit();
    const pair = makeKeyPair('ES256');
    const { row } = await kit.register('ES256', pair.publicJwk);
    const sign = () => forge({ alg: 'ES256', kid: row.kid }, dailyClaims(), pair.privateKey);
    const texts = [sign(), sign(), mirror(sign())];
    expect(new Set(texts).size).toBe(3);
    const jtis = await Promise.all(
      texts.map(async (text) => expectGood(await kit.verifier.verify(domain, text, now)).claims.jti),
    );
    expect(new Set(jtis).size).toBe(1);
    expect(jtis[0]).toMatch(/^h_[A-Za-z0-9_-]{43}$/);
  });

  test('has another one when it says something else', async () => {
    const kit = createTokenKit();
    const { secret } = await kit.register('HS256');
    const jtis = ['u1', 'u2'].map(async (ud) => {
      const jwt = forge({ alg: 'HS256' }, dailyClaims({ ud }), secret);
      return expectGood(await kit.verifier.verify(domain, jwt, now)).claims.jti;
    });
    expect(new Set(await Promise.all(jtis)).size).toBe(2);
  });
});

describe('a token that was verified before', () => {
  test('is checked again for its time and for its key, with another process’s revocation too', async () => {
    const kit = createTokenKit();
    const { row, secret } = await kit.register('HS256');
    const jwt = forge({ alg: 'HS256' }, dailyClaims(), secret);
    expect(await kit.verifier.verify(domain, jwt, now)).toMatchObject({ ok: true });
    expect(await kit.verifier.verify(domain, jwt, at(600))).toMatchObject({ code: 'TOKEN_EXPIRED' });
    kit.store.selfSigning = [{ ...row, revokedAt: now }];
    const changed = { ...domain, version: domain.version + 1 };
    expect(await kit.verifier.verify(changed, jwt, now)).toMatchObject({ code: 'TOKEN_INVALID' });
  });

  test('is refused within a second after its key was revoked, though nobody told of a new version', async () => {
    const kit = createTokenKit();
    const { row, secret } = await kit.register('HS256');
    const jwt = forge({ alg: 'HS256' }, dailyClaims(), secret);
    expect(await kit.verifier.verify(domain, jwt, now)).toMatchObject({ ok: true });
    kit.store.selfSigning = [{ ...row, revokedAt: now }];
    kit.clock.ms += 1000;
    expect(await kit.verifier.verify(domain, jwt, now)).toMatchObject({ code: 'TOKEN_INVALID' });
  });

  test('does not stand for another token of the same size, when there is room for one only', async () => {
    const { keyring, register } = createTokenKit();
    const { secret } = await register('HS256');
    const verifier = new MeetingTokenVerifier({ keyring, issuer: '', maxCached: 1 });
    for (const ud of ['u1', 'u2', 'u1']) {
      const jwt = forge({ alg: 'HS256' }, dailyClaims({ ud }), secret);
      expect(await verifier.verify(domain, jwt, now)).toMatchObject({ ok: true, claims: { userId: ud } });
    }
  });
});

test('a store that cannot answer is not a refusal', async () => {
  const kit = createTokenKit();
  const jwt = await kit.signer.sign(domain, makeToken(), now);
  kit.store.listSigningKeys = () => Promise.reject(new Error('the database is down'));
  kit.clock.ms += 5000;
  await expect(kit.verifier.verify(domain, jwt, now)).rejects.toThrow('the database is down');
});

function expectGood(verified: Awaited<ReturnType<MeetingTokenVerifier['verify']>>) {
  if (!verified.ok) throw new Error(verified.detail);
  return verified;
}

/** The other signature that ECDSA has for the same bytes: (r, n − s). Anybody can compute it. */
function mirror(jwt: string): string {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const [header, payload, signature] = jwt.split('.');
  const bytes = Buffer.from(signature ?? '', 'base64url');
  const s = order - BigInt(`0x${bytes.subarray(32).toString('hex')}`);
  const mirrored = Buffer.concat([bytes.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
  return `${header}.${payload}.${mirrored.toString('base64url')}`;
}
