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
  /** The userIds of the owners on record. */
  readonly owners?: boolean;
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
    owners: all.some((keys) => keys.owners === true),
  };
}
