import { createHmac, hash, hkdfSync, randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import type { Id } from '../rules/ids.ts';

/** Chance, and what is derived from the master key. */
export interface Secrets {
  readonly newId: <Noun extends string>() => Id<Noun>;
  /** 256 random bits: `vs_…` for a session, `vq_…` for a knock. */
  readonly newToken: (kind: 'vs' | 'vq') => string;
  /** The same token each time for the same row and key, though only hashes are kept. */
  readonly derivedToken: (kind: 'vs' | 'vq', rowId: string, idempotencyKey: string) => string;
  readonly newApiKey: () => string;
  /** 128 random bits, for a room whose name nobody shall guess. */
  readonly newRoomName: () => string;
  /** Hex SHA-256: how credentials and idempotency keys are kept. */
  readonly hash: (secret: string) => string;
  /** A keyed hash: addresses cannot be found again by trying them all. */
  readonly addressHash: (address: string) => string;
}

/** @param masterKey 32 bytes or more; each use has a key of its own derived from it */
export function createSecrets(masterKey: Uint8Array): Secrets {
  const keyFor = (use: string) => Buffer.from(hkdfSync('sha256', masterKey, '', `vestibule ${use}`, 32));
  const tokenKey = keyFor('idempotent tokens');
  const addressKey = keyFor('addresses');
  return {
    newId: <Noun extends string>() => v7() as Id<Noun>,
    newToken: (kind) => `${kind}_${randomBytes(32).toString('base64url')}`,
    derivedToken: (kind, rowId, idempotencyKey) =>
      `${kind}_${createHmac('sha256', tokenKey).update(`${kind} ${rowId} ${idempotencyKey}`).digest('base64url')}`,
    newApiKey: () => `vk_${randomBytes(8).toString('hex')}_${randomBytes(32).toString('base64url')}`,
    newRoomName: () => randomBytes(16).toString('base64url'),
    hash: sha256,
    addressHash: (address) => createHmac('sha256', addressKey).update(address).digest('hex'),
  };
}

export function sha256(secret: string): string {
  return hash('sha256', secret, 'hex');
}
