import { randomBytes as nodeRandomBytes, randomUUID } from 'node:crypto';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK } from 'jose';
import type { DomainId } from '../rules/ids.ts';
import { isClaims } from '../rules/meeting-token-permissions.ts';
import type { PublicJwk, SigningKey, SigningKeyId } from '../rules/signing-key.ts';
import type { SecretBox } from './secret-box.ts';

export type RandomBytes = (size: number) => Uint8Array;

/** A kid of 128 random bits: nobody can guess or register one that the service has. */
export function makeKid(randomBytes: RandomBytes = nodeRandomBytes): string {
  return Buffer.from(randomBytes(16)).toString('base64url');
}

export interface NewSigningKey {
  readonly domainId: DomainId;
  readonly follows: SigningKeyId | null;
  readonly createdAt: Date;
  readonly activeFrom: Date;
}

/** Makes an Ed25519 key pair for a domain. The private half exists only in memory and sealed in what is returned. */
export async function makeSigningKey(
  key: NewSigningKey,
  box: SecretBox,
  randomBytes: RandomBytes = nodeRandomBytes,
): Promise<SigningKey> {
  const id = randomUUID() as SigningKeyId;
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const privateJwk = await exportJWK(pair.privateKey);
  const place = { purpose: 'signing-key', domainId: key.domainId, keyId: id } as const;
  return {
    ...key,
    id,
    kid: makeKid(randomBytes),
    publicJwk: toPublicJwk(await exportJWK(pair.publicKey)),
    privateKeySealed: box.seal(Buffer.from(JSON.stringify(privateJwk)), place),
    lastTokenExp: key.createdAt,
    retiredAt: null,
  };
}

/** @throws SecretBoxError when its private half does not belong to it */
export async function importPrivateKey(key: SigningKey, box: SecretBox): Promise<CryptoKey> {
  const opened = box.open(key.privateKeySealed, { purpose: 'signing-key', domainId: key.domainId, keyId: key.id });
  const jwk: unknown = JSON.parse(opened.toString());
  if (!isClaims(jwk)) throw new Error('a sealed signing key holds no JWK');
  return importJWK({ ...jwk, kty: 'OKP' }, 'EdDSA', { extractable: false });
}

/** @throws when the coordinates are no point of P-256 */
export function importPublicKey(jwk: PublicJwk): Promise<CryptoKey> {
  return importJWK({ ...jwk }, jwk.kty === 'OKP' ? 'EdDSA' : 'ES256');
}

function toPublicJwk(jwk: { readonly x?: string | undefined }): PublicJwk {
  if (jwk.x === undefined) throw new Error('a key pair was made without its public half');
  return { kty: 'OKP', crv: 'Ed25519', x: jwk.x };
}
