import { type Actor, participantActor } from './actor.ts';
import { findInside, type RoomFacts } from './facts.ts';
import type { ParticipantId } from './ids.ts';
import type { TokenClaims } from './meeting-token-claims.ts';
import { mayAdminister } from './participant.ts';
import type { AdminArea } from './permissions.ts';
import { type Forbidden, forbidden, isRefusal } from './refusal.ts';

/** Who acts on a room: the domain's backend (its scope was checked before), or somebody who is, or was, in it. */
export type RoomCaller =
  | { readonly kind: 'BACKEND'; readonly actor: Actor }
  | { readonly kind: 'PARTICIPANT'; readonly id: ParticipantId; readonly wasOwner: boolean };

/** The session is good, and of somebody who does not administer this. */
export function refuseWithout(area: AdminArea): Forbidden {
  const who = `Only owners, and participants with \`canAdmin: [${area}]\` in their permissions, may do this in their room`;
  return forbidden('FORBIDDEN', `${who}. Your session token belongs to neither.`);
}

/** May this caller act in this area now? What a participant may do comes from the room's facts, never from its credential. */
export function authorise(facts: RoomFacts, caller: RoomCaller, area: AdminArea): Actor | Forbidden {
  if (caller.kind === 'BACKEND') return caller.actor;
  const participant = findInside(facts, caller.id);
  if (!participant) return forbidden(caller.wasOwner ? 'OWNER_NOT_IN_ROOM' : 'UNAUTHENTICATED');
  if (!mayAdminister(participant, area, facts.room, facts.domain)) return refuseWithout(area);
  return participantActor(participant, facts);
}

/** Like `authorise`, for what only owners may do: an admin may not. */
export function authoriseOwner(facts: RoomFacts, caller: RoomCaller): Actor | Forbidden {
  const actor = authorise(facts, caller, 'PARTICIPANTS');
  if (isRefusal(actor) || caller.kind === 'BACKEND') return actor;
  return findInside(facts, caller.id)?.isOwner
    ? actor
    : forbidden('FORBIDDEN', "Only owners who are in the room, and the domain's backend, may do this.");
}

/** Is this an owner inside, or the backend? Admins are not. */
export function isOwnerOrBackend(facts: RoomFacts, caller: RoomCaller): boolean {
  return caller.kind === 'BACKEND' || findInside(facts, caller.id)?.isOwner === true;
}

/** The person whom somebody wants to eject, ban, deny or change: a participant, a knock, or only a userId. */
export interface ActedOn {
  readonly userId: string | null;
  readonly isOwner?: boolean;
  readonly token?: TokenClaims | null;
}

/**
 * May this caller act on these people against their will? An admin may not on an owner, present, away or yet to come: whoever is inside
 * as one, shows an owner's token, or bears the userId of somebody who is on record as an owner of this room.
 */
export function refuseToActOn(facts: RoomFacts, caller: RoomCaller, people: readonly ActedOn[]): Forbidden | null {
  if (isOwnerOrBackend(facts, caller) || findOwners(facts, people).size === 0) return null;
  return forbidden('FORBIDDEN', "Only owners, and the domain's backend, may do this to an owner.");
}

/** Those of these people on whom this caller may act. */
export function whoMayBeActedOn<One extends ActedOn>(
  facts: RoomFacts,
  caller: RoomCaller,
  people: readonly One[],
): readonly One[] {
  if (isOwnerOrBackend(facts, caller)) return people;
  const owners = findOwners(facts, people);
  return people.filter((one) => !owners.has(one));
}

function findOwners({ keyed, participants }: RoomFacts, people: readonly ActedOn[]): ReadonlySet<ActedOn> {
  const onRecord = keyed.ownersAmong([...new Set(people.flatMap(({ userId }) => userId ?? []))]);
  const here = new Set([...participants.values()].flatMap(({ isOwner, userId }) => (isOwner ? (userId ?? []) : [])));
  const isNamed = (userId: string | null) => userId !== null && (onRecord.has(userId) || here.has(userId));
  return new Set(people.filter(({ isOwner, token, userId }) => isOwner || token?.isOwner || isNamed(userId)));
}
