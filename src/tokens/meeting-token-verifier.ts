import { createHash } from 'node:crypto';
import { compactVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import {
  meetingTokenType,
  readClaims,
  type TokenClaims,
  type TokenVerdict,
  takesDefaultExp,
  tokenAt,
  withDefaultExp,
} from '../rules/meeting-token-claims.ts';
import { type Claims, own } from '../rules/meeting-token-permissions.ts';
import { type CompactJws, splitCompactJws } from './compact-jws.ts';
import type { TokenDomain, VerifyingKey } from './domain-keys.ts';
import type { Keyring } from './keyring.ts';

export interface VerifierOptions {
  readonly keyring: Keyring;
  /** PUBLIC_URL, as the signer was given it. */
  readonly issuer: string;
  /** No PUBLIC_URL was ever set: processes on one database, each found at a port of this machine, take each other's tokens. */
  readonly acceptsLocalIssuers?: boolean;
  /** The names by which a self-signed token may call its domain, in `aud` or `d`. */
  readonly namesOf?: (domain: TokenDomain) => readonly string[];
  /** How long the domain's tokens are good now, at whichever process that was changed. Left out: as the domain says that is given. */
  readonly lifetimeOf?: (domain: TokenDomain) => Promise<number | null>;
  readonly maxCached?: number;
}

export interface VerifyOptions {
  /** Whoever decides looks at exp and nbf, by the clock of that decision. */
  readonly ignoreTimes?: boolean;
}

interface Cached {
  readonly keyId: string;
  readonly claims: TokenClaims;
}

/**
 * Tells whether a meeting token was signed for this domain, by this service or by the domain's backend, and what it says.
 * Not whether it was revoked or used up, nor for which room it is: those are facts of the database.
 */
export class MeetingTokenVerifier {
  readonly #options: VerifierOptions;
  /** Signatures that were found good; a token is checked each time it comes, but its signature once. A key is of one domain. */
  readonly #cache: LRUCache<string, Cached>;

  constructor(options: VerifierOptions) {
    this.#options = options;
    this.#cache = new LRUCache({ max: options.maxCached ?? 5000 });
  }

  /**
   * A token without exp that the domain's backend signed gets the one that the domain gives to such tokens. Whatever is wrong with the token itself has the one code
   * TOKEN_INVALID; only a token that is otherwise good is told that its time is over, or has not come. `detail` is for the
   * domain's own backend, which asks why: it would teach a forger.
   * @throws what the key store throws: not to know is not a refusal
   */
  async verify(
    domain: TokenDomain,
    jwt: unknown,
    now: Date,
    { ignoreTimes = false }: VerifyOptions = {},
  ): Promise<TokenVerdict> {
    const found = (await this.#recall(domain, jwt)) ?? (await this.#check(domain, jwt));
    if ('detail' in found) return { ok: false, code: 'TOKEN_INVALID', opensAt: null, detail: found.detail };
    const good: TokenVerdict = { ok: true, claims: await this.#withExp(domain, found.claims) };
    return ignoreTimes ? good : tokenAt(good, now);
  }

  async #withExp(domain: TokenDomain, claims: TokenClaims): Promise<TokenClaims> {
    if (!takesDefaultExp(claims)) return claims;
    const { lifetimeOf } = this.#options;
    return withDefaultExp(claims, lifetimeOf ? await lifetimeOf(domain) : domain.meetingTokenLifetimeSeconds);
  }

  async #recall(domain: TokenDomain, jwt: unknown): Promise<Cached | null> {
    const cached = typeof jwt === 'string' ? this.#cache.get(cacheKey(jwt)) : undefined;
    return cached && (await this.#options.keyring.isLive(domain, cached.keyId)) ? cached : null;
  }

  async #check(domain: TokenDomain, jwt: unknown): Promise<Cached | { readonly detail: string }> {
    const split = splitCompactJws(jwt);
    if (!split.ok) return split;
    const { jws } = split;
    const key = await this.#findSigner(domain, jws);
    if ('detail' in key) return key;
    const misplaced = key.isSelfSigning ? this.#checkSelfSigned(jws, domain) : this.#checkOwn(jws, domain);
    if (misplaced !== null) return { detail: misplaced };
    const claims = readClaims(jws.payload, {
      selfSigned: key.isSelfSigning,
      signerKid: key.kid,
      signerId: key.id,
      hashJti: `h_${jws.statementHash}`,
    });
    if ('refusal' in claims) return { detail: claims.why };
    const cached = { keyId: key.id, claims };
    this.#cache.set(cacheKey(jws.text), cached);
    return cached;
  }

  /** What is not signed with a key at hand may be signed with one that was registered a moment ago, at another process. */
  async #findSigner(domain: TokenDomain, jws: CompactJws): Promise<VerifyingKey | { readonly detail: string }> {
    const { keyring } = this.#options;
    const atHand = await keyring.candidates(domain, jws.kid, jws.alg);
    const found = await findSigner(jws, atHand);
    if (found !== null) return found;
    const anew = await keyring.candidatesAnew(domain, jws.kid, jws.alg);
    const tried = new Set(atHand.map(({ id }) => id));
    const signer = await findSigner(
      jws,
      anew.filter(({ id }) => !tried.has(id)),
    );
    if (signer !== null) return signer;
    const detail = "the token's signature is invalid, or its alg does not match its key";
    return { detail: anew.length === 0 ? 'the token was not signed with a key of this domain' : detail };
  }

  #checkOwn(jws: CompactJws, domain: TokenDomain): string | null {
    if (jws.typ !== meetingTokenType) return `the token's typ must be ${meetingTokenType}`;
    if (!this.#isIssuer(own(jws.payload, 'iss'))) return "the token's iss must be this service";
    return namesAudience(own(jws.payload, 'aud'), [domain.name]) ? null : "the token's aud must be this domain";
  }

  #isIssuer(iss: unknown): boolean {
    const { issuer, acceptsLocalIssuers } = this.#options;
    return iss === issuer || (acceptsLocalIssuers === true && /^http:\/\/localhost:\d+$/.test(String(iss)));
  }

  #checkSelfSigned(jws: CompactJws, domain: TokenDomain): string | null {
    if (jws.typ !== null && !['jwt', meetingTokenType].includes(jws.typ.toLowerCase())) {
      return `the token's typ must be JWT or ${meetingTokenType}`;
    }
    const names = this.#options.namesOf?.(domain) ?? [domain.id, domain.name];
    const named = namesGiven(jws.payload);
    if (named.length === 0) return 'the token must name a domain in d or aud';
    return named.every((name) => namesAudience(name, names)) ? null : "the token's d and aud must be this domain";
  }
}

function cacheKey(jwt: string): string {
  return createHash('sha256').update(jwt).digest('base64url');
}

/** The algorithm is the key's. What the header says of it must agree, and decides nothing. */
async function findSigner(jws: CompactJws, keys: readonly VerifyingKey[]): Promise<VerifyingKey | null> {
  for (const key of keys) {
    if (key.algorithm === jws.alg && (await isSignedBy(jws, key))) return key;
  }
  return null;
}

async function isSignedBy(jws: CompactJws, key: VerifyingKey): Promise<boolean> {
  const imported = await key.load();
  return compactVerify(jws.text, imported, { algorithms: [key.algorithm] }).then(
    () => true,
    () => false,
  );
}

function namesGiven(payload: Claims): readonly unknown[] {
  return ['aud', 'd', 'domain_id'].map((name) => own(payload, name)).filter((name) => name !== undefined);
}

function namesAudience(given: unknown, names: readonly string[]): boolean {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  return list.some((name) => typeof name === 'string' && names.includes(name));
}
