/** A private key as JWK, whose public half `addSelfSigningKey` was given. */
export interface PrivateJwk {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y?: string;
  readonly d: string;
}

/** The key with which this backend signs meeting tokens, as `addSelfSigningKey` registered it. */
export type SigningKey = {
  /** The domain's name or id. */
  readonly domain: string;
  /** The key's `kid`. Left out, the service tries the domain's keys of this algorithm. */
  readonly kid?: string;
} & (
  | {
      readonly algorithm: 'HS256';
      /** As `addSelfSigningKey` showed it: its text, not what the text would decode to. */
      readonly secret: string | undefined;
    }
  | {
      readonly algorithm: 'ES256' | 'EdDSA';
      /** PKCS #8 as PEM (`-----BEGIN PRIVATE KEY-----`), or a JWK. */
      readonly privateKey: string | PrivateJwk | undefined;
    }
);
