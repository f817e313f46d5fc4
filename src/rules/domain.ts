import type { ApiKeyId, DomainId, SelfSigningKeyId } from './ids.ts';
import type { DomainDefaults } from './room.ts';

/** A tenant. */
export interface Domain extends DomainDefaults {
  readonly id: DomainId;
  /** Lifetime of a meeting token created without exp; null: it never expires. */
  readonly meetingTokenLifetimeSeconds: number | null;
  readonly createdAt: Date;
}

export interface SelfSigningKey {
  readonly id: SelfSigningKeyId;
  readonly domainId: DomainId;
  readonly kid: string;
  readonly algorithm: 'HS256' | 'ES256' | 'EdDSA';
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

export const apiKeyScopes = ['ADMIN', 'ROOMS', 'TOKENS', 'ADMISSION', 'WEBHOOKS', 'READ'] as const;
export type ApiKeyScope = (typeof apiKeyScopes)[number];

/** A backend's key. The key itself is shown once and kept only as a hash. */
export interface ApiKey {
  readonly id: ApiKeyId;
  readonly domainId: DomainId;
  readonly name: string;
  /** The first characters, to recognise it by. */
  readonly prefix: string;
  readonly scopes: readonly ApiKeyScope[];
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly exp: Date | null;
  readonly revokedAt: Date | null;
}

/** Does the key still open anything at this instant? */
export function isLive(key: Pick<ApiKey, 'exp' | 'revokedAt'>, now: Date): boolean {
  return key.revokedAt === null && (key.exp === null || now < key.exp);
}
