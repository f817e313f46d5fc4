import { isDeepStrictEqual } from 'node:util';
import type { ParticipantView } from '../room/views.ts';
import { encodeId } from '../rules/ids.ts';
import { type MediaGrant, participantPermissions } from '../rules/participant.ts';

/** What a media server is to be shown of somebody. */
export function mediaGrantOf({ participant, room, domain }: ParticipantView): MediaGrant {
  return {
    participantId: encodeId('Participant', participant.id),
    roomName: room.name,
    roomId: encodeId('Room', room.id),
    userName: participant.userName,
    userId: participant.userId,
    isOwner: participant.isOwner,
    hidden: participant.hidden,
    permissions: participantPermissions(participant, room, domain),
  };
}

/** A grant that is older is not handed out, since it is good for two minutes only. Milliseconds. */
const freshMs = 1_000;

export interface EarlyGrant {
  /** Begins to sign: somebody is let in, and that is about to be written. */
  readonly begin: (view: ParticipantView) => void;
  /** The grant, after that is written. */
  readonly take: (view: ParticipantView) => Promise<string>;
}

/**
 * Signs a media grant while the write that it rests on is on its way. Nobody gets it before that is done. Where the room has moved on
 * meanwhile, so that a grant says something else, it is signed again.
 */
export function createEarlyGrant(sign: (view: ParticipantView) => Promise<string>): EarlyGrant {
  let early: { readonly grant: MediaGrant; readonly at: number; readonly signed: Promise<string> } | null = null;
  const find = (grant: MediaGrant) => {
    const isFresh = early !== null && performance.now() - early.at < freshMs;
    return isFresh && isDeepStrictEqual(early?.grant, grant) ? early : null;
  };
  return {
    begin: (view) => {
      const grant = mediaGrantOf(view);
      // A decision is made again where somebody else wrote first.
      if (find(grant) !== null) return;
      const signed = sign(view);
      // Whoever takes it hears of a failure. Where nobody does, it is nobody's.
      signed.catch(() => undefined);
      early = { grant, at: performance.now(), signed };
    },
    // What failed early may go well now: the join is written, and whoever is in gets a grant.
    take: (view) => find(mediaGrantOf(view))?.signed.catch(() => sign(view)) ?? sign(view),
  };
}
