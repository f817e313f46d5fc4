import type { DomainId } from '../rules/ids.ts';
import type { EndedKey, SelfSigningKeyMaterial, SigningKey, SigningKeyId } from '../rules/signing-key.ts';

/** Where the keys are kept. Every method is one statement; where the store cannot answer, it throws. */
export interface KeyStore {
  /** The domain's keys that are not retired, newest first by `activeFrom`. */
  listSigningKeys(domainId: DomainId): Promise<readonly SigningKey[]>;
  /** The keys of all domains that are not retired. */
  listAllSigningKeys(): Promise<readonly SigningKey[]>;
  /**
   * False, and nothing stored, when another key already follows `key.follows` (null counts as one value per domain).
   * Of two processes that rotate at once, one is told so.
   */
  insertSigningKey(key: SigningKey): Promise<boolean>;
  /** Raises `lastTokenExp` to `exp` (null: for ever), never lowers it. False when the key is retired or gone. */
  raiseLastTokenExp(domainId: DomainId, id: SigningKeyId, exp: Date | null): Promise<boolean>;
  /** Retires the key, if the last token that it signed has expired by `at`. False when it has not, or the key was retired before. */
  retireSigningKey(domainId: DomainId, id: SigningKeyId, at: Date): Promise<boolean>;
  /**
   * Adds the key and ends every other of the domain, whatever they have signed. Null, and no key added or ended, when another already
   * follows `key.follows`.
   */
  replaceSigningKeys(key: SigningKey): Promise<readonly EndedKey[] | null>;
  /** The domain's keys that are not revoked, newest first. */
  listSelfSigningKeys(domainId: DomainId): Promise<readonly SelfSigningKeyMaterial[]>;
}
