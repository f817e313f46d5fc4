import { randomBytes as nodeRandomBytes, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import type { SelfSigningKeyId } from '../rules/ids.ts';
import { type Claims, own } from '../rules/meeting-token-permissions.ts';
import type { MadeSelfSigningKey, NewSelfSigningKey, PublicJwk, SelfSigningKeyMaterial } from '../rules/signing-key.ts';
import { cleanText } from '../rules/text.ts';
import type { SecretBox } from './secret-box.ts';
import { importPublicKey, makeKid, type RandomBytes } from './signing-key.ts';
import { parseStrictObject } from './strict-json.ts';

/** Checks a public key that a backend registers, or makes the shared secret with HS256. Stores nothing. */
export async function makeSelfSigningKey(
  { domainId, algorithm, publicJwk, now }: NewSelfSigningKey,
  box: SecretBox,
  randomBytes: RandomBytes = nodeRandomBytes,
): Promise<MadeSelfSigningKey> {
  const id = randomUUID() as SelfSigningKeyId;
  const base = { id, domainId, algorithm, createdAt: now, revokedAt: null };
  if (algorithm === 'HS256') {
    if (publicJwk !== null)
      return refuse('must be left out with HS256: the service creates the secret, and shows it once');
    const secret = Buffer.from(randomBytes(32)).toString('base64url');
    const secretSealed = box.seal(Buffer.from(secret), { purpose: 'self-signing-key', domainId, keyId: id });
    return { ok: true, key: { ...base, kid: makeKid(randomBytes), publicJwk: null, secretSealed }, secret };
  }
  if (publicJwk === null) return refuse(`is required with ${algorithm}`);
  const read = await readPublicJwk(publicJwk, algorithm);
  if (!read.ok) return refuse(read.problem);
  return { ok: true, key: { ...base, kid: read.kid, publicJwk: read.jwk, secretSealed: null }, secret: null };
}

/** Opens the shared secret: the bytes of the text that the backend was shown. */
export function openSharedSecret(key: SelfSigningKeyMaterial, box: SecretBox): Buffer {
  if (key.secretSealed === null) throw new Error('a self-signing key has no shared secret');
  return box.open(key.secretSealed, { purpose: 'self-signing-key', domainId: key.domainId, keyId: key.id });
}

function refuse(message: string): MadeSelfSigningKey {
  return { ok: false, issues: [{ path: ['input', 'publicJwk'], message }] };
}

type ReadJwk =
  | { readonly ok: true; readonly kid: string; readonly jwk: PublicJwk }
  | { readonly ok: false; readonly problem: string };

const maxJwkCharacters = 4096;
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

async function readPublicJwk(text: string, algorithm: 'ES256' | 'EdDSA'): Promise<ReadJwk> {
  const given = text.length > maxJwkCharacters ? null : parseStrictObject(Buffer.from(text));
  if (given === null)
    return { ok: false, problem: 'must be one JWK as JSON, such as {"kty":"EC","crv":"P-256","x":"…","y":"…"}' };
  if (privateMembers.some((name) => Object.hasOwn(given, name))) {
    const problem =
      'contains the PRIVATE half of the key, which is now exposed: create a new key pair, and send only its public JWK';
    return { ok: false, problem };
  }
  const jwk = algorithm === 'ES256' ? readPoint(given) : readEdwardsKey(given);
  if (jwk === null) {
    return {
      ok: false,
      problem: algorithm === 'ES256' ? 'must be an EC key on P-256' : 'must be an OKP key on Ed25519',
    };
  }
  if (!isMeantFor(given, algorithm))
    return { ok: false, problem: `must be usable to verify ${algorithm}, and its alg, use or key_ops says otherwise` };
  try {
    await importPublicKey(jwk);
  } catch {
    return { ok: false, problem: 'must be a point on its curve' };
  }
  const kid = own(given, 'kid') ?? (await calculateJwkThumbprint({ ...jwk }));
  const isPlain = typeof kid === 'string' && kid === plain(kid);
  return isPlain ? { ok: true, kid, jwk } : { ok: false, problem: 'must have a kid of 1 to 128 characters, or none' };
}

function plain(kid: string): string | null {
  const text = cleanText(kid, 128);
  return text.ok ? text.value : null;
}

function readPoint(given: Claims): PublicJwk | null {
  const [x, y] = [own(given, 'x'), own(given, 'y')];
  if (own(given, 'kty') !== 'EC' || own(given, 'crv') !== 'P-256') return null;
  return is32Bytes(x) && is32Bytes(y) ? { kty: 'EC', crv: 'P-256', x, y } : null;
}

function readEdwardsKey(given: Claims): PublicJwk | null {
  const x = own(given, 'x');
  if (own(given, 'kty') !== 'OKP' || own(given, 'crv') !== 'Ed25519') return null;
  return is32Bytes(x) ? { kty: 'OKP', crv: 'Ed25519', x } : null;
}

function is32Bytes(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const bytes = Buffer.from(value, 'base64url');
  return bytes.length === 32 && bytes.toString('base64url') === value;
}

function isMeantFor(given: Claims, algorithm: 'ES256' | 'EdDSA'): boolean {
  const [alg, use, operations] = [own(given, 'alg'), own(given, 'use'), own(given, 'key_ops')];
  const algorithms = algorithm === 'EdDSA' ? ['EdDSA', 'Ed25519'] : ['ES256'];
  return (
    (alg === undefined || algorithms.includes(String(alg))) &&
    (use === undefined || use === 'sig') &&
    (operations === undefined || (Array.isArray(operations) && operations.includes('verify')))
  );
}
