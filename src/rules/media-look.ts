import type { Changes, RoomFacts } from './facts.ts';
import { areWithin, mediaRightsOf } from './media-rights.ts';
import { carriedOutOn } from './media-server.ts';
import { isInside, type Participant } from './participant.ts';

/**
 * What a change means for the domain's media server. LOSES: somebody has fewer rights there than before, or none, and may come back with
 * an old token. GAINS: anything else that has to be carried out there.
 */
export type MediaLook = 'NONE' | 'GAINS' | 'LOSES';

/** An old token renews itself for ten minutes; the rest is for clocks that differ. Milliseconds. */
export const oldTokenMs = 15 * 60_000;

const strengths = { NONE: 0, GAINS: 1, LOSES: 2 } as const;

export function strongerLook(a: MediaLook, b: MediaLook): MediaLook {
  return strengths[a] < strengths[b] ? b : a;
}

/**
 * Is there something in these changes that has to be carried out on the domain's media server? What its people say of themselves, and
 * that they are still there, is none: a look in between would only undo what a client is about to do.
 * @param before the room as it is without them
 */
export function mediaLookAfter(before: RoomFacts, changes: Changes): MediaLook {
  if (carriedOutOn(before.domain) === null) return 'NONE';
  // A room's settings change rarely: whose rights they touch is not looked into.
  if (changes.room !== undefined) return 'LOSES';
  const looks = (changes.participants ?? []).map((after) =>
    lookAfter(before.participants.held(after.id), after, before),
  );
  return looks.reduce(strongerLook, changes.liveStream === undefined ? 'NONE' : 'GAINS');
}

function lookAfter(then: Participant | undefined, after: Participant, { room, domain }: RoomFacts): MediaLook {
  if (!isInside(after)) return then === undefined || isInside(then) ? 'LOSES' : 'NONE';
  if (then === undefined || !isInside(then)) return 'GAINS';
  const [had, has] = [mediaRightsOf(then, room, domain), mediaRightsOf(after, room, domain)];
  if (!areWithin(had, has)) return 'LOSES';
  const isSame = areWithin(has, had) && JSON.stringify(then.mutesOwed) === JSON.stringify(after.mutesOwed);
  return isSame ? 'NONE' : 'GAINS';
}
