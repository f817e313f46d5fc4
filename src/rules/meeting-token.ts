import type { DomainId, MeetingTokenId, RoomId } from './ids.ts';
import { checkPermissions, maxTokenOverrides, type PermissionsInput, type PermissionsPatch } from './permissions.ts';
import type { InputIssue, Maybe } from './refusal.ts';
import type { Room } from './room.ts';
import { cleanText, isLanguageTag, isRoomName, maxUserIdCharacters } from './text.ts';

/** What a token says of its holder. Null: the token does not say it. */
export interface TokenTerms {
  /** Null: opens every room of the domain. */
  readonly roomName: string | null;
  readonly isOwner: boolean;
  readonly userName: string | null;
  readonly userId: string | null;
  readonly nbf: Date | null;
  /** Null: it never expires. */
  readonly exp: Date | null;
  /** The holder must still be let in. */
  readonly knocking: boolean;
  /** Null and false differ: false exempts the session from the room's own ejections. */
  readonly ejectAtTokenExp: boolean | null;
  readonly ejectAfterElapsedSeconds: number | null;
  readonly startVideoOff: boolean | null;
  readonly startAudioOff: boolean | null;
  readonly enableScreenshare: boolean | null;
  readonly lang: string | null;
  readonly permissions: PermissionsPatch | null;
  readonly maxUses: number | null;
}

/** A meeting token on record: what it says, and what became of it. The signed text is never kept. */
export interface MeetingToken extends TokenTerms {
  readonly id: MeetingTokenId;
  readonly domainId: DomainId;
  readonly jti: string;
  readonly roomId: RoomId | null;
  readonly selfSigned: boolean;
  readonly uses: number;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

export type MeetingTokenStatus = 'ACTIVE' | 'NOT_YET_VALID' | 'EXPIRED' | 'REVOKED' | 'USED_UP';

/** What a token is worth at that instant. Whatever ends it for good goes before what passes by itself. */
export function tokenStatus(
  token: Pick<MeetingToken, 'nbf' | 'exp' | 'maxUses' | 'uses' | 'revokedAt'>,
  now: Date,
): MeetingTokenStatus {
  if (token.revokedAt !== null) return 'REVOKED';
  if (hasExpired(token, now)) return 'EXPIRED';
  if (token.maxUses !== null && token.uses >= token.maxUses) return 'USED_UP';
  return isNotYetValid(token, now) ? 'NOT_YET_VALID' : 'ACTIVE';
}

/** From the very instant of exp on a token opens nothing. */
export function hasExpired(token: Pick<TokenTerms, 'exp'>, now: Date): boolean {
  return token.exp !== null && token.exp <= now;
}

/** So far the clocks of those who sign and of those who judge may differ, wherever nbf or iat is judged. */
export const clockLeewaySeconds = 5;

/** Is an instant from another clock in the future, by more than clocks differ? */
export function liesAhead(at: Date, now: Date): boolean {
  return at.getTime() - now.getTime() > clockLeewaySeconds * 1000;
}

/**
 * Was a token issued before this room was created, for an earlier one of its name? An iat has no fractions: one in the second of the
 * room's creation is taken as after it. Where no earlier room had the name it can be meant for no other room, and clocks may differ.
 */
export function wasIssuedBefore({ createdAt, reusesName }: Pick<Room, 'createdAt' | 'reusesName'>, iat: Date): boolean {
  const createdSecond = Math.floor(createdAt.getTime() / 1000) * 1000;
  return iat.getTime() < createdSecond - (reusesName ? 0 : clockLeewaySeconds * 1000);
}

/** The claims that say when a token becomes valid. A recorded token has no iat, see `startsAt`. */
export type TokenStart = Pick<TokenTerms, 'nbf'> & { readonly selfSigned?: boolean; readonly iat?: Date | null };

/**
 * When a token begins to be good; null: from ever. A self-signed one is not good before the instant at which it says that it was
 * signed: a revocation covers what was signed up to then, and a token could otherwise claim to be signed later.
 */
export function startsAt({ nbf, selfSigned = false, iat = null }: TokenStart): Date | null {
  if (!selfSigned || iat === null) return nbf;
  return nbf !== null && nbf > iat ? nbf : iat;
}

/** At the very instant from which a token is good, and a leeway before it, it is valid. */
export function isNotYetValid(token: TokenStart, now: Date): boolean {
  const start = startsAt(token);
  return start !== null && liesAhead(start, now);
}

/** A meeting token as a backend asks for it. */
export interface CreateMeetingTokenInput {
  readonly roomName?: Maybe<string>;
  readonly anyRoom?: Maybe<boolean>;
  readonly isOwner?: Maybe<boolean>;
  readonly userName?: Maybe<string>;
  readonly userId?: Maybe<string>;
  readonly nbf?: Maybe<Date>;
  readonly exp?: Maybe<Date>;
  readonly knocking?: Maybe<boolean>;
  readonly ejectAtTokenExp?: Maybe<boolean>;
  readonly ejectAfterElapsedSeconds?: Maybe<number>;
  readonly startVideoOff?: Maybe<boolean>;
  readonly startAudioOff?: Maybe<boolean>;
  readonly enableScreenshare?: Maybe<boolean>;
  readonly lang?: Maybe<string>;
  readonly permissions?: Maybe<PermissionsInput>;
  readonly maxUses?: Maybe<number>;
}

export type CheckedMeetingTokenInput =
  | { readonly ok: true; readonly value: TokenTerms }
  | { readonly ok: false; readonly issues: readonly InputIssue[] };

export const maxUserNameCharacters = 128;
/** The last instant that a date of four figures can name; dates beyond it are mistakes, such as milliseconds for seconds. */
export const lastInstant = new Date('9999-12-31T23:59:59.999Z');

/**
 * Brings what a backend asks for to the terms of a token, and names every field that cannot be granted.
 * @param domainLifetimeSeconds how long a token lives that names no exp, counted from `now`; null: it never expires
 */
export function checkMeetingTokenInput(
  input: CreateMeetingTokenInput,
  domainLifetimeSeconds: number | null,
  now: Date,
): CheckedMeetingTokenInput {
  const { patch, issues: permissionIssues } = checkPermissions(
    input.permissions,
    ['input', 'permissions'],
    maxTokenOverrides,
  );
  const terms = toTerms(input, patch, domainLifetimeSeconds, now);
  const issues = [
    ...findRoomIssues(input),
    ...findTextIssues(input),
    ...findTimeIssues(input, terms, now),
    ...findNumberIssues(input),
    ...permissionIssues,
  ];
  return issues.length === 0 ? { ok: true, value: terms } : { ok: false, issues };
}

function toTerms(
  input: CreateMeetingTokenInput,
  permissions: PermissionsPatch | null,
  domainLifetimeSeconds: number | null,
  now: Date,
): TokenTerms {
  return {
    roomName: input.roomName ?? null,
    isOwner: input.isOwner ?? false,
    userName: cleaned(input.userName, maxUserNameCharacters),
    userId: cleaned(input.userId, maxUserIdCharacters),
    nbf: input.nbf ?? null,
    exp: input.exp ?? defaultExp(domainLifetimeSeconds, now),
    knocking: input.knocking ?? false,
    ejectAtTokenExp: input.ejectAtTokenExp ?? null,
    ejectAfterElapsedSeconds: input.ejectAfterElapsedSeconds ?? null,
    startVideoOff: input.startVideoOff ?? null,
    startAudioOff: input.startAudioOff ?? null,
    enableScreenshare: input.enableScreenshare ?? null,
    lang: input.lang ?? null,
    permissions,
    maxUses: input.maxUses ?? null,
  };
}

/**
 * When a token ends that names no exp: so long after it was made; null: never. A whole second, since most JWT libraries read exp
 * as one.
 */
export function defaultExp(lifetimeSeconds: number | null, madeAt: Date): Date | null {
  if (lifetimeSeconds === null) return null;
  const exp = Math.ceil(madeAt.getTime() / 1000 + lifetimeSeconds) * 1000;
  return new Date(Math.min(exp, lastInstant.getTime()));
}

function cleaned(value: Maybe<string>, maxCharacters: number): string | null {
  if (value === null || value === undefined) return null;
  const text = cleanText(value, maxCharacters);
  return text.ok ? text.value : null;
}

function issue(field: keyof CreateMeetingTokenInput, message: string): InputIssue {
  return { path: ['input', field], message };
}

function findRoomIssues(input: CreateMeetingTokenInput): readonly InputIssue[] {
  const roomName = input.roomName ?? null;
  if (roomName === null && input.anyRoom !== true) {
    const why = 'a token without it opens every room of the domain. Send `anyRoom: true` if you want that';
    return [issue('roomName', `is required: ${why}`)];
  }
  if (roomName === null) return [];
  return [
    ...(input.anyRoom === true ? [issue('anyRoom', 'cannot be combined with roomName: send one of the two')] : []),
    ...(isRoomName(roomName) ? [] : [issue('roomName', 'must be 1 to 128 characters from A-Z a-z 0-9 - _')]),
  ];
}

function findTextIssues(input: CreateMeetingTokenInput): readonly InputIssue[] {
  const fields = [
    ['userName', maxUserNameCharacters],
    ['userId', maxUserIdCharacters],
  ] as const;
  const texts = fields.flatMap(([field, maxCharacters]) => {
    const value = input[field] ?? null;
    const text = value === null ? null : cleanText(value, maxCharacters);
    return text === null || text.ok ? [] : [issue(field, text.problem)];
  });
  const lang = input.lang ?? null;
  return lang === null || isLanguageTag(lang)
    ? texts
    : [...texts, issue('lang', 'must be a language tag such as en or pt-BR')];
}

function findTimeIssues(input: CreateMeetingTokenInput, terms: TokenTerms, now: Date): readonly InputIssue[] {
  const fields = ['nbf', 'exp'] as const;
  const absurd = fields.filter((field) => input[field] && !isPlausible(input[field]));
  if (absurd.length > 0) return absurd.map((field) => issue(field, 'must be a date between 1970 and 9999'));
  if (input.exp && input.exp <= now) return [issue('exp', 'must be in the future')];
  if (terms.nbf !== null && terms.exp !== null && terms.nbf >= terms.exp) {
    const why = input.exp
      ? 'exp'
      : "the token's default expiry (the domain's meetingTokenLifetimeSeconds): send exp too";
    return [issue('nbf', `must be before ${why}`)];
  }
  return [];
}

function isPlausible(date: Date): boolean {
  return date.getTime() >= 0 && date <= lastInstant;
}

function findNumberIssues(input: CreateMeetingTokenInput): readonly InputIssue[] {
  const maxUses = input.maxUses ?? null;
  return [
    ...(isCount(input.ejectAfterElapsedSeconds ?? 1) ? [] : [issue('ejectAfterElapsedSeconds', 'must be at least 1')]),
    ...(isCount(maxUses ?? 1) ? [] : [issue('maxUses', 'must be at least 1')]),
    ...(maxUses !== null && !input.roomName ? [issue('maxUses', 'requires roomName: uses are counted per room')] : []),
    ...(input.isOwner && input.knocking
      ? [issue('knocking', 'cannot be combined with isOwner: owners do not need to knock')]
      : []),
  ];
}

/** A whole number from 1 to what a column of 32 bits holds. */
export function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 2_147_483_647;
}
