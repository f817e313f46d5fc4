import type { SigningKey } from '../rules/signing-key.ts';
import type { KeyStore } from '../storage/signing-key.ts';

interface PublishedJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
}

export interface JwksDocument {
  readonly keys: readonly PublishedJwk[];
}

/** The public halves of the service's own keys, with what a verifier needs and nothing else. */
export function toJwksDocument(signingKeys: readonly SigningKey[]): JwksDocument {
  return {
    keys: signingKeys
      .filter((key) => key.retiredAt === null)
      .map(({ kid, publicJwk: { x } }) => ({ kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' })),
  };
}

const maxAgeMs = 1000;

/**
 * Reads the document for anybody who asks, at most once a second however many ask. A failed read is not kept.
 * @throws what the store throws
 */
export function createJwksReader(
  store: Pick<KeyStore, 'listAllSigningKeys'>,
  monotonicMs: () => number = () => performance.now(),
): () => Promise<JwksDocument> {
  let latest: { readonly readAt: number; readonly document: Promise<JwksDocument> } | null = null;
  return () => {
    const now = monotonicMs();
    if (latest !== null && now - latest.readAt < maxAgeMs) return latest.document;
    const document = store.listAllSigningKeys().then(toJwksDocument);
    latest = { readAt: now, document };
    document.catch(() => {
      if (latest?.document === document) latest = null;
    });
    return document;
  };
}
