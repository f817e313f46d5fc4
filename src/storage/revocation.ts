import { clockLeewaySeconds } from '../rules/meeting-token.ts';

/**
 * Whether a revocation covers a self-signed token, as SQL. Its iat is of another clock than the revocation: whatever may have been
 * signed up to then, by a clock that is ahead as far as clocks may be, is covered.
 * @param revocation the alias of its row; @param iat an expression
 */
export function coversSignedAt(revocation: string, iat: string): string {
  return `${revocation}.revoked_at >= ${iat} - interval '${clockLeewaySeconds} seconds'`;
}
