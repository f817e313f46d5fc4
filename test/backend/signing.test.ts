import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, test } from 'vitest';
import {
  type PrivateJwk,
  type SigningKey,
  signMeetingToken,
  VestibuleSetupError,
} from '../../packages/backend/src/index.ts';
import type { TokenTerms } from '../../packages/backend/src/token-terms.ts';
import { dateTime } from '../../schema/scalars.ts';
import { checkMeetingTokenInput } from '../../src/rules/meeting-token.ts';
import { readClaims } from '../../src/rules/meeting-token-claims.ts';

const now = new Date('2030-01-01T12:00:00.500Z');
const key: SigningKey = { domain: 'acme', algorithm: 'HS256', kid: 'key-1', secret: 'x'.repeat(43) };
const source = { selfSigned: true, signerKid: 'key-1', signerId: 'id', hashJti: 'h' };

const instant = fc.date({
  min: new Date('2029-12-31T00:00:00Z'),
  max: new Date('2030-01-03T00:00:00Z'),
  noInvalidDate: true,
});
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null, freq: 2 });
const kinds = fc.subarray(['AUDIO', 'VIDEO', 'SCREEN_VIDEO'] as ('AUDIO' | 'VIDEO' | 'SCREEN_VIDEO')[]);
const count = fc.constantFrom(1, 20, 2_147_483_647, 0, -1, 1.5, 2_147_483_648);

/** Every field, good and bad values of it, and fields that contradict each other. */
const terms = fc.record(
  {
    roomName: maybe(fc.constantFrom('weekly', 'a_B-9', 'x'.repeat(128), '', 'a b', 'x'.repeat(129))),
    anyRoom: maybe(fc.boolean()),
    isOwner: maybe(fc.boolean()),
    userName: maybe(fc.constantFrom('Nora', ' Zoë ', '🙂'.repeat(128), '🙂'.repeat(129), '', '  ')),
    userId: maybe(fc.constantFrom('n-1', 'ü'.repeat(36), 'ü'.repeat(37), '')),
    nbf: maybe(instant),
    exp: maybe(instant),
    knocking: maybe(fc.boolean()),
    ejectAtTokenExp: maybe(fc.boolean()),
    ejectAfterElapsedSeconds: maybe(count),
    startVideoOff: maybe(fc.boolean()),
    startAudioOff: maybe(fc.boolean()),
    enableScreenshare: maybe(fc.boolean()),
    lang: maybe(fc.constantFrom('en', 'pt-BR', 'zh-Hant', 'x', 'english-language', '')),
    permissions: maybe(
      fc.record(
        {
          hasPresence: maybe(fc.boolean()),
          canSend: maybe(kinds),
          canAdmin: maybe(fc.subarray(['PARTICIPANTS', 'STREAMING'] as ('PARTICIPANTS' | 'STREAMING')[])),
          canReceive: maybe(
            fc.record({
              base: maybe(kinds),
              overrides: fc.record({ userId: fc.constant('n-1'), kinds }).map((one) => [one]),
            }),
          ),
        },
        { requiredKeys: [] },
      ),
    ),
    maxUses: maybe(count),
  } satisfies { readonly [Field in keyof Required<TokenTerms>]: fc.Arbitrary<unknown> },
  { requiredKeys: [] },
);

test('what createMeetingToken would refuse is refused, and what it would grant the token says', async () => {
  let [refusedOnes, signedOnes] = [0, 0];
  await fc.assert(
    fc.asyncProperty(terms, async (given) => {
      const checked = checkMeetingTokenInput(given, null, now);
      const signed = await signMeetingToken(given, key, now);
      expect(signed.__typename, JSON.stringify(given)).toBe(checked.ok ? 'SignedMeetingToken' : 'InvalidInput');
      if (signed.__typename === 'InvalidInput' || !checked.ok) {
        const path = signed.__typename === 'InvalidInput' ? signed.issues[0]?.path : [];
        expect(checked.ok ? [] : checked.issues.map((issue) => issue.path)).toContainEqual(path);
        refusedOnes += 1;
        return;
      }
      expect(readClaims(decodeJwt(signed.jwt), source)).toMatchObject({ ...checked.value, jti: signed.jti, iat: now });
      signedOnes += 1;
    }),
    { numRuns: 400 },
  );
  expect(Math.min(refusedOnes, signedOnes)).toBeGreaterThan(10);
});

const later = (ms: number) => new Date(now.getTime() + ms);
const tag = (characters: number) => `en${'-abcdefgh'.repeat(4)}`.slice(0, characters);

type Terms = Omit<Parameters<typeof checkMeetingTokenInput>[0], 'permissions'>;

/** Each limit, at its end and beyond it. */
const ends: readonly (readonly [string, Terms])[] = [
  ...[1, 128, 129].map((length) => [`a room name of ${length}`, { roomName: 'x'.repeat(length) }] as const),
  ...[1, 128, 129].map((length) => [`a name of ${length}`, { userName: '🙂'.repeat(length) }] as const),
  ...[1, 36, 37].map((length) => [`a user id of ${length}`, { userId: 'ü'.repeat(length) }] as const),
  ...[34, 35, 36].map((length) => [`a language tag of ${length}`, { lang: tag(length) }] as const),
  ...[0, 1, 2_147_483_647, 2_147_483_648].flatMap((count) => [
    [`${count} uses`, { maxUses: count }] as const,
    [`an end after ${count} seconds`, { ejectAfterElapsedSeconds: count }] as const,
  ]),
  ...[-1, 0, 1].flatMap((ms) => [
    [`exp ${ms} ms after now`, { exp: later(ms) }] as const,
    [`nbf ${ms} ms after exp`, { nbf: later(60_000 + ms), exp: later(60_000) }] as const,
  ]),
];

test.each(ends)('%s is signed where createMeetingToken takes it', async (_what, end) => {
  const given = { roomName: 'weekly', ...end };
  const { ok } = checkMeetingTokenInput(given, null, now);
  const signed = await signMeetingToken(given, key, now);
  expect(signed.__typename).toBe(ok ? 'SignedMeetingToken' : 'InvalidInput');
});

test('texts with a date are instants, and what JSON cannot write is refused', async () => {
  const good = { roomName: 'weekly', exp: '2030-01-01T13:00:00.250Z' };
  const signed = await signMeetingToken(good, key, now);
  expect(decodeJwt('jwt' in signed ? signed.jwt : '')).toMatchObject({ exp: Date.parse(good.exp) / 1000, aud: 'acme' });
  for (const exp of ['tomorrow', new Date(Number.NaN), '']) {
    expect(await signMeetingToken({ roomName: 'weekly', exp }, key, now)).toMatchObject({
      __typename: 'InvalidInput',
      issues: [{ path: ['input', 'exp'] }],
    });
  }
});

test.each([
  '2030-06-01T18:00:00Z',
  '2030-06-01t18:00:00.5z',
  '2030-06-01T18:00:00.123456+02:00',
  '2032-02-29T23:59:59-11:30',
  '2030-06-01T18:00:00',
  '2030-06-01T18:00',
  '2030-06-01 18:00:00Z',
  '2030-06-01',
  'Jun 1 2030',
  '2030-02-30T18:00:00Z',
  '2030-06-01T24:00:00Z',
  '2030-06-01T18:00:00+2',
  '1906524000',
])('the text %s is the instant that the service takes it for, or refused as by the service', async (text) => {
  let taken: Date | null = null;
  try {
    taken = dateTime.parseValue(text);
  } catch {
    // The service refuses it.
  }
  for (const field of ['exp', 'nbf'] as const) {
    const signed = await signMeetingToken({ roomName: 'weekly', [field]: text }, key, now);
    if (taken === null) expect(signed, field).toMatchObject({ issues: [{ path: ['input', field] }] });
    else expect(decodeJwt('jwt' in signed ? signed.jwt : '')[field]).toBeCloseTo(taken.getTime() / 1000, 2);
  }
});

test('without a type checker, fields that there are not and values of another type are refused by name', async () => {
  const wrong: Readonly<Record<string, unknown>> = {
    isOwnr: true,
    isOwner: 'yes',
    userId: 17,
    permissions: 'all',
    exp: 1_900_000_000,
  };
  for (const [field, value] of Object.entries(wrong)) {
    const given: object = { roomName: 'weekly', [field]: value };
    expect(await signMeetingToken(given, key, now), field).toMatchObject({ issues: [{ path: ['input', field] }] });
  }
});

describe('the key', () => {
  const pair = { ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }), EdDSA: generateKeyPairSync('ed25519') };
  const jwkOf = (algorithm: keyof typeof pair) => pair[algorithm].privateKey.export({ format: 'jwk' }) as PrivateJwk;
  const pemOf = (algorithm: keyof typeof pair) =>
    pair[algorithm].privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();

  test.each(['ES256', 'EdDSA'] as const)(
    'of %s may be a JWK or PEM; the header names its algorithm and kid',
    async (algorithm) => {
      for (const privateKey of [jwkOf(algorithm), pemOf(algorithm)]) {
        const signed = await signMeetingToken(
          { roomName: 'weekly' },
          { domain: 'acme', algorithm, kid: 'k', privateKey },
          now,
        );
        const header = decodeProtectedHeader('jwt' in signed ? signed.jwt : '');
        expect(header).toEqual({ alg: algorithm, kid: 'k', typ: 'meeting-token+jwt' });
      }
    },
  );

  const { d: _private, ...publicJwk } = jwkOf('ES256');
  const bad: readonly (readonly [string, object])[] = [
    ['no secret', { ...key, secret: undefined }],
    ['a secret that was cut', { ...key, secret: 'hush-hush' }],
    ['a secret of which the end is missing', { ...key, secret: 'hush-'.repeat(7).slice(0, 31) }],
    ['a secret with a line break', { ...key, secret: `${'x'.repeat(43)}\n` }],
    ['no domain', { ...key, domain: '' }],
    ['an algorithm that there is not', { ...key, algorithm: 'RS256' }],
    ['no private key', { domain: 'acme', algorithm: 'ES256', privateKey: undefined }],
    ['the public half', { domain: 'acme', algorithm: 'ES256', privateKey: publicJwk }],
    ['a key of the other algorithm', { domain: 'acme', algorithm: 'ES256', privateKey: jwkOf('EdDSA') }],
    ['a PEM of the other algorithm', { domain: 'acme', algorithm: 'EdDSA', privateKey: pemOf('ES256') }],
    ['a path in place of the key', { domain: 'acme', algorithm: 'EdDSA', privateKey: '/etc/key.pem' }],
  ];
  test.each(bad)('%s is a mistake of the setup, and is not shown', async (_name, given) => {
    const signing = signMeetingToken({ roomName: 'weekly' }, given as SigningKey, now);
    const error = await signing.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(VestibuleSetupError);
    expect(error).toMatchObject({ code: 'BAD_SIGNING_KEY' });
    expect(String(error)).not.toMatch(/hush|x{9}|MC4C|MIG/);
  });
});
