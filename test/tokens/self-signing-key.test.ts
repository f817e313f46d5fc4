import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { describe, expect, test } from 'vitest';
import type { DomainId } from '../../src/rules/ids.ts';
import type { SelfSigningAlgorithm } from '../../src/rules/signing-key.ts';
import { createSecretBox } from '../../src/tokens/secret-box.ts';
import { makeSelfSigningKey, openSharedSecret } from '../../src/tokens/self-signing-key.ts';
import { makeKeyPair, now } from './token-kit.ts';

const box = createSecretBox(randomBytes(32));
const make = (algorithm: SelfSigningAlgorithm, publicJwk: string | null) =>
  makeSelfSigningKey({ domainId: 'domain-1' as DomainId, algorithm, publicJwk, now }, box);

const curve = JSON.parse(makeKeyPair('ES256').publicJwk) as Record<string, string>;
const edwards = JSON.parse(makeKeyPair('EdDSA').publicJwk) as Record<string, string>;

describe('a registered public key', () => {
  test.each([
    ['ES256', curve],
    ['EdDSA', edwards],
  ] as const)('is taken with %s, and gets its thumbprint as kid where it has none', async (algorithm, jwk) => {
    const made = await make(algorithm, JSON.stringify(jwk));
    expect(made).toMatchObject({ ok: true, secret: null, key: { algorithm, publicJwk: jwk, secretSealed: null } });
    expect(made.ok && made.key.kid).toBe(await calculateJwkThumbprint({ kty: String(jwk.kty), ...jwk }));
  });

  test.each([
    ['ES256', 'ES256', curve],
    ['EdDSA', 'EdDSA', edwards],
    // As WebCrypto and newer libraries call it.
    ['EdDSA', 'Ed25519', edwards],
  ] as const)('is taken with %s where it says itself that it is for %s', async (algorithm, alg, jwk) => {
    expect(await make(algorithm, JSON.stringify({ ...jwk, alg }))).toMatchObject({ ok: true, key: { algorithm } });
  });

  test('keeps its own kid, and none of the members that are not needed', async () => {
    const made = await make(
      'ES256',
      JSON.stringify({ ...curve, kid: 'mine', use: 'sig', alg: 'ES256', x5u: 'http://x' }),
    );
    expect(made.ok && made.key.kid).toBe('mine');
    expect(made.ok && made.key.publicJwk).toEqual(curve);
  });

  test.each([
    [
      'a private EC key',
      'ES256',
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
    ],
    ['a private Ed25519 key', 'EdDSA', generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })],
    ['a secret', 'ES256', { kty: 'oct', k: 'c2VjcmV0' }],
    ['a public key with a private one of another form', 'EdDSA', { ...edwards, priv: 'c2VjcmV0' }],
  ] as const)('is refused when it is %s, and says so', async (_name, algorithm, jwk) => {
    const made = await make(algorithm, JSON.stringify(jwk));
    expect(made).toMatchObject({ ok: false, issues: [{ path: ['input', 'publicJwk'] }] });
    expect(!made.ok && made.issues[0]?.message).toContain('PRIVATE');
  });

  test.each<[string, SelfSigningAlgorithm, string | null]>([
    ['an Ed25519 key with ES256', 'ES256', JSON.stringify(edwards)],
    ['a P-256 key with EdDSA', 'EdDSA', JSON.stringify(curve)],
    [
      'P-384',
      'ES256',
      JSON.stringify(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' })),
    ],
    ['Ed448', 'EdDSA', JSON.stringify(generateKeyPairSync('ed448').publicKey.export({ format: 'jwk' }))],
    ['X25519', 'EdDSA', JSON.stringify(generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' }))],
    ['a point that is not on the curve', 'ES256', JSON.stringify({ ...curve, y: curve.x })],
    ['a coordinate that is too short', 'EdDSA', JSON.stringify({ ...edwards, x: 'AAAA' })],
    ['a coordinate with padding', 'EdDSA', JSON.stringify({ ...edwards, x: `${edwards.x}=` })],
    ['a kid with a blank before it', 'ES256', JSON.stringify({ ...curve, kid: ' mine' })],
    ['a doubled member', 'EdDSA', `{"kty":"OKP","crv":"Ed25519","x":"${edwards.x}","x":"${edwards.x}"}`],
    ['another alg', 'ES256', JSON.stringify({ ...curve, alg: 'ES384' })],
    ['a key for encryption', 'ES256', JSON.stringify({ ...curve, use: 'enc' })],
    ['a key that only signs', 'ES256', JSON.stringify({ ...curve, key_ops: ['sign'] })],
    ['a kid that is a number', 'ES256', JSON.stringify({ ...curve, kid: 7 })],
    ['a kid with control characters', 'ES256', JSON.stringify({ ...curve, kid: 'a\u0000b' })],
    ['a key set', 'ES256', JSON.stringify({ keys: [curve] })],
    ['no JSON', 'ES256', '-----BEGIN PUBLIC KEY-----'],
    ['megabytes', 'ES256', JSON.stringify({ ...curve, kid: 'x'.repeat(1_000_000) })],
    ['no key', 'EdDSA', null],
    ['a public key with HS256', 'HS256', JSON.stringify(curve)],
  ])('is refused: %s', async (_name, algorithm, jwk) => {
    expect(await make(algorithm, jwk)).toMatchObject({ ok: false, issues: [{ path: ['input', 'publicJwk'] }] });
  });
});

test('a shared secret is made by the service, 256 bits, shown as text and kept sealed', async () => {
  const made = await make('HS256', null);
  if (!made.ok || made.secret === null) throw new Error('no secret was made');
  expect(Buffer.from(made.secret, 'base64url')).toHaveLength(32);
  expect(made.key.publicJwk).toBeNull();
  expect(Buffer.from(made.key.secretSealed ?? made.secret).includes(made.secret)).toBe(false);
  expect(openSharedSecret(made.key, box).toString()).toBe(made.secret);
});
