import { importJWK, importPKCS8 } from 'jose';
import { VestibuleSetupError } from './errors.ts';
import type { PrivateJwk, SigningKey } from './signing-key.ts';

// Apart from the types of the key: what `jose` calls its keys has no types for CommonJS.

/** @throws {VestibuleSetupError} BAD_SIGNING_KEY. The message never holds the key. */
export async function importSigningKey(key: SigningKey): Promise<Awaited<ReturnType<typeof importJWK>>> {
  if (typeof key.domain !== 'string' || key.domain === '') throw badKey("domain is missing: it is the domain's name");
  switch (key.algorithm) {
    case 'HS256':
      return importSecret(key.secret);
    case 'ES256':
    case 'EdDSA':
      return importPrivateKey(key.privateKey, key.algorithm);
    default:
      key satisfies never;
      throw badKey('algorithm must be HS256, ES256 or EdDSA');
  }
}

/** The service's secrets have 43 characters; whoever knows a shorter one could have guessed it. */
function importSecret(secret: unknown): Uint8Array {
  if (typeof secret === 'string' && secret.length >= 32 && !/\s/.test(secret)) return new TextEncoder().encode(secret);
  throw badKey('secret must be the text that addSelfSigningKey showed, and is missing or cut short');
}

async function importPrivateKey(key: string | PrivateJwk | undefined, algorithm: 'ES256' | 'EdDSA') {
  if (!key) throw badKey('privateKey is missing: is its environment variable set?');
  if (typeof key === 'string' && !key.includes('-----BEGIN PRIVATE KEY-----')) {
    throw badKey('privateKey must be PKCS #8 as PEM (openssl pkcs8 -topk8 -nodes writes it), or a JWK');
  }
  if (typeof key !== 'string' && typeof key.d !== 'string') {
    throw badKey('privateKey is a public JWK: d, the private half, is missing');
  }
  const importing = typeof key === 'string' ? importPKCS8(key, algorithm) : importJWK({ ...key }, algorithm);
  return importing.catch((cause: unknown) => {
    const curve = algorithm === 'ES256' ? 'an EC key on P-256' : 'an OKP key on Ed25519';
    throw badKey(`privateKey must be ${curve} for ${algorithm}, and cannot be read as one`, cause);
  });
}

function badKey(problem: string, cause?: unknown): VestibuleSetupError {
  return new VestibuleSetupError('BAD_SIGNING_KEY', `The key to sign meeting tokens with: ${problem}.`, { cause });
}
