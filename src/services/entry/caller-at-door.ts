import type { Caller, Client, KnockerCaller, ParticipantCaller } from '../../rules/caller.ts';
import { givenToken } from '../../rules/credentials.ts';
import type { Domain } from '../../rules/domain.ts';
import type { DomainId, KnockId, RoomId } from '../../rules/ids.ts';
import { type TokenClaims, type TokenVerdict, tokenAt } from '../../rules/meeting-token-claims.ts';
import type { Participant } from '../../rules/participant.ts';
import type { CredentialStorage, KnockTokenRecord } from '../../storage/credential.ts';
import type { Opens, RoomRef } from '../../storage/room-store.ts';
import type { CallerResolver } from '../caller-resolver.ts';
import type { Maybe } from '../input.ts';
import { domainNamedBy, type Secrets } from '../secrets.ts';
import { type LookDeps, type OpenRooms, verifyToken } from './look.ts';

/** A credential that is valid at this room's door. */
export interface Credential {
  /** The domain's backend vouches for a token. Anybody can get a knock or a session. */
  readonly kind: 'TOKEN' | 'KNOCK' | 'SESSION';
  readonly key: string;
  /** False: a token without userId, which many people may share. */
  readonly isOnePersons: boolean;
}

/** Somebody at a room's door, as budgets count them. */
export interface CallerAtDoor {
  readonly client: Client;
  /** Null: no credential, or none that is valid here. */
  readonly shows: Credential | 'BACKEND' | null;
}

/** The room that somebody asks about, which need not exist. A name says nothing without its domain: others have rooms of the same name. */
interface AskedPlace {
  /** Null: there is no such domain. */
  readonly domain: Pick<Domain, 'id'> | null;
  readonly roomName: string;
}

/** Of which room a knock or a session is. */
interface MadeAt {
  readonly domainId: DomainId;
  readonly roomId: RoomId;
  readonly roomName: string;
}

/** Is this knock or session of a room that has, or had, this name in this domain? */
export function isOfPlace({ domain, roomName }: AskedPlace, made: Omit<MadeAt, 'roomId'>): boolean {
  return made.domainId === domain?.id && made.roomName === roomName;
}

/** What these credentials may open here. Those of elsewhere open nothing, and so they must not even find out whether there is such a room. */
export function findOpens(
  place: AskedPlace,
  claims: TokenClaims | null,
  people: readonly (MadeAt | null)[],
): readonly Opens[] {
  const isTokens = claims !== null && (claims.roomName === null || claims.roomName === place.roomName);
  const own = people.flatMap((made) => (made !== null && isOfPlace(place, made) ? made.roomId : []));
  return isTokens ? ['ANY', ...own] : own;
}

interface ShownKnock extends Omit<MadeAt, 'roomId'> {
  readonly id: string;
  readonly hasEnded: boolean;
}

/** The credentials that a caller gave, as they were found. */
export interface Given {
  readonly caller: Caller;
  /** With its times checked at this moment. */
  readonly token: TokenVerdict | null;
  readonly knock?: ShownKnock | null;
}

/** Finds the credential that counts at this room: a valid meeting token, a knock or a session of this room, or an API key. */
export function readCallerAtDoor(
  client: Client,
  domain: Domain | null,
  roomName: string,
  { caller, token, knock = null }: Given,
): CallerAtDoor {
  const place = { domain, roomName };
  const shows = showsToken(place, token) ?? showsKnock(place, knock) ?? showsItself(place, caller);
  return { client, shows };
}

function showsToken({ domain, roomName }: AskedPlace, token: TokenVerdict | null): Credential | null {
  if (!token?.ok || (token.claims.roomName !== null && token.claims.roomName !== roomName)) return null;
  const { userId, jti, roomName: opens } = token.claims;
  const where = `${domain?.id} ${opens ?? '*'}`;
  const key = userId === null ? `token ${where} ${jti}` : `user ${where} ${userId}`;
  return { kind: 'TOKEN', key, isOnePersons: userId !== null };
}

function showsKnock(place: AskedPlace, knock: ShownKnock | null): Credential | null {
  if (knock === null || knock.hasEnded || !isOfPlace(place, knock)) return null;
  return { kind: 'KNOCK', key: `knock ${knock.id}`, isOnePersons: true };
}

function showsItself(place: AskedPlace, caller: Caller): Credential | 'BACKEND' | null {
  if (caller.kind === 'BACKEND') return 'BACKEND';
  if (caller.kind === 'KNOCKER') return showsKnock(place, caller);
  if (caller.kind !== 'PARTICIPANT' || caller.hasEnded || !isOfPlace(place, caller)) return null;
  return { kind: 'SESSION', key: `session ${caller.id}`, isOnePersons: true };
}

export interface ShownDeps extends LookDeps {
  readonly credentials: Pick<CredentialStorage, 'findKnock'>;
  readonly secrets: Secrets;
}

interface GivenTokens {
  readonly roomName: string;
  readonly token?: Maybe<string>;
  readonly knockToken?: Maybe<string>;
}

/** The credentials of somebody who wants to join: a meeting token, a knock token, a session token. */
export interface ShownCredentials {
  readonly token: TokenVerdict | null;
  readonly claims: TokenClaims | null;
  readonly knock: KnockTokenRecord | null;
  readonly bearerKnock: KnockerCaller | null;
  readonly session: ParticipantCaller | null;
  readonly opens: readonly Opens[];
}

/** Reads and verifies all credentials. UNKNOWN: no knock has this knock token. */
export async function readShown(
  deps: ShownDeps,
  caller: Caller,
  domain: Domain | null,
  given: GivenTokens,
): Promise<ShownCredentials | 'UNKNOWN'> {
  const token = await verifyToken(deps, domain, givenToken(given.token), deps.clock.now());
  const knock = await findKnock(deps, caller, givenToken(given.knockToken));
  if (knock === 'UNKNOWN') return 'UNKNOWN';
  return showWith({ domain, roomName: given.roomName }, caller, token, knock);
}

/** The same, from credentials that were already found. */
export function showWith(
  place: AskedPlace,
  caller: Caller,
  token: TokenVerdict | null,
  knock: KnockTokenRecord | null,
): ShownCredentials {
  const session = caller.kind === 'PARTICIPANT' && isOfPlace(place, caller) ? caller : null;
  const claims = token?.ok ? token.claims : null;
  const bearerKnock = caller.kind === 'KNOCKER' ? caller : null;
  return { token, claims, knock, bearerKnock, session, opens: findOpens(place, claims, [knock, session]) };
}

export function findCallerAtDoor(
  { clock }: Pick<ShownDeps, 'clock'>,
  domain: Domain | null,
  client: Client,
  caller: Caller,
  roomName: string,
  shown: ShownCredentials | 'UNKNOWN',
): CallerAtDoor {
  if (shown === 'UNKNOWN') return { client, shows: null };
  const { token, knock } = shown;
  return readCallerAtDoor(client, domain, roomName, { caller, token: tokenAt(token, clock.now()), knock });
}

async function findKnock(
  deps: ShownDeps,
  caller: Caller,
  knockToken: string | null,
): Promise<KnockTokenRecord | 'UNKNOWN' | null> {
  if (knockToken !== null) {
    const hash = deps.secrets.hash(knockToken);
    return (await deps.credentials.findKnock(hash, domainNamedBy(knockToken))) ?? 'UNKNOWN';
  }
  return caller.kind === 'KNOCKER' ? caller : null;
}

/** A knock whose token this process has seen a while ago. It says where to look; nothing is written or answered by it alone. */
export interface KnownKnock {
  readonly caller: KnockerCaller;
  /** Has the guard of the room found the token good since? */
  readonly isConfirmed: () => boolean;
  readonly forget: () => void;
}

/**
 * The knock of a knock token that was sent by itself, from memory. Null: it must be looked up. A session token, which may stand for a knock
 * token, is looked up always: one of them can open several knocks, of which the newest counts.
 */
export function recallKnock(
  callers: Pick<CallerResolver, 'recall' | 'forget'>,
  bearer: Caller,
  domain: Pick<Domain, 'id'> | null,
  { roomName, token, knockToken }: GivenTokens,
): KnownKnock | null {
  const sent = givenToken(knockToken);
  if (sent === null || !sent.startsWith('vq_') || givenToken(token) !== null || bearer.kind !== 'ANYBODY') return null;
  const kept = callers.recall(sent, 'GUARD');
  if (kept?.caller.kind !== 'KNOCKER' || !isOfPlace({ domain, roomName }, kept.caller)) return null;
  return { caller: kept.caller, isConfirmed: kept.isConfirmed, forget: () => callers.forget(sent) };
}

/** What an attempt is counted for; null: the backend, or the address alone. */
export function keyAt({ shows }: CallerAtDoor): string | null {
  return shows === null || shows === 'BACKEND' ? null : shows.key;
}

/**
 * Which room to try before it is looked up by its name: the room of the knock, or the one that others joined a moment ago. Only people
 * with a knock or a valid token of this very room are let on this shorter way: to others, its speed would tell which rooms exist.
 */
export function knownRoom(
  openRooms: OpenRooms,
  domainId: DomainId,
  { token, claims, knock }: ShownCredentials,
  roomName: string,
): RoomRef | null {
  if (claims !== null) return claims.roomName === roomName ? openRooms.find(domainId, roomName) : null;
  if (token !== null || knock === null || !isOfPlace({ domain: { id: domainId }, roomName }, knock)) return null;
  return { domainId, roomId: knock.roomId };
}

/** A knock token in the input opens only its own room. A knock token that came as bearer is ignored at other rooms. */
export function knockIn(
  ref: RoomRef,
  knock: KnockTokenRecord | null,
  shown: string | null,
): KnockId | 'UNKNOWN' | null {
  if (knock === null) return null;
  if (knock.roomId === ref.roomId) return knock.id;
  return shown ? 'UNKNOWN' : null;
}

/** The new session as a caller: it may already read, in this very answer, what it may read from now. */
export function callerOf(participant: Participant, roomName: string): ParticipantCaller {
  const { id, roomId, domainId, isOwner, knockId, token, sessionHash: credential } = participant;
  return { kind: 'PARTICIPANT', id, roomId, domainId, roomName, hasEnded: false, isOwner, knockId, token, credential };
}
