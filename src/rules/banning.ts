import type { Actor } from './actor.ts';
import { isOwnerOrBackend, type RoomCaller } from './authority.ts';
import { type Ban, isInForce, meets } from './ban.ts';
import { admissionsInUse, type RoomFacts, waiting } from './facts.ts';
import type { BanId, KnockId } from './ids.ts';
import { type AdmittedKnock, closeKnock, deny, isPending, type Knock, type PendingKnock } from './knock-request.ts';
import type { Participant } from './participant.ts';

/** The people to whom a ban applies. */
export type NamedByBan = Pick<Ban, 'userId' | 'userName' | 'knockId' | 'jti' | 'addressHash'>;

export function makeBan(
  facts: RoomFacts,
  caller: RoomCaller,
  who: NamedByBan,
  { id, exp, now }: { readonly id: BanId; readonly exp: Date | null; readonly now: Date },
): Ban {
  const { id: roomId, domainId } = facts.room;
  const madeByAdmin = !isOwnerOrBackend(facts, caller);
  return { id, roomId, domainId, ...who, madeByAdmin, createdAt: now, exp, liftedAt: null };
}

/** Is there a ban in force that names all that this one names, binds whom it binds, and lasts as long? */
export function isBannedAlready(facts: RoomFacts, ban: Ban): boolean {
  const person = ['userId', 'knockId', 'jti'] as const;
  const isOfNetworkAlone = (one: Ban) => person.every((field) => one[field] === null);
  return [...facts.bans.values()].some(
    (other) =>
      isInForce(other, ban.createdAt) &&
      [...person, 'addressHash' as const].every((field) => ban[field] === null || ban[field] === other[field]) &&
      // It is listed, and lifted, by the name of whom it is meant for.
      (!isOfNetworkAlone(ban) || (isOfNetworkAlone(other) && ban.userName === other.userName)) &&
      (ban.madeByAdmin || !other.madeByAdmin) &&
      (other.exp === null || (ban.exp !== null && other.exp >= ban.exp)),
  );
}

/**
 * Whom new bans turn away of those who are not inside: who waits is denied, and an admission that nobody is inside by is taken back.
 * A network binds those alone whom no meeting token vouches for.
 * @param putOut who is put out at the same time, and uses an admission no more
 */
export function turnAwayBanned(
  facts: RoomFacts,
  bans: readonly Ban[],
  { putOut, actor, now }: { readonly putOut: readonly Participant[]; readonly actor: Actor; readonly now: Date },
): readonly Knock[] {
  if (bans.length === 0) return [];
  const out = new Set(putOut.map(({ id }) => id));
  const inUse = admissionsInUse([...facts.participants.values()].filter(({ id }) => !out.has(id)));
  return [...waiting(facts), ...facts.keyed.admissions()].flatMap((knock) => {
    if (!bans.some((ban) => meets(ban, knock))) return [];
    return turnAway(facts, knock, inUse, actor, now) ?? [];
  });
}

function turnAway(
  { room }: RoomFacts,
  knock: PendingKnock | AdmittedKnock,
  inUse: ReadonlySet<KnockId>,
  actor: Actor,
  now: Date,
): Knock | null {
  if (isPending(knock)) return deny(knock, actor, room, true, now);
  return inUse.has(knock.id) ? null : closeKnock(knock, 'RECALLED', actor, now);
}
