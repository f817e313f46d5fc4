import type { SelfSigningKey } from './domain.ts';
import type { DomainId, Id } from './ids.ts';
import type { InputIssue } from './refusal.ts';

export type SigningKeyId = Id<'SigningKey'>;

/** The public half of a key pair as it is published: no member that could be private. */
export type PublicJwk =
  | { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string }
  | { readonly kty: 'EC'; readonly crv: 'P-256'; readonly x: string; readonly y: string };

/** One of the service's own keys of a domain: EdDSA, always. */
export interface SigningKey {
  readonly id: SigningKeyId;
  readonly domainId: DomainId;
  readonly kid: string;
  readonly publicJwk: PublicJwk;
  readonly privateKeySealed: Uint8Array;
  /** The key that this one follows; null for a domain's first. Each key is followed once. */
  readonly follows: SigningKeyId | null;
  /** From here on it is published and verifies. */
  readonly createdAt: Date;
  /** From here on it signs, in place of those before it. */
  readonly activeFrom: Date;
  /** When the last token that it signed expires, at the latest. Null: one of them never does. Starts at `createdAt`. */
  readonly lastTokenExp: Date | null;
  /** From here on it is no longer published and verifies nothing. */
  readonly retiredAt: Date | null;
}

/** A key of the service that was ended before its time. */
export type EndedKey = Pick<SigningKey, 'id' | 'kid'>;

export type SelfSigningAlgorithm = SelfSigningKey['algorithm'];

/** A self-signing key with what verifies by it. */
export interface SelfSigningKeyMaterial extends SelfSigningKey {
  /** With ES256 and EdDSA. */
  readonly publicJwk: PublicJwk | null;
  /** With HS256. */
  readonly secretSealed: Uint8Array | null;
}

/** What a backend registers. */
export interface NewSelfSigningKey {
  readonly domainId: DomainId;
  readonly algorithm: SelfSigningAlgorithm;
  /** The public JWK as JSON with ES256 and EdDSA; null with HS256. */
  readonly publicJwk: string | null;
  readonly now: Date;
}

export type MadeSelfSigningKey =
  /** `secret` with HS256, to be shown once: the backend signs with the bytes of this very text. */
  | { readonly ok: true; readonly key: SelfSigningKeyMaterial; readonly secret: string | null }
  | { readonly ok: false; readonly issues: readonly InputIssue[] };
