import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { MediaGrantSigner } from '../../src/tokens/media-grant.ts';
import { MeetingTokenSigner } from '../../src/tokens/meeting-token-signer.ts';
import {
  createTokenKit,
  dailyClaims,
  domain,
  domainNamed,
  encode,
  forge,
  issuer,
  makeKeyPair,
  makeToken,
  now,
  nowSeconds,
} from './token-kit.ts';

const kit = createTokenKit();
const strangers = makeKeyPair('EdDSA');
const curve = makeKeyPair('ES256');
const edwards = makeKeyPair('EdDSA');

let good = '';
let curveKid = '';
let edwardsKid = '';
let secret = '';
let ownKid = '';
let ownPublicKey = '';

beforeAll(async () => {
  curveKid = (await kit.register('ES256', curve.publicJwk)).row.kid;
  edwardsKid = (await kit.register('EdDSA', edwards.publicJwk)).row.kid;
  secret = (await kit.register('HS256')).secret;
  good = await kit.signer.sign(domain, makeToken(), now);
  const own = kit.store.signing[0];
  ownKid = own?.kid ?? '';
  ownPublicKey = own?.publicJwk.x ?? '';
});

const claims = () =>
  JSON.parse(Buffer.from(good.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
const own = (more: object = {}) => ({ alg: 'EdDSA', kid: ownKid, typ: 'meeting-token+jwt', ...more });
const bySecret = (more: object) => forge({ alg: 'HS256', typ: 'JWT' }, dailyClaims(more), secret);

/** Each by name and how it is made. All but the first ones are signed with a key that is really registered, or not at all. */
const forged: Readonly<Record<string, () => unknown>> = {
  'alg none without signature': () =>
    `${encode({ alg: 'none', kid: ownKid, typ: 'meeting-token+jwt' })}.${encode(claims())}.`,
  'alg none with the old signature': () => `${encode(own({ alg: 'none' }))}.${encode(claims())}.${good.split('.')[2]}`,
  'alg nOnE': () => `${encode(own({ alg: 'nOnE' }))}.${encode(claims())}.AAAA`,
  'HS256 with the public key as the secret': () => forge(own({ alg: 'HS256' }), claims(), ownPublicKey),
  'HS256 with the public JWK as the secret': () =>
    forge({ alg: 'HS256', kid: curveKid, typ: 'JWT' }, dailyClaims(), curve.publicJwk),
  'HS256 with the public key in PEM as the secret': () =>
    forge(
      { alg: 'HS256', kid: curveKid },
      dailyClaims(),
      curve.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    ),
  'an embedded jwk of a stranger': () =>
    forge(own({ jwk: JSON.parse(strangers.publicJwk) }), claims(), strangers.privateKey),
  'a kid that is a path': () => forge(own({ kid: '../../dev/null' }), claims(), ''),
  'a kid that is SQL': () => forge(own({ kid: "' or 1=1 --" }), claims(), strangers.privateKey),
  'a kid that is a list': () => forge(own({ kid: [ownKid] }), claims(), strangers.privateKey),
  'a kid that every object has': () => forge(own({ kid: '__proto__' }), claims(), strangers.privateKey),
  'the kid of another algorithm': () => forge({ alg: 'EdDSA', kid: curveKid }, dailyClaims(), edwards.privateKey),
  'ES384 with the key of ES256': () =>
    forge(
      { alg: 'ES384', kid: curveKid },
      dailyClaims(),
      generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
    ),
  'a stranger’s signature': () => forge(own(), claims(), strangers.privateKey),
  'a tampered payload': () => tamper(1, { ...claims(), is_owner: true }),
  'a tampered header': () => tamper(0, { ...own(), extra: 1 }),
  'a tampered signature': () => good.replace(/.{4}$/, (end) => (end === 'AAAA' ? 'BBBB' : 'AAAA')),
  'a signature with other loose bits': () => loosen(good),
  'a signature in base64 with padding': () => `${good}==`,
  'no signature': () => good.slice(0, good.lastIndexOf('.')),
  'five parts': () => `${good}.a.b`,
  crit: () => forge({ alg: 'HS256', crit: ['exp'] }, dailyClaims(), secret),
  ...Object.fromEntries(
    ['b64', 'jwk', 'jku', 'x5u', 'x5c', 'x5t', 'x5t#S256', 'zip', 'enc', 'cty'].map((member) => [
      `a header with ${member}, by a good key`,
      () => forge({ alg: 'HS256', [member]: 'x' }, dailyClaims(), secret),
    ]),
  ),
  'b64 false': () => forge({ alg: 'HS256', b64: false, crit: ['b64'] }, dailyClaims(), secret),
  'a doubled alg in the header': () => forge('{"alg":"none","alg":"HS256"}', dailyClaims(), secret),
  'a doubled claim in the payload': () =>
    forge({ alg: 'HS256' }, JSON.stringify(dailyClaims()).replace('{', '{"r":"lobby",'), secret),
  '1 MB': () => bySecret({ pad: 'x'.repeat(1_000_000) }),
  '25 KiB': () => bySecret({ pad: 'x'.repeat(25_000) }),
  'an exp in milliseconds': () => bySecret({ exp: now.getTime() + 60_000 }),
  'an exp in text': () => bySecret({ exp: '2030-01-01T00:00:00Z' }),
  'an exp that is not finite': () =>
    forge({ alg: 'HS256' }, JSON.stringify(dailyClaims()).replace(/"exp":\d+/, '"exp":1e999'), secret),
  'a negative nbf': () => bySecret({ nbf: -1 }),
  'no iat': () => bySecret({ iat: undefined }),
  'a d of another domain': () => bySecret({ d: 'id-of-other' }),
  'an aud of another domain beside a good d': () => bySecret({ aud: 'other' }),
  'neither d nor aud': () => bySecret({ d: undefined }),
  'a typ of something else': () => forge({ alg: 'HS256', typ: 'media-grant+jwt' }, dailyClaims(), secret),
  'a typ that is an object': () => forge({ alg: 'HS256', typ: {} }, dailyClaims(), secret),
  'a room of null, which would open all': () => bySecret({ r: null }),
  'two rooms that contradict each other': () => bySecret({ room_name: 'lobby' }),
  'an owner by a text': () => bySecret({ o: 'false' }),
  'an API key': () => 'vk_0123456789_abcdefghijklmnopqrstuvwxyz',
  'a session token': () => randomBytes(32).toString('base64url'),
  'an encrypted JWT of five parts': () => `${encode({ alg: 'dir', enc: 'A256GCM' })}..AAAA.AAAA.AAAA`,
  'empty text': () => '',
  'three dots': () => '...',
  'an object': () => ({ toString: () => good }),
  null: () => null,
  'a list that holds a good one': () => [good],
};

function tamper(part: 0 | 1, content: object): string {
  return good
    .split('.')
    .map((text, index) => (index === part ? encode(content) : text))
    .join('.');
}

/** Another text of the same signature bytes: the last character holds bits that a loose decoder throws away. */
function loosen(jwt: string): string {
  const bytes = Buffer.from(jwt.slice(jwt.lastIndexOf('.') + 1), 'base64url');
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const twin = [...letters]
    .map((letter) => jwt.slice(0, -1) + letter)
    .find((text) => text !== jwt && Buffer.from(text.slice(text.lastIndexOf('.') + 1), 'base64url').equals(bytes));
  if (twin === undefined) throw new Error('the signature has no other text');
  return twin;
}

describe('a forged meeting token is refused, with one code', () => {
  test('while the ones it imitates are good', async () => {
    expect(await kit.verifier.verify(domain, good, now)).toMatchObject({ ok: true });
    expect(await kit.verifier.verify(domain, bySecret({}), now)).toMatchObject({ ok: true });
    const byCurve = forge({ alg: 'ES256', kid: curveKid }, dailyClaims(), curve.privateKey);
    expect(await kit.verifier.verify(domain, byCurve, now)).toMatchObject({ ok: true });
    const byEdwards = forge({ alg: 'EdDSA', kid: edwardsKid }, dailyClaims(), edwards.privateKey);
    expect(await kit.verifier.verify(domain, byEdwards, now)).toMatchObject({ ok: true });
  });

  test.each(Object.entries(forged))('%s', async (_name, make) => {
    expect(await kit.verifier.verify(domain, make(), now)).toMatchObject({
      ok: false,
      code: 'TOKEN_INVALID',
      opensAt: null,
    });
  });

  test('a token for another service, signed with the very key', async () => {
    const foreign = await new MeetingTokenSigner(kit.keyring, 'https://else.example').sign(domain, makeToken(), now);
    expect(await kit.verifier.verify(domain, foreign, now)).toMatchObject({ ok: false, code: 'TOKEN_INVALID' });
  });

  test('a token for another audience, signed with the very key', async () => {
    const foreign = await kit.signer.sign({ ...domain, name: 'acme2' }, makeToken(), now);
    expect(await kit.verifier.verify(domain, foreign, now)).toMatchObject({ ok: false, code: 'TOKEN_INVALID' });
  });

  test('a good token of another domain', async () => {
    expect(await kit.verifier.verify(domainNamed('other'), good, now)).toMatchObject({
      ok: false,
      code: 'TOKEN_INVALID',
    });
  });

  test('a media grant of the same person, signed with the very key', async () => {
    const grant = await new MediaGrantSigner(kit.keyring, issuer).sign(
      domain,
      {
        participantId: 'p1',
        roomName: 'standup',
        roomId: 'room-1',
        userName: 'Ann',
        userId: 'u1',
        isOwner: true,
        hidden: false,
        permissions: { hasPresence: true, canSend: [], canReceive: { base: [], overrides: [] }, canAdmin: [] },
      },
      now,
    );
    expect(await kit.verifier.verify(domain, grant, now)).toMatchObject({ ok: false, code: 'TOKEN_INVALID' });
  });

  test.each(['media-grant+jwt', 'JWT', 'at+jwt', undefined])('the claims of a good one under typ %s', async (typ) => {
    const { kid, privateKey } = await kit.keyring.signer(domain, null, now);
    const header = { alg: 'EdDSA', kid, ...(typ === undefined ? {} : { typ }) };
    const sign = (type: object) => new SignJWT(claims()).setProtectedHeader({ ...header, ...type }).sign(privateKey);
    expect(await kit.verifier.verify(domain, await sign({}), now)).toMatchObject({ ok: false, code: 'TOKEN_INVALID' });
    const right = await sign({ typ: 'meeting-token+jwt' });
    expect(await kit.verifier.verify(domain, right, now)).toMatchObject({ ok: true });
  });

  test('is refused before its time is looked at: an expired forgery is a forgery', async () => {
    const expired = forge(own(), { ...claims(), exp: nowSeconds - 60 }, strangers.privateKey);
    expect(await kit.verifier.verify(domain, expired, now)).toMatchObject({ code: 'TOKEN_INVALID' });
  });
});

test('no address that a header names is ever called', async () => {
  let calls = 0;
  const server = createServer((_request, response) => {
    calls += 1;
    response.end(JSON.stringify({ keys: [JSON.parse(strangers.publicJwk)] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}/jwks.json` : '';
  for (const member of ['jku', 'x5u']) {
    const jwt = forge(own({ [member]: url }), claims(), strangers.privateKey);
    expect(await kit.verifier.verify(domain, jwt, now)).toMatchObject({ ok: false, code: 'TOKEN_INVALID' });
  }
  const chained = forge(own({ x5c: ['MIIB'] }), claims(), strangers.privateKey);
  expect(await kit.verifier.verify(domain, chained, now)).toMatchObject({ ok: false, code: 'TOKEN_INVALID' });
  await new Promise((resolve) => server.close(resolve));
  expect(calls).toBe(0);
});
