import type { SealedSecret } from '../storage/sealed-secret.ts';
import type { SecretPlace } from './secret-box.ts';

const purposes = {
  SIGNING_KEY: 'signing-key',
  SELF_SIGNING_KEY: 'self-signing-key',
  WEBHOOK: 'webhook-secret',
  PREVIOUS_WEBHOOK: 'webhook-secret',
  MEDIA_SERVER: 'media-server',
  LIVE_STREAM: 'live-stream',
} as const satisfies Readonly<Record<SealedSecret['column'], SecretPlace['purpose']>>;

/** Where a secret of a domain is sealed to. */
export function placeOfSecret({ column, domainId, id }: SealedSecret): SecretPlace {
  return { purpose: purposes[column], domainId, keyId: id };
}

/** Where the installation's own are sealed to: no domain's. */
export function placeOfKey(name: string): SecretPlace {
  return { purpose: 'installation-key', domainId: '', keyId: name };
}
