import { createHash } from 'node:crypto';
import type { Claims } from '../rules/meeting-token-permissions.ts';
import { parseStrictObject } from './strict-json.ts';

/** A JWS taken apart, its signature not yet checked: nothing in it may be believed. */
export interface CompactJws {
  readonly text: string;
  readonly alg: string;
  readonly kid: string | null;
  readonly typ: string | null;
  readonly payload: Claims;
  /**
   * The same whenever the same statement comes, whatever was done to its signature: an ECDSA signature can be turned into
   * another good one by anybody, and would then pass for a new token.
   */
  readonly statementHash: string;
}

export type SplitJws =
  | { readonly ok: true; readonly jws: CompactJws }
  | { readonly ok: false; readonly detail: string };

/**
 * Longest text that is looked at: its cost is paid before anybody is known. The longest that this service signs has a third of it; a
 * backend's own may have names in JSON's escapes, at three times the length.
 */
const maxCharacters = 24_576;

/** Members that change how the rest is read, or tell where to find a key: never obeyed, so never accepted. */
const refusedMembers = ['crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c', 'x5t', 'x5t#S256', 'zip', 'enc', 'cty'];

/**
 * Takes a JWS in compact form apart. Refuses what is too long, not three parts of canonical base64url, not JSON objects
 * without doubled names, or has a header that asks for more than alg, kid and typ can say.
 */
export function splitCompactJws(value: unknown): SplitJws {
  if (typeof value !== 'string') return refuse('the token must be text');
  if (value.length > maxCharacters) return refuse(`the token must be at most ${maxCharacters} characters long`);
  const parts = value.split('.');
  const [headerPart, payloadPart, signaturePart] = parts;
  if (parts.length !== 3 || !headerPart || !payloadPart || !signaturePart)
    return refuse('the token must be a signed JWT with three parts');
  const [header, payload, signature] = [headerPart, payloadPart, signaturePart].map(decodeCanonical);
  if (!header || !payload || !signature) return refuse('every part of the token must be base64url');
  const head = parseStrictObject(header);
  const claims = parseStrictObject(payload);
  if (head === null || claims === null)
    return refuse("the token's header and payload must be JSON objects without duplicate members");
  const asked = refusedMembers.find((name) => Object.hasOwn(head, name));
  if (asked !== undefined) return refuse(`the token's header must not have the member ${asked}`);
  const { alg, kid = null, typ = null } = head;
  if (typeof alg !== 'string') return refuse("the token's header must have an alg");
  if (kid !== null && typeof kid !== 'string') return refuse("the token's kid must be text");
  if (typ !== null && typeof typ !== 'string') return refuse("the token's typ must be text");
  const statementHash = createHash('sha256').update(`${headerPart}.${payloadPart}`).digest('base64url');
  return { ok: true, jws: { text: value, alg, kid, typ, payload: claims, statementHash } };
}

function refuse(detail: string): SplitJws {
  return { ok: false, detail };
}

/** Null unless the text is exactly what an encoder writes: loose decoders take many texts for the same bytes. */
function decodeCanonical(part: string): Buffer | null {
  const bytes = Buffer.from(part, 'base64url');
  return bytes.toString('base64url') === part ? bytes : null;
}
