import type { CryptoKey } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Domain } from '../rules/domain.ts';
import type { DomainId } from '../rules/ids.ts';
import type { SelfSigningAlgorithm, SelfSigningKeyMaterial, SigningKey } from '../rules/signing-key.ts';
import type { KeyStore } from '../storage/signing-key.ts';
import type { SecretBox } from './secret-box.ts';
import { openSharedSecret } from './self-signing-key.ts';
import { importPublicKey } from './signing-key.ts';

/** A domain, and the version under which its keys were last changed. */
export interface KeyOwner {
  readonly id: DomainId;
  readonly version: number;
}

/** One key that verifies, with the one algorithm that it verifies by. */
export interface VerifyingKey {
  readonly id: string;
  readonly kid: string;
  readonly algorithm: SelfSigningAlgorithm;
  readonly isSelfSigning: boolean;
  /** Imported at first use, and once. */
  load(): Promise<CryptoKey>;
}

export interface LoadedDomainKeys {
  readonly signingKeys: readonly SigningKey[];
  readonly verifying: readonly VerifyingKey[];
}

interface KeptKeys extends LoadedDomainKeys {
  readonly version: number;
  readonly loadedAt: number;
}

/** How long what was read may be used without asking again. */
const maxAgeMs = 1000;
const maxDomains = 1000;

/**
 * Keeps each domain's keys in memory: a signature that one of them made was made by a key of the domain. Whether that key is still
 * good is a fact of the domain, which a decision is guarded by. What none of them made says nothing: the keys are read anew, since
 * one may have been registered elsewhere a moment ago. For each domain one such read is under way at a time, and all who come meanwhile
 * share the next: a flood of made-up kids costs no more than that.
 */
export class DomainKeys {
  readonly #store: KeyStore;
  readonly #box: SecretBox;
  readonly #monotonicMs: () => number;
  readonly #entries = new LRUCache<DomainId, KeptKeys>({ max: maxDomains });
  readonly #loading = new Map<DomainId, { readonly version: number; readonly entry: Promise<KeptKeys> }>();
  readonly #next = new Map<DomainId, Promise<KeptKeys>>();

  constructor(store: KeyStore, box: SecretBox, monotonicMs: () => number = () => performance.now()) {
    this.#store = store;
    this.#box = box;
    this.#monotonicMs = monotonicMs;
  }

  /** @throws what the store throws */
  async read(owner: KeyOwner): Promise<LoadedDomainKeys> {
    const entry = this.#entries.get(owner.id);
    const isFresh = entry && entry.version >= owner.version && this.#monotonicMs() - entry.loadedAt < maxAgeMs;
    return isFresh ? entry : this.#load(owner);
  }

  /** For a key that is not among those that were read: the store's answer to a question that is asked after this call. @throws what the store throws */
  readAnew(owner: KeyOwner): Promise<LoadedDomainKeys> {
    const next = this.#next.get(owner.id);
    if (next) return next;
    const underway = this.#loading.get(owner.id)?.entry;
    if (!underway) return this.#load(owner);
    const begin = () => {
      this.#next.delete(owner.id);
      return this.#load(owner);
    };
    const after = underway.then(begin, begin);
    this.#next.set(owner.id, after);
    return after;
  }

  /** After a change made by this process: the next read asks the store. */
  forget(domainId: DomainId): void {
    this.#entries.delete(domainId);
    this.#loading.delete(domainId);
  }

  /** Those who ask at once share one read, unless it began for an older version than theirs. */
  #load(owner: KeyOwner): Promise<KeptKeys> {
    const underway = this.#loading.get(owner.id);
    if (underway && underway.version >= owner.version) return underway.entry;
    const loading = { version: owner.version, entry: this.#fetch(owner) };
    this.#loading.set(owner.id, loading);
    const isLatest = () => this.#loading.get(owner.id) === loading;
    loading.entry.then(
      (entry) => {
        if (!isLatest()) return;
        this.#loading.delete(owner.id);
        this.#entries.set(owner.id, entry);
      },
      () => {
        if (isLatest()) this.#loading.delete(owner.id);
      },
    );
    return loading.entry;
  }

  async #fetch(owner: KeyOwner): Promise<KeptKeys> {
    const loadedAt = this.#monotonicMs();
    const known = new Map(this.#entries.get(owner.id)?.verifying.map((key) => [key.id, key]));
    const [signingKeys, selfSigningKeys] = await Promise.all([
      this.#store.listSigningKeys(owner.id),
      this.#store.listSelfSigningKeys(owner.id),
    ]);
    const verifying = [
      ...signingKeys.map((key) => known.get(key.id) ?? fromSigningKey(key)),
      ...selfSigningKeys.map((key) => known.get(key.id) ?? fromSelfSigningKey(key, this.#box)),
    ];
    return { version: owner.version, loadedAt, signingKeys, verifying };
  }
}

function fromSigningKey(key: SigningKey): VerifyingKey {
  const load = once(() => importPublicKey(key.publicJwk));
  return { id: key.id, kid: key.kid, algorithm: 'EdDSA', isSelfSigning: false, load };
}

function fromSelfSigningKey(key: SelfSigningKeyMaterial, box: SecretBox): VerifyingKey {
  const { id, kid, algorithm, publicJwk } = key;
  const load = once(() => (publicJwk === null ? importSharedSecret(key, box) : importPublicKey(publicJwk)));
  return { id, kid, algorithm, isSelfSigning: true, load };
}

async function importSharedSecret(key: SelfSigningKeyMaterial, box: SecretBox): Promise<CryptoKey> {
  const secret = new Uint8Array(openSharedSecret(key, box));
  return crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
}

/** Remembers the result, but not a failure. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}

/** What signing and verifying need to know of a domain, as read together with the facts of the attempt. */
export type TokenDomain = Pick<Domain, 'id' | 'name' | 'version' | 'meetingTokenLifetimeSeconds'>;
