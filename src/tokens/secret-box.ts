import { createCipheriv, createDecipheriv, hkdfSync, randomBytes as nodeRandomBytes } from 'node:crypto';

/** Encrypts what is kept in the database and must not be read from a copy of it. */
export interface SecretBox {
  /** @param place what the secret belongs to; it opens nowhere else */
  seal(secret: Uint8Array, place: SecretPlace): Buffer;
  /** @throws SecretBoxError when it was changed, belongs to another place, or was sealed with another master key */
  open(sealed: Uint8Array, place: SecretPlace): Buffer;
}

export interface SecretPlace {
  readonly purpose: 'signing-key' | 'self-signing-key' | 'webhook-secret';
  readonly domainId: string;
  readonly keyId: string;
}

export class SecretBoxError extends Error {
  override readonly name = 'SecretBoxError';
}

/** First byte of what is stored, so that another method can follow and still read the old. */
const version = 1;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM under a key derived from the master key, stored as version, nonce, tag, ciphertext.
 * The place is authenticated with it, so that whoever can write to the database cannot swap two secrets.
 * @param masterKey at least 32 bytes
 */
export function createSecretBox(
  masterKey: Uint8Array,
  randomBytes: (size: number) => Uint8Array = nodeRandomBytes,
): SecretBox {
  if (masterKey.length < 32) throw new SecretBoxError('the master key is shorter than 32 bytes');
  const key = Buffer.from(hkdfSync('sha256', masterKey, '', 'vestibule secret box 1', 32));

  return {
    seal(secret, place) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
      cipher.setAAD(label(place));
      const ciphertext = Buffer.concat([cipher.update(secret), cipher.final()]);
      return Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), ciphertext]);
    },

    open(sealed, place) {
      const stored = Buffer.from(sealed);
      if (stored[0] !== version || stored.length < 1 + nonceBytes + tagBytes) {
        throw new SecretBoxError('this is not a sealed secret of a version that is known');
      }
      const nonce = stored.subarray(1, 1 + nonceBytes);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
      decipher.setAAD(label(place));
      decipher.setAuthTag(stored.subarray(1 + nonceBytes, 1 + nonceBytes + tagBytes));
      try {
        return Buffer.concat([decipher.update(stored.subarray(1 + nonceBytes + tagBytes)), decipher.final()]);
      } catch {
        throw new SecretBoxError(
          'a sealed secret does not open here: changed, moved, or sealed with another MASTER_KEY',
        );
      }
    },
  };
}

/** A list in JSON, so that no two places have the same label. */
function label(place: SecretPlace): Buffer {
  return Buffer.from(JSON.stringify(['vestibule', version, place.purpose, place.domainId, place.keyId]));
}
