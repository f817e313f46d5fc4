import { LRUCache } from 'lru-cache';
import type { Clock } from '../../room/clock.ts';
import { type Caller, findMisplaced, findMistaken } from '../../rules/caller.ts';
import { givenToken } from '../../rules/credentials.ts';
import type { Domain } from '../../rules/domain.ts';
import { askOf, refuseAtFirst, refuseToken } from '../../rules/entry.ts';
import { LoadedTokens } from '../../rules/fact-keys.ts';
import type { EntryOutline, NoRoom } from '../../rules/facts.ts';
import type { DomainId, RoomId } from '../../rules/ids.ts';
import { isNotYetValid } from '../../rules/meeting-token.ts';
import type { TokenClaims, TokenVerdict } from '../../rules/meeting-token-claims.ts';
import { type EntryRefused, entryRefused, type Unavailable } from '../../rules/refusal.ts';
import type { Room } from '../../rules/room.ts';
import { isRoomName } from '../../rules/text.ts';
import type { EntryGlance, EntryQuery, EntryRead, RoomRef, RoomStore } from '../../storage/room-store.ts';
import type { InputReader, Maybe } from '../input.ts';

/** Checks a meeting token by itself. @throws if keys cannot be read */
export interface TokenVerifier {
  readonly verify: (
    domain: Domain,
    jwt: string,
    now: Date,
    options?: { readonly ignoreTimes?: boolean },
  ) => Promise<TokenVerdict>;
}

/** The room at which a token is shown, and the name by which it was asked for. */
export interface ShownAt {
  readonly roomName: string;
  readonly roomId: RoomId;
}

/** What is needed to look at a room before anybody joins it. */
export interface LookDeps {
  readonly store: Pick<RoomStore, 'findEntry' | 'glanceAtEntry'>;
  readonly verifier: TokenVerifier;
  /** Records a self-signed token that is seen for the first time, so that it can be listed and revoked. */
  readonly recordToken: (domain: Domain, token: TokenVerdict | null, shownAt?: ShownAt) => Promise<Unavailable | null>;
  readonly clock: Clock;
}

// What is checked before a room's own rules decide, in the same way for rooms that exist and rooms that do not.

/** What somebody shows to come in, or to ask whether they may. */
export async function verifyToken(
  deps: Pick<LookDeps, 'verifier' | 'recordToken'>,
  domain: Domain | null,
  token: string | null,
  now: Date,
): Promise<TokenVerdict | null> {
  if (token === null) return null;
  if (domain === null) {
    return { ok: false, code: 'TOKEN_INVALID', opensAt: null, detail: 'the domain does not exist' };
  }
  return verifyIn(deps, domain, token, now);
}

/**
 * Checks everything about a token but its times. A token that claims to be signed in the future is recorded now, so that a revocation
 * before that instant covers it.
 */
export async function verifyIn(
  deps: Pick<LookDeps, 'verifier' | 'recordToken'>,
  domain: Domain,
  token: string,
  now: Date,
): Promise<TokenVerdict> {
  const verdict = await deps.verifier.verify(domain, token, now, { ignoreTimes: true });
  if (verdict.ok && isNotYetValid(verdict.claims, now)) await deps.recordToken(domain, verdict);
  return verdict;
}

/** The credentials of somebody who asks about a room, or wants to join it. */
export interface ShownFor extends EntryQuery {
  readonly domain: Domain | null;
  readonly roomName: string;
}

const nowhere: NoRoom = { room: null, tokens: new LoadedTokens() };

/** Reads all that an answer needs, by one light statement, which is the same for rooms that exist and rooms that do not. */
export async function readEntry(deps: Pick<LookDeps, 'store' | 'clock'>, shown: ShownFor): Promise<EntryRead> {
  const { domain } = shown;
  if (domain === null) return { facts: nowhere, ownerPresent: false, denials: [], clock: deps.clock.now() };
  return deps.clock.sync(() => deps.store.findEntry(domain.id, nameToLookFor(shown), shown));
}

/** The credentials of somebody at a door, with the token as it was verified. */
export interface ShownAtName extends Omit<ShownFor, 'tokens'> {
  readonly token: TokenVerdict | null;
  readonly claims: TokenClaims | null;
}

/**
 * Finds the room that somebody wants to enter, before the room's writer decides. One light statement says no more than whether there is
 * such a room, and what became of the token.
 */
export async function findRoomToEnter(
  deps: Pick<LookDeps, 'store' | 'clock'>,
  { domain, claims, ...shown }: ShownAtName,
): Promise<{ readonly domain: Domain; readonly room: Room } | EntryRefused> {
  const { facts } = await glanceAtEntry(deps, { ...shown, domain, tokens: claims === null ? [] : [claims] });
  const early = refuseEarly(facts, shown, deps.clock.now());
  if (early) return early;
  return facts.room === null || domain === null ? entryRefused('ENTRY_NOT_ALLOWED') : { domain, room: facts.room };
}

async function glanceAtEntry(deps: Pick<LookDeps, 'store' | 'clock'>, shown: ShownFor): Promise<EntryGlance> {
  const { domain } = shown;
  if (domain === null) return { facts: nowhere, clock: deps.clock.now() };
  return deps.clock.sync(() => deps.store.glanceAtEntry(domain.id, nameToLookFor(shown), shown));
}

/** No room has an empty name. A text that cannot be a name is looked up all the same, because the statement also looks up the token. */
function nameToLookFor({ roomName }: ShownFor): string {
  return isRoomName(roomName) ? roomName : '';
}

/**
 * Refuses a bad token, a room that does not exist, and a room that is closed to people without a credential. Whoever shows a knock or a
 * session of this very room is left to its writer, which knows what has become of that.
 */
function refuseEarly(
  facts: EntryOutline | NoRoom,
  { roomName, token, opens }: Pick<ShownAtName, 'roomName' | 'token' | 'opens'>,
  now: Date,
): EntryRefused | null {
  const bad = refuseToken(facts, token, now);
  if (bad !== null || (facts.room !== null && opens.includes(facts.room.id))) return bad;
  return refuseAtFirst(facts, askOf({ roomName, token }), now);
}

/** Refuses what was sent in another credential's place. A session token may stand for a knock token: whoever was sent back to the lobby has one. */
export function sayMistaken(
  reader: InputReader,
  given: { readonly token?: Maybe<string>; readonly knockToken?: Maybe<string> },
): void {
  for (const sentAs of ['token', 'knockToken'] as const) {
    const problem = findMistaken(sentAs, givenToken(given[sentAs]));
    if (problem !== null) reader.say([sentAs], problem);
  }
}

/** Refuses a bearer that opens nothing here, if it was sent in place of the credential that is missing. */
export function sayMisplaced(reader: InputReader, caller: Caller): void {
  const problem = findMisplaced(caller);
  if (problem !== null) reader.say(['token'], problem);
}

/**
 * Rooms at which somebody knocked, or which somebody joined, a moment ago, by name. They only say where to try first: the writer decides
 * on the room's own facts. If these do not settle it, the room is looked up by its name.
 */
export interface OpenRooms {
  readonly find: (domainId: DomainId, name: string) => RoomRef | null;
  readonly remember: (room: Pick<Room, 'domainId' | 'id' | 'name'>) => void;
  readonly forget: (domainId: DomainId, name: string) => void;
}

const maxRooms = 10_000;

export function createOpenRooms(): OpenRooms {
  const refs = new LRUCache<string, RoomRef>({ max: maxRooms });
  const keyOf = (domainId: DomainId, name: string) => `${domainId} ${name}`;
  return {
    find: (domainId, name) => refs.get(keyOf(domainId, name)) ?? null,
    remember: ({ domainId, id, name }) => {
      const key = keyOf(domainId, name);
      if (refs.get(key)?.roomId === id) return;
      refs.set(key, { domainId, roomId: id });
    },
    forget: (domainId, name) => {
      refs.delete(keyOf(domainId, name));
    },
  };
}
