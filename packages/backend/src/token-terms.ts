import type { CreateMeetingTokenInput } from './generated/graphql.ts';
import { type InvalidInput, invalidInput } from './refusal.ts';
import { findUnsendable } from './unsendable.ts';

/** What a meeting token says: the fields of `createMeetingToken`. */
export type TokenTerms = CreateMeetingTokenInput;

type Kind = 'text' | 'flag' | 'count' | 'instant' | 'record';

/** Each field with the claim that says it in a token, and what it holds. A field that the API gains is missing here, which the compiler says. */
const fields: { readonly [Field in keyof Required<TokenTerms>]: readonly [claim: string, kind: Kind] } = {
  roomName: ['room_name', 'text'],
  anyRoom: ['any_room', 'flag'],
  isOwner: ['is_owner', 'flag'],
  userName: ['user_name', 'text'],
  userId: ['user_id', 'text'],
  nbf: ['nbf', 'instant'],
  exp: ['exp', 'instant'],
  knocking: ['knocking', 'flag'],
  ejectAtTokenExp: ['eject_at_token_exp', 'flag'],
  ejectAfterElapsedSeconds: ['eject_after_elapsed', 'count'],
  startVideoOff: ['start_video_off', 'flag'],
  startAudioOff: ['start_audio_off', 'flag'],
  enableScreenshare: ['enable_screenshare', 'flag'],
  lang: ['lang', 'text'],
  permissions: ['permissions', 'record'],
  maxUses: ['max_uses', 'count'],
};

const isOfKind: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string' && value.isWellFormed(),
  flag: (value) => typeof value === 'boolean',
  count: (value) => typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 2_147_483_647,
  instant: (value) => toSeconds(value) >= 0 && toSeconds(value) <= lastSecond,
  record: (value) => typeof value === 'object',
};

const needed: Readonly<Record<Kind, string>> = {
  text: 'must be text',
  flag: 'must be true or false',
  count: 'must be a whole number, 1 or more',
  instant: 'must be a Date or an RFC 3339 text with a time zone, between 1970 and 9999',
  record: 'must be an object',
};

const lastSecond = Date.UTC(9999, 11, 31, 23, 59, 59, 999) / 1000;

/** What a token would say that the service does not take, at the time when it is signed. Which characters a text may hold, the service says. */
export function findTermsProblem(terms: TokenTerms, now: Date): InvalidInput | null {
  const unsendable = findUnsendable(terms, ['input']);
  if (unsendable !== null) return unsendable;
  for (const [name, value] of Object.entries(terms)) {
    const kind = kindOf(name);
    if (kind === null) return refuse(name, 'is no field of a meeting token');
    if (isGiven(value) && !isOfKind[kind](value)) return refuse(name, needed[kind]);
  }
  return findTextProblem(terms) ?? findContradiction(terms, now);
}

function findTextProblem({ roomName, userName, userId, lang }: TokenTerms): InvalidInput | null {
  if (isGiven(roomName) && !/^[A-Za-z0-9_-]{1,128}$/.test(roomName)) {
    return refuse('roomName', 'must be 1 to 128 characters from A-Z a-z 0-9 - _');
  }
  if (isGiven(userName) && !hasLength(userName, 128)) return refuse('userName', 'must be 1 to 128 characters long');
  if (isGiven(userId) && !hasLength(userId, 36)) return refuse('userId', 'must be 1 to 36 characters long');
  const isTag = !isGiven(lang) || (lang.length <= 35 && /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(lang));
  return isTag ? null : refuse('lang', 'must be a language tag such as en or pt-BR');
}

function findContradiction(terms: TokenTerms, now: Date): InvalidInput | null {
  const { roomName, anyRoom, isOwner, knocking, maxUses, nbf, exp } = terms;
  if (!isGiven(roomName) && anyRoom !== true) {
    return refuse('roomName', 'is required: say anyRoom: true for a token that opens every room of the domain');
  }
  if (isGiven(roomName) && anyRoom === true) return refuse('anyRoom', 'cannot be combined with roomName');
  if (isGiven(maxUses) && !isGiven(roomName)) return refuse('maxUses', 'requires roomName');
  if (isOwner && knocking) return refuse('knocking', 'cannot be combined with isOwner: owners do not need to knock');
  if (isGiven(exp) && toSeconds(exp) <= toSeconds(now)) return refuse('exp', 'must be in the future');
  if (isGiven(exp) && isGiven(nbf) && toSeconds(nbf) >= toSeconds(exp)) return refuse('nbf', 'must be before exp');
  return null;
}

/** The claims that say these terms; what is null or left out is not said. */
export function writeClaims(terms: TokenTerms): Record<string, unknown> {
  const claims = Object.entries(fields).map(([name, [claim, kind]]) => {
    const value: unknown = Object.entries(terms).find(([field]) => field === name)?.[1];
    return [claim, kind === 'instant' && isGiven(value) ? toSeconds(value) : withoutNulls(value)] as const;
  });
  return Object.fromEntries(claims.filter(([, value]) => isGiven(value)));
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const given = Object.entries(value).filter(([, part]) => isGiven(part));
  return Object.fromEntries(given.map(([name, part]) => [name, withoutNulls(part)]));
}

function kindOf(name: string): Kind | null {
  return Object.entries(fields).find(([field]) => field === name)?.[1][1] ?? null;
}

function hasLength(text: string, most: number): boolean {
  const { length } = [...text.normalize('NFC').trim()];
  return length >= 1 && length <= most;
}

/** As the service takes a text: with a zone, so that it is the same instant on every machine. */
const instantForm =
  /^(?<date>\d{4}-\d{2}-\d{2})T(?<time>(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

/** Seconds since 1970; NaN: not an instant. */
export function toSeconds(value: unknown): number {
  if (value instanceof Date) return value.getTime() / 1000;
  const match = typeof value === 'string' ? instantForm.exec(value) : null;
  if (match === null) return Number.NaN;
  const { date, time } = match.groups ?? {};
  // Date takes 30 February for 2 March: the day exists only where it comes out as it went in.
  const day = new Date(`${date}T${time}Z`);
  const exists = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(`${date}T${time}`);
  return exists ? Date.parse(match[0].toUpperCase()) / 1000 : Number.NaN;
}

function isGiven<Value>(value: Value): value is NonNullable<Value> {
  return value !== undefined && value !== null;
}

function refuse(field: string, problem: string): InvalidInput {
  return invalidInput(['input', field], problem);
}
