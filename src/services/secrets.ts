import { createHmac, hash, hkdfSync, randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import type { Id } from '../rules/ids.ts';

/** Two keys on which rows of the whole installation depend. They stay the same when the master key is rotated. */
export interface InstallationKeys {
  /** For the hashes by which addresses are counted and banned. */
  readonly addresses: Uint8Array;
  /** For tokens that are made again when a client repeats a request. */
  readonly tokens: Uint8Array;
}

/** The one place where services get random values, and values derived from the installation's keys. */
export interface Secrets {
  readonly newId: <Noun extends string>() => Id<Noun>;
  /** 256 random bits: `vs_…` for a session, `vq_…` for a knock. */
  readonly newToken: (kind: 'vs' | 'vq') => string;
  /** The same token each time for the same row and key, although only its hash is stored. */
  readonly derivedToken: (kind: 'vs' | 'vq', rowId: string, idempotencyKey: string) => string;
  readonly newApiKey: () => string;
  /** 256 random bits, by which a webhook's deliveries are signed. */
  readonly newWebhookSecret: () => Buffer;
  /** 128 random bits, for a room with a name that nobody can guess. */
  readonly newRoomName: () => string;
  /** Hex SHA-256, the form in which credentials and idempotency keys are stored. */
  readonly hash: (secret: string) => string;
  /** A keyed hash: without the key, nobody finds an address by trying them all. */
  readonly addressHash: (address: string) => string;
}

/** The keys that a new installation begins with. Each is derived from the first master key, for one use. */
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
