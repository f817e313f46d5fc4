import type { Actor } from './actor.ts';
import type { RoomCaller } from './authority.ts';
import type { ApiKey, ApiKeyScope } from './domain.ts';
import type { FactKeys } from './fact-keys.ts';
import type { ApiKeyId, DomainId, KnockId, ParticipantId, RoomId } from './ids.ts';
import type { TokenClaims } from './meeting-token-claims.ts';
import { type Forbidden, forbidden } from './refusal.ts';

/** Whom a credential belongs to. What a participant may do comes from the room's facts, not from here. */
export type Caller =
  /** `sentElsewhere`: what looks like a credential came, and not where one is read. */
  | { readonly kind: 'ANYBODY'; readonly sentElsewhere?: Elsewhere }
  /** A credential that is not known, has expired or was revoked. */
  | { readonly kind: 'UNKNOWN'; readonly form: BearerForm }
  | BackendCaller
  | ParticipantCaller
  | KnockerCaller;

export interface BackendCaller {
  readonly kind: 'BACKEND';
  readonly apiKey: ApiKey;
  readonly domainId: DomainId;
  /** The domain's version at which the key was found good; null: no key stands behind this, it is the command line. */
  readonly seenAt: number | null;
  /**
   * Only of a key that was kept: is told the domain's version that a read has seen. Whatever revokes a key moves that version, so that the key
   * is good where it is `seenAt`. Until then nothing is answered.
   */
  readonly onDomainSeen?: (version: number) => void;
}

/** A person whose credential was looked up for this request, or was kept from an earlier one. */
interface PersonCaller {
  /**
   * Only of who was kept: called once a room's guard has found the credential good. Until then nothing rests on it but the search for the
   * room and its facts.
   */
  readonly onConfirmed?: () => void;
}

export interface ParticipantCaller extends PersonCaller {
  readonly kind: 'PARTICIPANT';
  readonly id: ParticipantId;
  readonly roomId: RoomId;
  readonly domainId: DomainId;
  readonly roomName: string;
  /** An ended session still answers `viewer`, and nothing else. */
  readonly hasEnded: boolean;
  readonly isOwner: boolean;
  /** The admission and the meeting token that this session came in with. */
  readonly knockId: KnockId | null;
  readonly token: TokenClaims | null;
  /** The hash of the session token that was shown. */
  readonly credential: string;
}

export interface KnockerCaller extends PersonCaller {
  readonly kind: 'KNOCKER';
  readonly id: KnockId;
  /** The meeting token that came with the knock. */
  readonly token: TokenClaims | null;
  readonly roomId: RoomId;
  readonly domainId: DomainId;
  readonly roomName: string;
  readonly hasEnded: boolean;
  /** The hash of the knock token that was shown. */
  readonly credential: string;
}

/** Where a request came from. Addresses are kept only as keyed hashes. */
export interface Client {
  /** Of an IPv4 address, or the /64 of an IPv6 one. */
  readonly addressHash: string;
  /** Of the /24 or /48 around it. */
  readonly networkHash: string;
}

/** No credential, one that is not known, or one that has ended, which answers `viewer` and nothing else. */
export function isNobody(
  caller: Caller,
): caller is Extract<Caller, { readonly kind: 'ANYBODY' | 'UNKNOWN' }> | ((ParticipantCaller | KnockerCaller) & Ended) {
  return caller.kind === 'ANYBODY' || caller.kind === 'UNKNOWN' || (caller.kind !== 'BACKEND' && caller.hasEnded);
}

interface Ended {
  readonly hasEnded: true;
}

function describeArrived(caller: Caller): string {
  switch (caller.kind) {
    case 'ANYBODY':
      return caller.sentElsewhere === undefined
        ? 'No credential was sent.'
        : `No credential was sent in its place: what looks like one came ${elsewhereText[caller.sentElsewhere]}.`;
    case 'UNKNOWN':
      return unknownText[caller.form];
    case 'BACKEND':
      return `An API key was sent, with the ${caller.apiKey.scopes.length === 1 ? 'scope' : 'scopes'} ${caller.apiKey.scopes.join(', ')}.`;
    case 'PARTICIPANT':
      return caller.hasEnded
        ? 'The session token that was sent belongs to a session that has ended.'
        : 'A session token was sent.';
    case 'KNOCKER':
      return caller.hasEnded
        ? 'The knock token that was sent belongs to a knock that has ended.'
        : 'A knock token was sent.';
    default:
      return caller satisfies never;
  }
}

/** UNAUTHENTICATED where nobody is known by this credential, FORBIDDEN where it is good for something else. */
export function refuseCaller(caller: Caller, need: string): Forbidden {
  const what = `${describeArrived(caller)} This needs ${need}.`;
  return isNobody(caller) ? forbidden('UNAUTHENTICATED', `${what} ${howToSend}`) : forbidden('FORBIDDEN', what);
}

/**
 * Why a bearer cannot be meant where people come in, though nothing else was shown: passed over, its holder would come in as a guest.
 * Null: it can, or it is as none: who has an old token must still get in.
 */
export function findMisplaced(caller: Caller): string | null {
  const form = caller.kind === 'BACKEND' ? 'API_KEY' : caller.kind === 'UNKNOWN' ? caller.form : null;
  if (form === 'JWT')
    return 'is missing, and a JWT was sent as the bearer credential: send the meeting token here instead';
  if (form === 'API_KEY') {
    return 'is missing, and an API key was sent as the bearer credential. An API key cannot enter a room: create a meeting token with `createMeetingToken` and send it here';
  }
  return null;
}

type SentAs = 'token' | 'knockToken';

const mistaken: Readonly<Record<SentAs, Partial<Readonly<Record<BearerForm, string>>>>> = {
  token: { KNOCK_TOKEN: 'is a knock token: send it as the bearer credential, or to `joinRoom` as `knockToken`' },
  knockToken: {
    JWT: 'is a JWT: send a meeting token as `token`',
    API_KEY:
      'is an API key, which cannot enter a room: create a meeting token with `createMeetingToken`, and send that as `token`',
  },
};

/** Why what was sent as a meeting token, or as a knock token, is known at sight to be something else; null: it may be one. */
export function findMistaken(sentAs: SentAs, given: string | null): string | null {
  return given === null ? null : (mistaken[sentAs][formOf(given)] ?? null);
}

/** What a scope check says: whose domain, the actor on record, and the key that every change is guarded by. */
export type Backend = { readonly domainId: DomainId; readonly actor: Actor; readonly key: ApiKeyId | null };

/** The domain's backend with this scope, or why not. ADMIN holds every scope. */
export function requireBackend(caller: Caller, scope: ApiKeyScope): Backend | Forbidden {
  if (caller.kind !== 'BACKEND' || !hasScope(caller.apiKey, scope)) return refuseCaller(caller, needs.scope(scope));
  return {
    domainId: caller.domainId,
    actor: { kind: 'BACKEND', name: caller.apiKey.name, userId: null },
    key: caller.seenAt === null ? null : caller.apiKey.id,
  };
}

/** ADMIN holds every scope, and every key may read rooms: READ alone may nothing else. */
export function hasScope(apiKey: ApiKey, scope: ApiKeyScope): boolean {
  return scope === 'READ' || apiKey.scopes.includes('ADMIN') || apiKey.scopes.includes(scope);
}

/** Who acts on a room, or why this caller cannot: for what owners and admins in the room do, or the backend with a scope. */
export function requireRoomCaller(
  caller: Caller,
  scope: ApiKeyScope,
): { readonly domainId: DomainId; readonly roomId: RoomId | null; readonly who: RoomCaller } | Forbidden {
  if (caller.kind === 'PARTICIPANT') {
    const who: RoomCaller = { kind: 'PARTICIPANT', id: caller.id, wasOwner: caller.isOwner };
    return { domainId: caller.domainId, roomId: caller.roomId, who };
  }
  const backend = requireBackend(caller, scope);
  if ('refusal' in backend) return refuseCaller(caller, needs.scopeOrSession(scope));
  return { domainId: backend.domainId, roomId: null, who: { kind: 'BACKEND', actor: backend.actor } };
}

/** What an admin's command needs to know before it is done to these people: who is an owner. Owners may do it to everybody. */
export function keysToActOn(caller: Caller, userIds: readonly string[]): FactKeys {
  return { owners: caller.kind === 'PARTICIPANT' && !caller.isOwner ? userIds : [] };
}

// What UNAUTHENTICATED and FORBIDDEN say: what arrived, and what is needed. Never the credential itself.

/** What a bearer looks like, whether or not it is known. A JWT is a meeting token, or a media grant: neither is ever a bearer. */
export type BearerForm =
  | 'API_KEY'
  | 'SESSION_TOKEN'
  | 'KNOCK_TOKEN'
  | 'JWT'
  /** What a program writes where it has no credential. */
  | 'NO_VALUE'
  /** Not the scheme `Bearer`. */
  | 'OTHER_SCHEME'
  | 'OTHER';

/** Where a credential is not read. */
export type Elsewhere = 'HEADER' | 'URL' | 'COOKIE' | 'CONNECTION_PARAMS';

const elsewhereText: Readonly<Record<Elsewhere, string>> = {
  HEADER: 'in a header of its own, such as `x-api-key`',
  URL: 'in the URL, which logs contain: make a new one, and revoke that one',
  COOKIE: 'in a cookie',
  CONNECTION_PARAMS: 'in `connectionParams` under another name than `authorization`',
};

const forms: readonly (readonly [RegExp, BearerForm])[] = [
  [/^vk_/, 'API_KEY'],
  [/^vs_/, 'SESSION_TOKEN'],
  [/^vq_/, 'KNOCK_TOKEN'],
  // Its beginning is enough: of a long one only that was kept. Other services want one after `Token` or `JWT`.
  [/^(?:\w+ +)?eyJ[\w-]*\./, 'JWT'],
  [/^(?:Bearer )?(?:undefined|null|NaN|\[object \w+\]|\$\{?\w+\}?)$/, 'NO_VALUE'],
  [/^\w+ /, 'OTHER_SCHEME'],
];

export function formOf(bearer: string): BearerForm {
  return forms.find(([form]) => form.test(bearer))?.[1] ?? 'OTHER';
}

export const unknownText: Readonly<Record<BearerForm, string>> = {
  API_KEY: 'The API key that was sent is unknown, has expired, or was revoked.',
  SESSION_TOKEN: 'The session token that was sent is unknown, or its session has ended.',
  KNOCK_TOKEN: 'The knock token that was sent is unknown, or its knock has ended.',
  JWT: 'A JWT was sent as the bearer credential. Send a meeting token in `token` of `access`, or in `input.token` of `joinRoom` and `knock`.',
  NO_VALUE:
    'In place of the bearer credential came what a program writes where it has none, such as `undefined`, or a Promise without `await`.',
  OTHER_SCHEME: 'An Authorization header came that does not begin with `Bearer `.',
  OTHER: 'The bearer credential that was sent is not from this service.',
};

/** What something needs, in the words that follow "This needs". */
export const needs = {
  apiKey: 'an API key',
  any: 'a valid credential, or none at all',
  session: 'a session token from `joinRoom`, of somebody who is in the room',
  knock: 'a knock token from `knock`',
  sessionOrKnock: 'a session token from `joinRoom`, or a knock token from `knock`',
  apiKeyOrSession: 'an API key, or the session token of an owner or admin who is in the room',
  apiKeyOrInside: 'an API key, or the session token of somebody who is in the room',
  anyCredential: 'an API key, a session token or a knock token',
  scope: (scope: ApiKeyScope): string =>
    scope === 'READ' ? 'an API key, with any scope' : `an API key with the scope ${scope} or ADMIN`,
  scopeOrSession: (scope: ApiKeyScope): string =>
    `${needs.scope(scope)}, or the session token of an owner or admin who is in the room`,
};

export const howToSend =
  'Send it as `Authorization: Bearer …`, or over WebSocket as `connectionParams: { authorization: "Bearer …" }`.';
