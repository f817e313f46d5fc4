import { createCipheriv, createDecipheriv, hkdfSync, randomBytes as nodeRandomBytes } from 'node:crypto';

/** Encrypts what is kept in the database and must not be read from a copy of it. */
export interface SecretBox {
  /** Seals with the master key. */
  seal(secret: Uint8Array, place: SecretPlace): Buffer;
  /** @throws SecretBoxError when it was changed, belongs to another place, or was sealed with a master key that is not at hand */
  open(sealed: Uint8Array, place: SecretPlace): Buffer;
  /** Was this sealed with the master key, and not with one of the others? */
  isCurrent(sealed: Uint8Array): boolean;
}

export interface SecretPlace {
  readonly purpose:
    | 'signing-key'
    | 'self-signing-key'
    | 'webhook-secret'
    | 'media-server'
    | 'live-stream'
    | 'installation-key';
  readonly domainId: string;
  readonly keyId: string;
}

export class SecretBoxError extends Error {
  override readonly name = 'SecretBoxError';
}

// The first byte of what is stored says how the rest is to be read. 1 names no key: version, nonce, tag, ciphertext. 2 names the master
// key that it was sealed with, so that the key can be rotated: version, key id, nonce, tag, ciphertext. Only 2 is written.
const unnamed = 1;
const named = 2;
const keyIdBytes = 8;
const nonceBytes = 12;
const tagBytes = 16;

interface BoxKey {
  readonly id: Buffer;
  readonly key: Buffer;
}

/**
 * AES-256-GCM under a key derived from the master key. The place is authenticated with it, so that whoever can write to the database
 * cannot swap two secrets.
 * @param masterKey at least 32 bytes: what is sealed is sealed with this one
 * @param others master keys that open as well: the one before, or the one to come, while the master key is rotated
 */
export function createSecretBox(
  masterKey: Uint8Array,
  others: readonly Uint8Array[] = [],
  randomBytes: (size: number) => Uint8Array = nodeRandomBytes,
): SecretBox {
  const current = deriveBoxKey(masterKey);
  const keys = [current, ...others.map(deriveBoxKey)];

  return {
    seal(secret, place) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', current.key, nonce, { authTagLength: tagBytes });
      cipher.setAAD(label(named, place));
      const ciphertext = Buffer.concat([cipher.update(secret), cipher.final()]);
      return Buffer.concat([Buffer.of(named), current.id, nonce, cipher.getAuthTag(), ciphertext]);
    },

    open(sealed, place) {
      const stored = Buffer.from(sealed);
      const version = stored[0];
      const body = stored.subarray(1 + (version === named ? keyIdBytes : 0));
      if ((version !== named && version !== unnamed) || body.length < nonceBytes + tagBytes) {
        throw new SecretBoxError('this is not a sealed secret of a version that is known');
      }
      const candidates = version === named ? keys.filter(({ id }) => id.equals(keyIdOf(stored))) : keys;
      for (const { key } of candidates) {
        const secret = decrypt(body, key, label(version, place));
        if (secret !== null) return secret;
      }
      throw new SecretBoxError('a sealed secret does not open here: changed, moved, or sealed with another MASTER_KEY');
    },

    isCurrent: (sealed) => sealed[0] === named && current.id.equals(keyIdOf(Buffer.from(sealed))),
  };
}

/** The id says which key it is to whoever has the key, and nothing to anybody else. */
function deriveBoxKey(masterKey: Uint8Array): BoxKey {
  if (masterKey.length < 32) throw new SecretBoxError('the master key is shorter than 32 bytes');
  const derive = (use: string, size: number) => Buffer.from(hkdfSync('sha256', masterKey, '', use, size));
  return { id: derive('vestibule secret box id', keyIdBytes), key: derive('vestibule secret box 1', 32) };
}

function keyIdOf(stored: Buffer): Buffer {
  return stored.subarray(1, 1 + keyIdBytes);
}

/** Null: this key, or this place, is not the one that it was sealed with. */
function decrypt(body: Buffer, key: Buffer, place: Buffer): Buffer | null {
  const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(place);
  decipher.setAuthTag(body.subarray(nonceBytes, nonceBytes + tagBytes));
  try {
    return Buffer.concat([decipher.update(body.subarray(nonceBytes + tagBytes)), decipher.final()]);
  } catch {
    return null;
  }
}

/** A list in JSON, so that no two places have the same label. */
function label(version: number, place: SecretPlace): Buffer {
  return Buffer.from(JSON.stringify(['vestibule', version, place.purpose, place.domainId, place.keyId]));
}
