import type { KnockId, ParticipantId } from './ids.ts';
import type { TokenClaims } from './meeting-token-claims.ts';

/** What is looked up of a meeting token: all that revoking may name, and which key signed it. */
export type AskedToken = Pick<
  TokenClaims,
  'jti' | 'roomName' | 'userId' | 'iat' | 'selfSigned' | 'signerId' | 'signerKid'
>;

/** What a decision needs beyond the room's living rows. Hashes are hex SHA-256. */
export interface FactKeys {
  readonly knockIds?: readonly KnockId[];
  readonly knockKeys?: readonly string[];
  readonly participantIds?: readonly ParticipantId[];
  readonly participantKeys?: readonly string[];
  /** Sessions, ended ones too, that came in by these admissions. */
  readonly sessionsOf?: readonly KnockId[];
  readonly tokens?: readonly AskedToken[];
  /** Every admission that still lets in. */
  readonly admissions?: boolean;
  /** The userIds of people who may be owners of this room, inside or not. */
  readonly owners?: readonly string[];
}

/**
 * A rule asked for facts that nobody has loaded: it has decided nothing. Whoever asked it loads them and asks again. What was not
 * loaded can so never be taken for what is not there.
 */
export class FactsMissing extends Error {
  readonly needs: FactKeys;

  constructor(needs: FactKeys) {
    super(`a rule asked for facts that were not loaded: ${Object.keys(needs).join(', ')}`);
    this.name = 'FactsMissing';
    this.needs = needs;
  }
}

export function mergeKeys(all: readonly FactKeys[]): FactKeys {
  const [only] = all;
  if (all.length === 1 && only) return only;
  return {
    knockIds: all.flatMap((keys) => keys.knockIds ?? []),
    knockKeys: all.flatMap((keys) => keys.knockKeys ?? []),
    participantIds: all.flatMap((keys) => keys.participantIds ?? []),
    participantKeys: all.flatMap((keys) => keys.participantKeys ?? []),
    sessionsOf: all.flatMap((keys) => keys.sessionsOf ?? []),
    tokens: all.flatMap((keys) => keys.tokens ?? []),
    admissions: all.some((keys) => keys.admissions === true),
    owners: all.flatMap((keys) => keys.owners ?? []),
  };
}

/** Rows of a room by id: those that live, and those that were asked for by key. */
export interface Rows<Id, Row> {
  /** The row, or undefined where there is none. @throws FactsMissing where nobody has looked whether there is one */
  readonly get: (id: Id) => Row | undefined;
  /** The row if it is held. All that live are: only for who looks for a living one. */
  readonly held: (id: Id) => Row | undefined;
  readonly values: () => Iterable<Row>;
}

/** Rows as they are held, with what is known not to be there. */
export class LoadedRows<Id, Row> extends Map<Id, Row> implements Rows<Id, Row> {
  readonly #keysOf: (id: Id) => FactKeys;
  readonly #absent = new Set<Id>();

  /** @param keysOf what to load to find out about an id */
  constructor(keysOf: (id: Id) => FactKeys, rows: Iterable<readonly [Id, Row]> = []) {
    super();
    this.#keysOf = keysOf;
    for (const [id, row] of rows) this.set(id, row);
  }

  override get(id: Id): Row | undefined {
    const row = super.get(id);
    if (row === undefined && !this.#absent.has(id)) throw new FactsMissing(this.#keysOf(id));
    return row;
  }

  held(id: Id): Row | undefined {
    return super.get(id);
  }

  /** These were looked for: those that are not held are not there. */
  wereSought(ids: Iterable<Id>): void {
    for (const id of ids) this.#absent.add(id);
  }

  /** Rows were released: a row that is not held may exist. */
  forgetAbsent(): void {
    this.#absent.clear();
  }
}

/** How a token has ended before its time: it was revoked, or the key was that signed it. */
export type TokenEnd = 'TOKEN_REVOKED' | 'TOKEN_INVALID';

/** What callers who may know the reason read about such a token. */
export const endings: Readonly<Record<TokenEnd, string>> = {
  TOKEN_REVOKED: 'was revoked',
  TOKEN_INVALID: 'was signed by a key that was revoked',
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
