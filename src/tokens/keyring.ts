import type { CryptoKey } from 'jose';
import { LRUCache } from 'lru-cache';
import type { DomainId } from '../rules/ids.ts';
import { lastInstant } from '../rules/meeting-token.ts';
import type { EndedKey, SigningKey, SigningKeyId } from '../rules/signing-key.ts';
import type { KeyStore } from '../storage/signing-key.ts';
import { DomainKeys, type KeyOwner, type LoadedDomainKeys, type VerifyingKey } from './domain-keys.ts';
import type { SecretBox } from './secret-box.ts';
import { importPrivateKey, makeSigningKey, type RandomBytes } from './signing-key.ts';

/** The key to sign with, and the name under which its public half is published. */
export interface Signer {
  readonly kid: string;
  readonly privateKey: CryptoKey;
}

export interface KeyringOptions {
  readonly store: KeyStore;
  readonly box: SecretBox;
  /** Milliseconds that only grow, for the age of what is kept in memory. */
  readonly monotonicMs?: () => number;
  readonly randomBytes?: RandomBytes;
}

const hour = 3_600_000;
/** For how long a new key is published before it signs, so that every process and every reader of the JWKS has it by then. */
const propagationMs = 60_000;
/** A process that still had the old key in memory may sign with it a little longer. */
export const lingerMs = 300_000;
const forEver = Number.POSITIVE_INFINITY;
/** How many keys a token without kid is tried with. */
const maxTried = 5;
/** Of how many keys something is kept in memory. */
const maxKept = 1000;

/** The keys of every domain: which one signs, which may verify, and when they come and go. */
export class Keyring {
  readonly #options: KeyringOptions;
  readonly #keys: DomainKeys;
  readonly #privateKeys = new LRUCache<SigningKeyId, Promise<CryptoKey>>({ max: maxKept });
  /** What this process knows to be stored as `lastTokenExp`, in milliseconds since 1970, so that most tokens cost no write. */
  readonly #keptUntil = new LRUCache<SigningKeyId, number>({ max: maxKept });
  readonly #raising = new Map<SigningKeyId, { readonly until: number; readonly isRaised: Promise<boolean> }>();

  constructor(options: KeyringOptions) {
    this.#options = options;
    this.#keys = new DomainKeys(options.store, options.box, options.monotonicMs);
  }

  /**
   * The key that signs for the domain at `now`; makes the domain's first. By the time it answers, the store knows that the key
   * must be kept until `tokenExp` (null: for ever).
   * @throws what the store throws, SecretBoxError
   */
  async signer(owner: KeyOwner, tokenExp: Date | null, now: Date): Promise<Signer> {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const { signingKeys } = await this.#keys.read(owner);
      const key = chooseSigner(signingKeys, now);
      if (key === null) await this.#add(owner.id, null, now, now);
      else if (await this.#keepUntil(key, tokenExp)) return { kid: key.kid, privateKey: await this.#privateKey(key) };
      this.#keys.forget(owner.id);
    }
    throw new Error('no signing key could be settled on: its rows change at every attempt');
  }

  /**
   * The keys that may have signed a token with this kid. Without a kid, which Daily's self-signed tokens do not have: the
   * domain's own self-signing keys of that algorithm, at most five.
   */
  async candidates(owner: KeyOwner, kid: string | null, alg: string): Promise<readonly VerifyingKey[]> {
    return choose(await this.#keys.read(owner), kid, alg);
  }

  /** The same, by what the store says now: where none of those at hand made the signature. */
  async candidatesAnew(owner: KeyOwner, kid: string | null, alg: string): Promise<readonly VerifyingKey[]> {
    return choose(await this.#keys.readAnew(owner), kid, alg);
  }

  /** Is the key still there: neither retired nor revoked? */
  async isLive(owner: KeyOwner, keyId: string): Promise<boolean> {
    const { verifying } = await this.#keys.read(owner);
    return verifying.some((key) => key.id === keyId);
  }

  /** After this process registered or revoked a self-signing key. */
  forget(domainId: DomainId): void {
    this.#keys.forget(domainId);
  }

  /**
   * Publishes a new key that signs from a minute on; those before it go on verifying. Null when another process rotated at the
   * same moment, and when a new key already waits for its minute.
   */
  async rotate(domainId: DomainId, now: Date): Promise<SigningKey | null> {
    const [newest] = await this.#options.store.listSigningKeys(domainId);
    if (!newest) return this.#add(domainId, null, now, now);
    if (newest.activeFrom > now) return null;
    return this.#add(domainId, newest.id, now, new Date(now.getTime() + propagationMs));
  }

  /**
   * A key has leaked: a new one signs at once, and nothing that any other has signed is good any more, at any process within a second.
   * Tells which keys have ended.
   */
  async replaceLeaked(
    domainId: DomainId,
    now: Date,
  ): Promise<{ readonly key: SigningKey; readonly ended: readonly EndedKey[] }> {
    const { store, box, randomBytes } = this.#options;
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const [newest] = await store.listSigningKeys(domainId);
      const follows = newest?.id ?? null;
      const key = await makeSigningKey({ domainId, follows, createdAt: now, activeFrom: now }, box, randomBytes);
      const ended = await store.replaceSigningKeys(key);
      this.#keys.forget(domainId);
      if (ended !== null) return { key, ended };
    }
    throw new Error('no key could be replaced: others rotate at every attempt');
  }

  /** The schedule: the age of the newest key at which it rotates. */
  async rotateWhenDue(domainId: DomainId, maxAgeMs: number, now: Date): Promise<SigningKey | null> {
    const [newest] = await this.#options.store.listSigningKeys(domainId);
    const isDue = newest === undefined || now.getTime() - newest.activeFrom.getTime() >= maxAgeMs;
    return isDue ? this.rotate(domainId, now) : null;
  }

  /** Takes away the keys that have been followed, once the last token that each signed has expired. Tells how many. */
  async retireOutlived(domainId: DomainId, now: Date): Promise<number> {
    const keys = await this.#options.store.listSigningKeys(domainId);
    const follower = keys.find((key) => key.activeFrom.getTime() + lingerMs <= now.getTime());
    const outlived = keys.filter(
      (key) => follower && key.activeFrom < follower.activeFrom && key.lastTokenExp !== null && key.lastTokenExp <= now,
    );
    const retired = await Promise.all(
      outlived.map((key) => this.#options.store.retireSigningKey(domainId, key.id, now)),
    );
    this.#keys.forget(domainId);
    return retired.filter((isRetired) => isRetired).length;
  }

  async #add(domainId: DomainId, follows: SigningKeyId | null, createdAt: Date, activeFrom: Date) {
    const { store, box, randomBytes } = this.#options;
    const key = await makeSigningKey({ domainId, follows, createdAt, activeFrom }, box, randomBytes);
    const isStored = await store.insertSigningKey(key);
    this.#keys.forget(domainId);
    return isStored ? key : null;
  }

  async #keepUntil(key: SigningKey, tokenExp: Date | null): Promise<boolean> {
    // Rounded up to the hour, the default lifetime costs one write an hour instead of one a token.
    const until = tokenExp === null ? forEver : hourAfter(tokenExp);
    const stored = this.#keptUntil.get(key.id) ?? key.lastTokenExp?.getTime() ?? forEver;
    if ((tokenExp?.getTime() ?? forEver) <= stored) return true;
    const underway = this.#raising.get(key.id);
    if (underway && until <= underway.until) return underway.isRaised;
    const raising = { until, isRaised: this.#raise(key, until) };
    this.#raising.set(key.id, raising);
    try {
      return await raising.isRaised;
    } finally {
      if (this.#raising.get(key.id) === raising) this.#raising.delete(key.id);
    }
  }

  async #raise({ domainId, id }: SigningKey, until: number): Promise<boolean> {
    const isRaised = await this.#options.store.raiseLastTokenExp(
      domainId,
      id,
      until === forEver ? null : new Date(until),
    );
    if (isRaised) this.#keptUntil.set(id, Math.max(until, this.#keptUntil.get(id) ?? 0));
    else this.#keptUntil.delete(id);
    return isRaised;
  }

  #privateKey(key: SigningKey): Promise<CryptoKey> {
    const known = this.#privateKeys.get(key.id);
    if (known) return known;
    const imported = importPrivateKey(key, this.#options.box);
    this.#privateKeys.set(key.id, imported);
    imported.catch(() => this.#privateKeys.delete(key.id));
    return imported;
  }
}

/** The newest key whose time has come; null when there is no key at all. */
function chooseSigner(keys: readonly SigningKey[], now: Date): SigningKey | null {
  const newestFirst = keys.toSorted((a, b) => b.activeFrom.getTime() - a.activeFrom.getTime());
  return newestFirst.find((key) => key.activeFrom <= now) ?? newestFirst.at(-1) ?? null;
}

/** The service's own keys go first: a backend that registers a kid of theirs harms only itself. */
function choose(keys: LoadedDomainKeys, kid: string | null, alg: string): readonly VerifyingKey[] {
  if (kid === null)
    return keys.verifying.filter((key) => key.isSelfSigning && key.algorithm === alg).slice(0, maxTried);
  const named = keys.verifying.filter((key) => key.kid === kid);
  const own = named.filter((key) => !key.isSelfSigning);
  return own.length > 0 ? own : named.slice(0, maxTried);
}

/** A date of five figures is none that can be written down: what ends in the last hour is kept until the last instant. */
function hourAfter(exp: Date): number {
  return Math.min(Math.ceil(exp.getTime() / hour) * hour, lastInstant.getTime());
}
