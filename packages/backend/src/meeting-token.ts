import { SignJWT } from 'jose';
import { importSigningKey } from './import-key.ts';
import type { InvalidInput } from './refusal.ts';
import type { SigningKey } from './signing-key.ts';
import { findTermsProblem, type TokenTerms, toSeconds, writeClaims } from './token-terms.ts';

/** A meeting token that this backend signed itself. */
export interface SignedMeetingToken {
  readonly __typename: 'SignedMeetingToken';
  readonly jwt: string;
  /** The id by which it can be revoked. */
  readonly jti: string;
}

/**
 * Signs a meeting token without asking the service, which takes it as one of its own while `key` is registered there. What contradicts
 * itself is refused here as by `createMeetingToken`.
 * @param terms what the token says. Without `exp` it lives as long as the domain says
 * @param now when it is issued; left out: now, by this machine's clock. The service takes one that is up to 5 seconds ahead of its own;
 *   `access.now` of `explainEntry` tells the service's
 * @throws {VestibuleSetupError} BAD_SIGNING_KEY
 */
export async function signMeetingToken(
  terms: TokenTerms,
  key: SigningKey,
  now: Date = new Date(),
): Promise<SignedMeetingToken | InvalidInput> {
  const signing = await importSigningKey(key);
  const problem = findTermsProblem(terms, now);
  if (problem !== null) return problem;
  const jti = crypto.randomUUID();
  const kid = key.kid === undefined ? {} : { kid: key.kid };
  const jwt = await new SignJWT({ ...writeClaims(terms), aud: key.domain, jti, iat: toSeconds(now) })
    .setProtectedHeader({ alg: key.algorithm, typ: 'meeting-token+jwt', ...kid })
    .sign(signing);
  return { __typename: 'SignedMeetingToken', jwt, jti };
}
