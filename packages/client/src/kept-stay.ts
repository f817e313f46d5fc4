import { hashOf } from './affinity.ts';
import type { Client, Standing } from './client.ts';
import type { IsWanted } from './join-turns.ts';
import type { Keeper } from './keeper.ts';
import { settled } from './refusal.ts';
import type { RoomPlace } from './service.ts';
import type { Session } from './session.ts';
import { readSigned } from './signed.ts';

// What this tab has kept of a stay: whose it is, and whether it is still good for anything.

interface KeptParts {
  readonly client: Client;
  readonly keeper: Keeper;
  readonly place: RoomPlace;
}

/**
 * A session that another page has handed over, where it is new to this tab. Anybody can write a link that hands one over: it counts where it
 * is of this room, and only then is forgotten what the tab has kept of somebody else.
 *
 * @throws {VestibuleError}
 */
export async function findHanded(
  { client, keeper, place }: KeptParts,
  { token, sessionToken }: { readonly token: string | undefined; readonly sessionToken: string | undefined },
  isWanted: IsWanted,
): Promise<Standing | null> {
  if (sessionToken === undefined) return null;
  const isNew = token === undefined && keeper.get('as') !== hashOf(sessionToken);
  if (!isNew && keeper.get('session') !== null) return null;
  const standing = await client.goOn(sessionToken);
  if (!isWanted() || standing === null || !isGood(place, standing)) return null;
  // One that is over takes the place of none that may go on.
  if (isOver(standing) && keeper.get('session') !== null) return null;
  forgetOthers(keeper, token ?? sessionToken);
  keeper.set('session', sessionToken);
  return standing;
}

/** Null: nothing of this is kept, or it is good for nothing any more and kept no longer. @throws {VestibuleError} */
export async function findKept(
  { client, keeper, place }: KeptParts,
  name: 'session' | 'knock',
  isWanted: IsWanted,
): Promise<Standing | null> {
  const kept = isWanted() ? keeper.take(name) : null;
  if (kept === null) return null;
  const standing = await client.goOn(kept);
  const isKept = standing !== null && isGood(place, standing);
  if (isWanted()) {
    if (isKept) return standing;
    keeper.set(name, null);
  } else if (isKept && standing.kind === 'INSIDE') leaveForgotten(keeper, standing.session, kept);
  return null;
}

/** The session that is kept, as long as it goes on or may be resumed: whoever asks to join begins another one after it. @throws {VestibuleError} */
export async function findOpen(parts: KeptParts, isWanted: IsWanted): Promise<Standing | null> {
  const standing = await findKept(parts, 'session', isWanted);
  if (standing === null || !isOver(standing)) return standing;
  parts.keeper.set('session', null);
  return null;
}

function isOver(standing: Standing): boolean {
  return standing.kind === 'LEFT' && standing.leaveReason !== 'CONNECTION_LOST';
}

/** A session whose visit has ended before it came is left, unless it is still kept here, or another visit of this page goes on with it. */
export function leaveForgotten(keeper: Keeper, session: Session, token: string): void {
  const isForgotten = keeper.get('session') === null && ![token, session.sessionToken].some(keeper.isShared);
  if (isForgotten) void settled(session.leave());
}

function isGood(place: RoomPlace, standing: Standing): boolean {
  if (standing.kind === 'INSIDE') return isOfPlace(place, standing.session);
  if (standing.kind === 'LEFT') return standing.roomName === place.roomName;
  const { status, roomName } = standing.knock.view.get().knockRequest;
  return roomName === place.roomName && ['PENDING', 'ADMITTED'].includes(status);
}

/** Rooms of two domains may have the same name: whose it is says the grant that the service has signed. */
export function isOfPlace({ roomName, domain }: RoomPlace, { participant, mediaGrant }: Session): boolean {
  const { aud } = readSigned(mediaGrant);
  return participant.roomName === roomName && (!domain || aud === undefined || aud === domain);
}

/**
 * Whoever comes with another token comes as somebody else. So does whoever comes without one while somebody with a token is still here: a
 * page that is loaded again, which may have lost the token out of its address, has nobody here.
 *
 * @param isNobody the page says that nobody is signed in: then whoever came with a token is forgotten, here or not
 */
export function forgetOthers(keeper: Keeper, token: string | undefined, isNobody = false): void {
  const names = ['session', 'knock', 'attempt'] as const;
  const isOfOthers = names.some((name) => keeper.isOfOthers(keeper.get(name) ?? ''));
  const as = token === undefined ? null : hashOf(token);
  const isAnother = (as !== null || isNobody) && keeper.get('as') !== as;
  if (!isOfOthers && !isAnother) return;
  for (const name of names) keeper.set(name, null);
  keeper.set('as', as);
}
