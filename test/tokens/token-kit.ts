import { createHmac, generateKeyPairSync, type KeyObject, sign as nodeSign, randomBytes } from 'node:crypto';
import type { DomainId, RoomId } from '../../src/rules/ids.ts';
import type { MeetingToken, TokenTerms } from '../../src/rules/meeting-token.ts';
import type { SelfSigningAlgorithm, SelfSigningKeyMaterial, SigningKey } from '../../src/rules/signing-key.ts';
import type { KeyStore } from '../../src/storage/signing-key.ts';
import type { TokenDomain } from '../../src/tokens/domain-keys.ts';
import { Keyring } from '../../src/tokens/keyring.ts';
import { MeetingTokenSigner } from '../../src/tokens/meeting-token-signer.ts';
import { MeetingTokenVerifier } from '../../src/tokens/meeting-token-verifier.ts';
import { createSecretBox } from '../../src/tokens/secret-box.ts';
import { makeSelfSigningKey } from '../../src/tokens/self-signing-key.ts';

export const issuer = 'https://rooms.example';
export const now = new Date('2026-11-24T09:30:00.000Z');
export const nowSeconds = now.getTime() / 1000;

export function domainNamed(name: string, more: Partial<TokenDomain> = {}): TokenDomain {
  return { id: `id-of-${name}` as DomainId, name, version: 1, meetingTokenLifetimeSeconds: 86_400, ...more };
}

export const domain = domainNamed('acme');

/** Keeps keys as the port asks, for tests of what stands before it. */
class KeysInMemory implements KeyStore {
  signing: readonly SigningKey[] = [];
  selfSigning: readonly SelfSigningKeyMaterial[] = [];
  reads = 0;
  raises = 0;

  async listSigningKeys(domainId: DomainId) {
    this.reads += 1;
    return this.signing
      .filter((row) => row.domainId === domainId && row.retiredAt === null)
      .toSorted((a, b) => b.activeFrom.getTime() - a.activeFrom.getTime());
  }

  async listAllSigningKeys() {
    this.reads += 1;
    return this.signing.filter((row) => row.retiredAt === null);
  }

  async insertSigningKey(row: SigningKey) {
    if (this.signing.some((other) => other.domainId === row.domainId && other.follows === row.follows)) return false;
    this.signing = [...this.signing, row];
    return true;
  }

  async raiseLastTokenExp(_domainId: DomainId, id: SigningKey['id'], exp: Date | null) {
    this.raises += 1;
    return this.#change(id, (row) => {
      const isHigher = exp === null || (row.lastTokenExp !== null && row.lastTokenExp < exp);
      return row.retiredAt === null ? { ...row, lastTokenExp: isHigher ? exp : row.lastTokenExp } : null;
    });
  }

  async retireSigningKey(_domainId: DomainId, id: SigningKey['id'], at: Date) {
    return this.#change(id, (row) => {
      const isOver = row.lastTokenExp !== null && row.lastTokenExp <= at;
      return row.retiredAt === null && isOver ? { ...row, retiredAt: at } : null;
    });
  }

  async replaceSigningKeys(row: SigningKey) {
    const others = this.signing.filter(({ domainId }) => domainId === row.domainId);
    if (!(await this.insertSigningKey(row))) return null;
    for (const { id } of others)
      this.#change(id, (other) => ({ ...other, retiredAt: other.retiredAt ?? row.createdAt, lastTokenExp: null }));
    return others;
  }

  async listSelfSigningKeys(domainId: DomainId) {
    return this.selfSigning.filter((row) => row.domainId === domainId && row.revokedAt === null).toReversed();
  }

  #change(id: SigningKey['id'], change: (row: SigningKey) => SigningKey | null): boolean {
    const row = this.signing.find((other) => other.id === id);
    const changed = row ? change(row) : null;
    if (changed === null) return false;
    this.signing = this.signing.map((other) => (other.id === id ? changed : other));
    return true;
  }
}

/** A service with keys in memory and a clock that is moved by hand. */
export function createTokenKit(masterKey: Uint8Array = randomBytes(32)) {
  const store = new KeysInMemory();
  const box = createSecretBox(masterKey);
  const clock = { ms: 0 };
  const keyring = new Keyring({ store, box, monotonicMs: () => clock.ms });
  const signer = new MeetingTokenSigner(keyring, issuer);
  const verifier = new MeetingTokenVerifier({ keyring, issuer });

  /** Registers a key as a domain's backend does. */
  async function register(algorithm: SelfSigningAlgorithm, publicJwk: string | null = null, owner = domain) {
    const made = await makeSelfSigningKey({ domainId: owner.id, algorithm, publicJwk, now }, box);
    if (!made.ok) throw new Error(made.issues.map((issue) => issue.message).join());
    store.selfSigning = [...store.selfSigning, made.key];
    keyring.forget(owner.id);
    return { row: made.key, secret: made.secret ?? '' };
  }

  return { store, box, clock, keyring, signer, verifier, register };
}

export function makeToken(more: Partial<TokenTerms & Pick<MeetingToken, 'jti' | 'roomId'>> = {}) {
  return {
    jti: 'jti-1',
    roomName: 'standup',
    roomId: 'room-1' as RoomId,
    isOwner: false,
    userName: 'Ann',
    userId: 'u1',
    nbf: null,
    exp: new Date(now.getTime() + 3_600_000),
    knocking: false,
    ejectAtTokenExp: null,
    ejectAfterElapsedSeconds: null,
    startVideoOff: null,
    startAudioOff: null,
    enableScreenshare: null,
    lang: null,
    permissions: null,
    maxUses: null,
    ...more,
  };
}

/** The claims of a Daily backend's token that is good in `domain`. */
export function dailyClaims(more: object = {}): Record<string, unknown> {
  return { r: 'standup', d: domain.id, iat: nowSeconds - 10, exp: nowSeconds + 600, ...more };
}

export function makeKeyPair(algorithm: 'ES256' | 'EdDSA') {
  const pair =
    algorithm === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  return { ...pair, publicJwk: JSON.stringify(pair.publicKey.export({ format: 'jwk' })) };
}

export function encode(part: string | object): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

/** Signs by hand, so that header and payload can be what no library would write. Text is taken as it is. */
export function forge(header: string | object, payload: string | object, key: KeyObject | string): string {
  const input = `${encode(header)}.${encode(payload)}`;
  if (typeof key === 'string') return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
  const isCurve = key.asymmetricKeyType === 'ec';
  const signature = isCurve
    ? nodeSign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
    : nodeSign(null, Buffer.from(input), key);
  return `${input}.${signature.toString('base64url')}`;
}
