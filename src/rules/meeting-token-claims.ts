import {
  defaultExp,
  hasExpired,
  isCount,
  isNotYetValid,
  lastInstant,
  type MeetingToken,
  maxUserNameCharacters,
  startsAt,
  type TokenTerms,
} from './meeting-token.ts';
import { ClaimError, type Claims, either, own, readPermissions, shortKinds } from './meeting-token-permissions.ts';
import type { PermissionsPatch } from './permissions.ts';
import type { EntryCode } from './refusal.ts';
import { cleanText, isLanguageTag, isRoomName, maxJtiCharacters, maxUserIdCharacters } from './text.ts';

/** The `typ` of a token that this service signs. */
export const meetingTokenType = 'meeting-token+jwt';

/** What a verified token means, whoever signed it and whichever names its claims had. */
export interface TokenClaims extends TokenTerms {
  readonly jti: string;
  readonly roomId: string | null;
  readonly iat: Date | null;
  /** Signed by the domain's own backend, not by this service. */
  readonly selfSigned: boolean;
  readonly signerKid: string;
  /** The id of the key; null where it was not written down, before this was kept. A kid may come again, under another key. */
  readonly signerId: string | null;
}

/** The claims cannot be read, or contradict each other. `why` is for the domain's own backend only. */
export interface UnreadableClaims {
  readonly refusal: 'TOKEN_INVALID';
  readonly why: string;
}

export interface ClaimSource {
  readonly selfSigned: boolean;
  readonly signerKid: string;
  readonly signerId: string;
  /** Replaces the missing jti of a self-signed token. The same token always has the same one. */
  readonly hashJti: string;
}

/** Are both what one and the same token says? Of a self-signed one the jti alone does not tell. */
export function isSameToken(a: TokenClaims, b: TokenClaims): boolean {
  return (
    a.jti === b.jti &&
    a.signerKid === b.signerKid &&
    a.iat?.getTime() === b.iat?.getTime() &&
    a.userId === b.userId &&
    a.isOwner === b.isOwner &&
    a.knocking === b.knocking
  );
}

/** Our long names, and Daily's abbreviations for those that Daily has too. */
const shortNames = {
  room_name: 'r',
  is_owner: 'o',
  user_name: 'u',
  user_id: 'ud',
  knocking: 'k',
  enable_screenshare: 'ss',
  start_video_off: 'vo',
  start_audio_off: 'ao',
  eject_at_token_exp: 'ejt',
  eject_after_elapsed: 'eje',
  lang: 'uil',
  permissions: 'p',
} as const;

/**
 * Reads the payload of a token whose signature is good. Claims that are not known are passed over; a wrong type, a text that
 * may not be stored, an absurd date or a contradiction refuses the whole token. Abbreviations count only in self-signed tokens.
 */
export function readClaims(payload: Claims, source: ClaimSource): TokenClaims | UnreadableClaims {
  try {
    const claims = source.selfSigned ? expand(payload) : payload;
    return checkTogether(readEach(claims, source), claims);
  } catch (error) {
    if (error instanceof ClaimError) return { refusal: 'TOKEN_INVALID', why: error.message };
    throw error;
  }
}

/** Null means left out, except for the room: a null there is a slip that would open every room. */
function expand(payload: Claims): Claims {
  return {
    ...payload,
    ...Object.fromEntries(Object.entries(shortNames).map(([long, short]) => [long, either(payload, long, short)])),
  };
}

/** Is it for the domain to say when this token expires? It is for self-signed ones that do not say it themselves. */
export function takesDefaultExp({ selfSigned, exp }: TokenClaims): boolean {
  return selfSigned && exp === null;
}

/** A self-signed token without exp is good for as long as the domain says, from its iat on. Null: it never expires. */
export function withDefaultExp(claims: TokenClaims, domainLifetimeSeconds: number | null): TokenClaims {
  if (!takesDefaultExp(claims) || claims.iat === null) return claims;
  return { ...claims, exp: defaultExp(domainLifetimeSeconds, claims.iat) };
}

function readEach(claims: Claims, source: ClaimSource): TokenClaims {
  return {
    jti: readJti(claims, source),
    roomName: readRoomName(claims),
    roomId: readText(claims, 'room_id', 64),
    isOwner: readFlag(claims, 'is_owner') ?? false,
    userName: readText(claims, 'user_name', maxUserNameCharacters),
    userId: readText(claims, 'user_id', maxUserIdCharacters),
    nbf: readDate(claims, 'nbf'),
    exp: readDate(claims, 'exp'),
    iat: readDate(claims, 'iat'),
    knocking: readFlag(claims, 'knocking') ?? false,
    ejectAtTokenExp: readFlag(claims, 'eject_at_token_exp'),
    ejectAfterElapsedSeconds: readCount(claims, 'eject_after_elapsed'),
    startVideoOff: readFlag(claims, 'start_video_off'),
    startAudioOff: readFlag(claims, 'start_audio_off'),
    enableScreenshare: readFlag(claims, 'enable_screenshare'),
    lang: readLang(claims),
    permissions: isGiven(own(claims, 'permissions')) ? readPermissions(own(claims, 'permissions')) : null,
    maxUses: readCount(claims, 'max_uses'),
    selfSigned: source.selfSigned,
    signerKid: source.signerKid,
    signerId: source.signerId,
  };
}

function checkTogether(token: TokenClaims, claims: Claims): TokenClaims {
  const anyRoom = readFlag(claims, 'any_room');
  if (token.roomName !== null && anyRoom === true) throw new ClaimError('any_room cannot be combined with room_name');
  if (token.roomName === null && anyRoom === false)
    throw new ClaimError('room_name is required, because any_room is false');
  if (token.roomName === null && token.roomId !== null) throw new ClaimError('room_id requires room_name');
  if (token.roomName === null && token.maxUses !== null) throw new ClaimError('max_uses requires room_name');
  if (token.isOwner && token.knocking) throw new ClaimError('knocking cannot be combined with is_owner');
  if (token.iat === null) {
    throw new ClaimError(
      'iat is required: it shows whether the token is for this room or for an earlier room with the same name',
    );
  }
  if (token.selfSigned) return token;
  if (token.roomName === null && anyRoom !== true) throw new ClaimError('room_name or any_room is required');
  if (token.roomName !== null && token.roomId === null) throw new ClaimError('room_id is required');
  return token;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function readJti(claims: Claims, source: ClaimSource): string {
  const jti = readText(claims, 'jti', maxJtiCharacters);
  if (jti === null && !source.selfSigned) throw new ClaimError('jti is required');
  return jti ?? source.hashJti;
}

function readRoomName(claims: Claims): string | null {
  const value = own(claims, 'room_name');
  if (value === undefined) return null;
  if (typeof value !== 'string' || !isRoomName(value)) throw new ClaimError('room_name must be the name of a room');
  return value;
}

/** Empty text means left out, as backends write a name that they do not know. */
function readText(claims: Claims, name: string, maxCharacters: number): string | null {
  const value = own(claims, name);
  if (!isGiven(value) || value === '') return null;
  if (typeof value !== 'string') throw new ClaimError(`${name} must be text`);
  const text = cleanText(value, maxCharacters);
  if (!text.ok) throw new ClaimError(`${name} ${text.problem}`);
  return text.value;
}

function readLang(claims: Claims): string | null {
  const lang = readText(claims, 'lang', 35);
  if (lang !== null && !isLanguageTag(lang)) throw new ClaimError('lang must be a language tag');
  return lang;
}

function readFlag(claims: Claims, name: string): boolean | null {
  const value = own(claims, name);
  if (!isGiven(value)) return null;
  if (typeof value !== 'boolean') throw new ClaimError(`${name} must be true or false`);
  return value;
}

function readCount(claims: Claims, name: string): number | null {
  const value = own(claims, name);
  if (!isGiven(value)) return null;
  if (typeof value !== 'number' || !isCount(value)) throw new ClaimError(`${name} must be a whole number, 1 or more`);
  return value;
}

/** Seconds since 1970, fractions allowed. */
function readDate(claims: Claims, name: string): Date | null {
  const value = own(claims, name);
  if (!isGiven(value)) return null;
  const milliseconds = typeof value === 'number' ? Math.round(value * 1000) : Number.NaN;
  if (!(milliseconds >= 0 && milliseconds <= lastInstant.getTime())) {
    throw new ClaimError(`${name} must be in seconds since 1970, and not after the year 9999`);
  }
  return new Date(milliseconds);
}

/** The claims under which this service signs a token; `readClaims` reads the same terms back. Null fields are left out. */
export function writeClaims(token: TokenTerms & Pick<MeetingToken, 'jti' | 'roomId'>): Claims {
  const claims = {
    jti: token.jti,
    room_name: token.roomName,
    room_id: token.roomId,
    any_room: token.roomName === null ? true : null,
    is_owner: token.isOwner || null,
    user_name: token.userName,
    user_id: token.userId,
    nbf: toSeconds(token.nbf),
    exp: toSeconds(token.exp),
    knocking: token.knocking || null,
    eject_at_token_exp: token.ejectAtTokenExp,
    eject_after_elapsed: token.ejectAfterElapsedSeconds,
    start_video_off: token.startVideoOff,
    start_audio_off: token.startAudioOff,
    enable_screenshare: token.enableScreenshare,
    lang: token.lang,
    permissions: token.permissions === null ? null : writePermissions(token.permissions),
    max_uses: token.maxUses,
  };
  return dropNulls(claims);
}

/** Exceptions are written short: a token travels in a URL, and they are what makes one long. */
function writePermissions({ canReceive, ...rest }: PermissionsPatch): Claims {
  const overrides = canReceive?.overrides?.map(({ userId, participantId, kinds }) =>
    dropNulls({ userId, participantId, kinds: shortKinds(kinds) }),
  );
  return dropNulls({ ...rest, canReceive: canReceive && { base: canReceive.base, overrides: overrides ?? null } });
}

function toSeconds(date: Date | null): number | null {
  return date === null ? null : date.getTime() / 1000;
}

function dropNulls(value: object): Claims {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== null)
      .map(([name, field]: [string, unknown]) => [name, isPlain(field) ? dropNulls(field) : field]),
  );
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What looking at a meeting token by itself said: signature, domain, type, time. Revocation is a fact of the domain. */
export type TokenVerdict =
  | { readonly ok: true; readonly claims: TokenClaims }
  | { readonly ok: false; readonly code: EntryCode; readonly opensAt: Date | null; readonly detail: string };

/** What a token that was verified before is worth at this instant: a decision goes by the clock that it is made by. */
export function tokenAt<Verdict extends TokenVerdict | null>(verdict: Verdict, now: Date): Verdict | TokenVerdict {
  if (!verdict?.ok) return verdict;
  if (hasExpired(verdict.claims, now)) {
    return { ok: false, code: 'TOKEN_EXPIRED', opensAt: null, detail: "the token's exp has passed" };
  }
  if (isNotYetValid(verdict.claims, now)) {
    const opensAt = startsAt(verdict.claims);
    return {
      ok: false,
      code: 'TOKEN_NOT_YET_VALID',
      opensAt,
      detail: "the token's nbf, or the iat of a self-signed token, is in the future",
    };
  }
  return verdict;
}
