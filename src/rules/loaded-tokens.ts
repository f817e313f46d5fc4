import { type AskedToken, FactsMissing } from './fact-keys.ts';

/** How a token has ended before its time: it was revoked, or the self-signing key was that signed it. */
export type TokenEnd = 'TOKEN_REVOKED' | 'TOKEN_INVALID';

/** What is said of such a token to whoever may know why. */
export const endings: Readonly<Record<TokenEnd, string>> = {
  TOKEN_REVOKED: 'was revoked',
  TOKEN_INVALID: 'was signed by a self-signing key that was revoked',
};

/** What became of a meeting token, in one room and in its domain. */
export interface TokenFact {
  /** How often it was used in this room. */
  readonly uses: number;
  /** Null: it has not. */
  readonly ended: TokenEnd | null;
}

/** What is known of meeting tokens. */
export interface TokenFacts {
  /** @throws FactsMissing where nobody has looked the token up */
  readonly get: (token: AskedToken) => TokenFact;
  /** For who will ask for many. @throws FactsMissing naming all of these that nobody has looked up */
  readonly require: (tokens: readonly AskedToken[]) => void;
}

/** Tokens that were looked up, each by all that revoking may name: a self-signed one may share its jti with another. */
export class LoadedTokens implements TokenFacts {
  readonly #ended = new Map<string, TokenEnd | null>();
  readonly #uses = new Map<string, number>();

  get(token: AskedToken): TokenFact {
    const ended = this.#ended.get(nameOf(token));
    if (ended === undefined) throw new FactsMissing({ tokens: [token] });
    return { ended, uses: this.#uses.get(token.jti) ?? 0 };
  }

  require(tokens: readonly AskedToken[]): void {
    const missing = tokens.filter((token) => !this.#ended.has(nameOf(token)));
    if (missing.length > 0) throw new FactsMissing({ tokens: missing });
  }

  load(token: AskedToken, { uses, ended }: TokenFact): void {
    this.#ended.set(nameOf(token), ended);
    this.#uses.set(token.jti, uses);
  }

  usesOf(jti: string): number {
    return this.#uses.get(jti) ?? 0;
  }

  setUses(jti: string, uses: number): void {
    this.#uses.set(jti, uses);
  }

  clear(): void {
    this.#ended.clear();
    this.#uses.clear();
  }
}

function nameOf({ jti, roomName, userId, iat, selfSigned, signerId, signerKid }: AskedToken): string {
  return JSON.stringify([jti, roomName, userId, iat?.getTime() ?? null, selfSigned, signerId, signerKid]);
}
