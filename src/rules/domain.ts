import type { DomainId, SelfSigningKeyId } from './ids.ts';
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
