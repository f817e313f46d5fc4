import { createPrivateKey } from 'node:crypto';
import { SignJWT } from 'jose';
import type { MediaAccess } from '../rules/media-server.ts';
import { accessSeconds, type MediaSeat } from './livekit-token.ts';
import type { OpenJitsiServer } from './open-servers.ts';

/**
 * Signs what Jitsi's token authentication lets in. Who moderates is told in the places where Jitsi's plugins look for it. There is no
 * `nbf`: Jitsi compares it to the second, and would refuse where its clock is behind ours.
 */
export async function signJitsiToken(
  { url, apiKey, tenant, keyId, secret }: Pick<OpenJitsiServer, 'url' | 'apiKey' | 'tenant' | 'keyId' | 'secret'>,
  { room, identity, name, isOwner }: MediaSeat,
  now: Date,
): Promise<MediaAccess> {
  const iat = Math.floor(now.getTime() / 1000);
  const exp = iat + accessSeconds;
  const user = { id: identity, name, moderator: isOwner, affiliation: isOwner ? 'owner' : 'member' };
  const token = await new SignJWT({ room, moderator: isOwner, context: { user } })
    .setProtectedHeader(keyId === null ? { alg: 'HS256', typ: 'JWT' } : { alg: 'RS256', typ: 'JWT', kid: keyId })
    .setIssuer(apiKey)
    .setAudience('jitsi')
    .setSubject(tenant)
    .setIssuedAt(iat)
    .setExpirationTime(exp)
    .sign(keyId === null ? new TextEncoder().encode(secret) : createPrivateKey(secret));
  return { kind: 'JITSI', url, room, token, exp: new Date(exp * 1000) };
}

const minKeyBits = 2048;

/** What is wrong with a private key for RS256: half a sentence for people; null: nothing. */
export function findRsaKeyProblem(pem: string): string | null {
  const key = readKey(pem);
  if (key === null) return 'must be a private key in PEM that is not encrypted, such as -----BEGIN PRIVATE KEY-----';
  if (key.asymmetricKeyType !== 'rsa')
    return 'must be an RSA key: Jitsi verifies RS256, and no other signature by a key pair';
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  return bits < minKeyBits ? `must be an RSA key of at least ${minKeyBits} bits, and has ${bits}` : null;
}

function readKey(pem: string) {
  try {
    return createPrivateKey(pem);
  } catch {
    return null;
  }
}
