import { createHmac, hash, hkdfSync, randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import type { Id } from '../rules/ids.ts';

/** Two keys that the rows of the whole installation rest on: they stay the same when the master key is rotated. */
export interface InstallationKeys {
  /** Of the hashes by which addresses are counted and banned. */
  readonly addresses: Uint8Array;
  /** Of the tokens that are made again for whoever repeats a request. */
  readonly tokens: Uint8Array;
}

/** Chance, and what is derived from the installation's keys. */
export interface Secrets {
  readonly newId: <Noun extends string>() => Id<Noun>;
  /** 256 random bits: `vs_…` for a session, `vq_…` for a knock. */
  readonly newToken: (kind: 'vs' | 'vq') => string;
  /** The same token each time for the same row and key, though only hashes are kept. */
  readonly derivedToken: (kind: 'vs' | 'vq', rowId: string, idempotencyKey: string) => string;
  readonly newApiKey: () => string;
  /** 256 random bits, by which a webhook's deliveries are signed. */
  readonly newWebhookSecret: () => Buffer;
  /** 128 random bits, for a room whose name nobody shall guess. */
  readonly newRoomName: () => string;
  /** Hex SHA-256: how credentials and idempotency keys are kept. */
  readonly hash: (secret: string) => string;
  /** A keyed hash: addresses cannot be found again by trying them all. */
  readonly addressHash: (address: string) => string;
}

/** The keys that an installation begins with: each use has a key of its own, derived from the first master key. */
export function deriveInstallationKeys(masterKey: Uint8Array): InstallationKeys {
  const keyFor = (use: string) => new Uint8Array(hkdfSync('sha256', masterKey, '', `vestibule ${use}`, 32));
  return { addresses: keyFor('addresses'), tokens: keyFor('idempotent tokens') };
}

export function createSecrets({ addresses, tokens }: InstallationKeys): Secrets {
  return {
    newId: <Noun extends string>() => v7() as Id<Noun>,
    newToken: (kind) => `${kind}_${randomBytes(32).toString('base64url')}`,
    derivedToken: (kind, rowId, idempotencyKey) =>
      `${kind}_${createHmac('sha256', tokens).update(`${kind} ${rowId} ${idempotencyKey}`).digest('base64url')}`,
    newApiKey: () => `vk_${randomBytes(8).toString('hex')}_${randomBytes(32).toString('base64url')}`,
    newWebhookSecret: () => randomBytes(32),
    newRoomName: () => randomBytes(16).toString('base64url'),
    hash: sha256,
    addressHash: (address) => createHmac('sha256', addresses).update(address).digest('hex'),
  };
}

export function sha256(secret: string): string {
  return hash('sha256', secret, 'hex');
}
