import { type AskedToken, FactsMissing } from './fact-keys.ts';

/** What became of a meeting token, in one room and in its domain. */
export interface TokenFact {
  /** How often it was used in this room. */
  readonly uses: number;
  readonly isRevoked: boolean;
}

/** What is known of meeting tokens. */
export interface TokenFacts {
  /** @throws FactsMissing where nobody has looked the token up */
  readonly get: (token: AskedToken) => TokenFact;
}

/** Tokens that were looked up, each by all that revoking may name: a self-signed one may share its jti with another. */
export class LoadedTokens implements TokenFacts {
  readonly #revoked = new Map<string, boolean>();
  readonly #uses = new Map<string, number>();

  get(token: AskedToken): TokenFact {
    const isRevoked = this.#revoked.get(nameOf(token));
    if (isRevoked === undefined) throw new FactsMissing({ tokens: [token] });
    return { isRevoked, uses: this.#uses.get(token.jti) ?? 0 };
  }

  load(token: AskedToken, { uses, isRevoked }: TokenFact): void {
    this.#revoked.set(nameOf(token), isRevoked);
    this.#uses.set(token.jti, uses);
  }

  usesOf(jti: string): number {
    return this.#uses.get(jti) ?? 0;
  }

  setUses(jti: string, uses: number): void {
    this.#uses.set(jti, uses);
  }

  clear(): void {
    this.#revoked.clear();
    this.#uses.clear();
  }
}

function nameOf({ jti, roomName, userId, iat, selfSigned }: AskedToken): string {
  return JSON.stringify([jti, roomName, userId, iat?.getTime() ?? null, selfSigned]);
}
