import { createHmac, hash, hkdfSync, randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import type { DomainId, Id } from '../rules/ids.ts';
import { webhookSecretBytes } from '../rules/webhook-secrets.ts';

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
  readonly newToken: (kind: TokenKind, domainId: DomainId) => string;
  /** The same token each time for the same row and key, although only its hash is stored. */
  readonly derivedToken: (kind: TokenKind, row: RowOfDomain, idempotencyKey: string) => string;
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

type TokenKind = 'vs' | 'vq';
type RowOfDomain = { readonly domainId: DomainId; readonly id: string };

/** A token, opaque to clients: 256 random bits, and before them the domain, where the tables are spread by it (docs/decisions/0027). */
const personToken = /^v[sq]_([A-Za-z0-9_-]{22})?[A-Za-z0-9_-]{43}$/;

export function isPersonToken(text: string): boolean {
  return personToken.test(text);
}

/** The domain that a token names, by which its row is found. Null: it names none. Who writes another domain there finds nothing. */
export function domainNamedBy(token: string): DomainId | null {
  const [, tag] = personToken.exec(token) ?? [];
  if (tag === undefined) return null;
  const hex = Buffer.from(tag, 'base64url').toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') as string as DomainId;
}

function tagOf(domainId: DomainId): string {
  return Buffer.from(domainId.replaceAll('-', ''), 'hex').toString('base64url');
}

/**
 * @param tokensNameDomain whether new tokens name their domain. On one database they need not, and code of before would not know them
 */
export function createSecrets(
  { addresses, tokens }: InstallationKeys,
  { tokensNameDomain = false }: { readonly tokensNameDomain?: boolean } = {},
): Secrets {
  const begin = (kind: TokenKind, domainId: DomainId) => `${kind}_${tokensNameDomain ? tagOf(domainId) : ''}`;
  return {
    newId: <Noun extends string>() => v7() as Id<Noun>,
    newToken: (kind, domainId) => `${begin(kind, domainId)}${randomBytes(32).toString('base64url')}`,
    derivedToken: (kind, { domainId, id }, idempotencyKey) =>
      `${begin(kind, domainId)}${createHmac('sha256', tokens).update(`${kind} ${id} ${idempotencyKey}`).digest('base64url')}`,
    newApiKey: () => `vk_${randomBytes(8).toString('hex')}_${randomBytes(32).toString('base64url')}`,
    newWebhookSecret: () => randomBytes(webhookSecretBytes),
    newRoomName: () => randomBytes(16).toString('base64url'),
    hash: sha256,
    addressHash: (address) => createHmac('sha256', addresses).update(address).digest('hex'),
  };
}

export function sha256(secret: string): string {
  return hash('sha256', secret, 'hex');
}
