import { LRUCache } from 'lru-cache';
import type { Clock } from '../../room/clock.ts';
import { type Caller, findMisplaced } from '../../rules/caller.ts';
import type { Domain } from '../../rules/domain.ts';
import { askOf, refuseAtFirst, refuseToken } from '../../rules/entry.ts';
import { LoadedTokens } from '../../rules/fact-keys.ts';
import type { EntryOutline, NoRoom } from '../../rules/facts.ts';
import type { DomainId } from '../../rules/ids.ts';
import { isNotYetValid } from '../../rules/meeting-token.ts';
import type { TokenClaims, TokenVerdict } from '../../rules/meeting-token-claims.ts';
import { type EntryRefused, entryRefused, type Unavailable } from '../../rules/refusal.ts';
import type { Room } from '../../rules/room.ts';
import { isRoomName } from '../../rules/text.ts';
import type { EntryGlance, EntryQuery, EntryRead, RoomRef, RoomStore } from '../../storage/room-store.ts';
import type { InputReader } from '../input.ts';

/** Looks at a meeting token by itself. @throws where keys cannot be read */
export interface TokenVerifier {
  readonly verify: (
    domain: Domain,
    jwt: string,
    now: Date,
    options?: { readonly ignoreNbf?: boolean; readonly ignoreTimes?: boolean },
  ) => Promise<TokenVerdict>;
}

/** What is read at a door before anybody comes in. */
export interface LookDeps {
  readonly store: Pick<RoomStore, 'findEntry' | 'glanceAtEntry'>;
  readonly verifier: TokenVerifier;
  /** Puts a self-signed token that is seen for the first time on record, so that it can be listed and revoked. */
  readonly recordToken: (domain: Domain, token: TokenVerdict | null) => Promise<Unavailable | null>;
  readonly clock: Clock;
}

// What is looked at before a room's own rules decide, in the same way for every room that is, and that is not.

/**
 * Looks at a token by itself, all but its times. One that says that it was signed later than now goes on record: a revocation that
 * comes before that instant covers it, since it was seen.
 */
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
  const verdict = await deps.verifier.verify(domain, token, now, { ignoreTimes: true });
  if (verdict.ok && isNotYetValid(verdict.claims, now)) await deps.recordToken(domain, verdict);
  return verdict;
}

/** What somebody shows who asks to come in. */
export interface ShownFor extends EntryQuery {
  readonly domain: Domain | null;
  readonly roomName: string;
}

const nowhere: NoRoom = { room: null, tokens: new LoadedTokens() };

/** What an answer is made of is read by one light statement, the same for every room that is, and that is not. */
export async function readEntry(deps: Pick<LookDeps, 'store' | 'clock'>, shown: ShownFor): Promise<EntryRead> {
  const { domain } = shown;
  if (domain === null) return { facts: nowhere, ownerPresent: false, denials: [], clock: deps.clock.now() };
  return deps.clock.sync(() => deps.store.findEntry(domain.id, nameToLookFor(shown), shown));
}

/** What somebody shows at a room's name, and the token among it as it was verified. */
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

/** No room has an empty name: what cannot be a name is looked for all the same, since the token is looked up with it. */
function nameToLookFor({ roomName }: ShownFor): string {
  return isRoomName(roomName) ? roomName : '';
}

/** Refuses a bad token, a room that does not exist, and a room that is closed to people without a credential. */
function refuseEarly(
  facts: EntryOutline | NoRoom,
  { roomName, token, hasCredential }: Pick<ShownAtName, 'roomName' | 'token' | 'hasCredential'>,
  now: Date,
): EntryRefused | null {
  const bad = refuseToken(facts, token, now);
  if (bad !== null || (facts.room !== null && hasCredential)) return bad;
  return refuseAtFirst(facts, askOf({ roomName, token }), now);
}

/** A bearer that opens nothing here is refused where it stands in for what is missing, not passed over. */
export function sayMisplaced(reader: InputReader, caller: Caller): void {
  const problem = findMisplaced(caller);
  if (problem !== null) reader.say(['token'], problem);
}

/**
 * Rooms in which a knock was written, or that somebody joined, a moment ago, by name. It only says where to try first: the writer
 * decides on the room's own facts, whatever is remembered here, and where they do not settle it the room is found by its name.
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
