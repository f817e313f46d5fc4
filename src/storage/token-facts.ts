import { type AskedToken, LoadedTokens } from '../rules/fact-keys.ts';
import { clockLeewaySeconds } from '../rules/meeting-token.ts';
import type { TokenRead } from './room-store.ts';

// What is known about meeting tokens: whether they were revoked in their domain, and how often they were used in a room. The list of tokens
// is one parameter, and the answers come in its order.

export const askedShape =
  'jti text, "roomName" text, "userId" text, iat timestamptz, "selfSigned" boolean, "signerId" uuid, "signerKid" text';

/**
 * True where a revocation covers a self-signed token, else null, as SQL.
 * @param leeway how far ahead of the service the clock may be that wrote the token's iat
 */
export function isNoted(t: string, domainId: string, leeway = `${clockLeewaySeconds} seconds`): string {
  const written = (which: string) => `(select true from revocations v where v.domain_id = ${domainId} and ${which}
      and ${coversSignedAt('v', `${t}.iat`, leeway)} limit 1)`;
  const ofToken = `v.jti = ${t}.jti and (v.room_name is null or v.room_name = ${t}."roomName")
      and (v.user_id is null or v.user_id = ${t}."userId")`;
  // One by one, so that each is looked up in the index.
  const ofUser = `v.jti is null and v.user_id = ${t}."userId" and v.room_name is null`;
  const ofUserInRoom = `v.jti is null and v.user_id = ${t}."userId" and v.room_name = ${t}."roomName"`;
  const ofRoom = `v.jti is null and v.user_id is null and v.room_name = ${t}."roomName"`;
  return `coalesce(${[ofToken, ofUser, ofUserInRoom, ofRoom].map(written).join(', ')})`;
}

/** A recorded token says itself that it was revoked. A token that nobody has seen yet is compared with the revocations. */
function isRevoked(t: string, domainId: string): string {
  return `coalesce((select true from meeting_tokens m where m.domain_id = ${domainId} and m.jti = ${t}.jti and m.revoked_at is not null limit 1),
    case when ${t}."selfSigned" then ${isNoted(t, domainId)} end, false)`;
}

/** Tokens from before signers had ids are known only by their kid. */
function hasSigner(t: string, domainId: string): string {
  return `coalesce((select s.revoked_at is null from self_signing_keys s where s.domain_id = ${domainId} and s.id = ${t}."signerId"),
    (select ${t}."signerId" is null from self_signing_keys s
      where s.domain_id = ${domainId} and s.kid = ${t}."signerKid" and s.revoked_at is null limit 1), false)`;
}

/** Did one of the service's own keys sign it that has ended before its time? */
function isOfEndedKey(t: string, domainId: string): string {
  return `exists (select 1 from signing_keys s where s.domain_id = ${domainId} and s.kid = ${t}."signerKid"
    and s.retired_at is not null and s.last_token_exp is null)`;
}

/** Why a token ended before its time, as the code of the refusal. Null: it has not ended. */
export function endOf(t: string, domainId: string): string {
  return `case when case when ${t}."selfSigned" then not ${hasSigner(t, domainId)} else ${isOfEndedKey(t, domainId)} end then 'TOKEN_INVALID'
    when ${isRevoked(t, domainId)} then 'TOKEN_REVOKED' end`;
}

/**
 * What is known about the tokens in a list, in its order, as SQL.
 * @param tokens the list, as JSON in a text
 * @param roomId where they are used; null: in no room
 */
export function tokenFacts(tokens: string, domainId: string, roomId: string): string {
  return `coalesce((select jsonb_agg(jsonb_build_object('uses', coalesce((select u.uses from token_uses u
      where u.domain_id = ${domainId} and u.room_id = ${roomId} and u.jti = t.jti), 0), 'ended', ${endOf('t', domainId)}) order by t.place)
    from rows from (jsonb_to_recordset(${tokens}::text::jsonb) as (${askedShape}))
      with ordinality as t(jti, "roomName", "userId", iat, "selfSigned", "signerId", "signerKid", place)), '[]'::jsonb)`;
}

export function tokensParam(tokens: readonly AskedToken[]): string {
  return JSON.stringify(
    tokens.map(({ jti, roomName, userId, iat, selfSigned, signerId, signerKid }) => ({
      ...{ jti, roomName, userId, iat },
      // A key of the service has no such id, whatever the claims say.
      ...{ selfSigned, signerId: selfSigned ? signerId : null, signerKid },
    })),
  );
}

/** Pairs each token that was asked for with what was found. */
export function readTokens(asked: readonly AskedToken[], facts: readonly TokenRead['fact'][]): readonly TokenRead[] {
  return asked.map((token, index) => {
    const fact = facts[index];
    if (fact === undefined) throw new Error('every token that was asked for is answered');
    return { token, fact };
  });
}

export function loadTokens(read: readonly TokenRead[]): LoadedTokens {
  const tokens = new LoadedTokens();
  for (const { token, fact } of read) tokens.load(token, fact);
  return tokens;
}

/**
 * Whether a revocation covers a self-signed token, as SQL. Its iat comes from another clock than the revocation, and that clock may be
 * ahead by the leeway: everything that may have been signed before the revocation is covered.
 * @param revocation the alias of its row; @param iat an expression
 */
export function coversSignedAt(revocation: string, iat: string, leeway = `${clockLeewaySeconds} seconds`): string {
  return `${revocation}.revoked_at >= ${iat} - interval '${leeway}'`;
}
