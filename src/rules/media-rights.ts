import { type Participant, participantPermissions } from './participant.ts';
import type { MediaKind, Permissions } from './permissions.ts';
import type { DomainDefaults, Room } from './room.ts';

/** What a track says that it shows, in the order in which lists of sources are written everywhere: a media server may compare them so. */
export const mediaSources = ['CAMERA', 'MICROPHONE', 'SCREEN_SHARE', 'SCREEN_SHARE_AUDIO', 'UNKNOWN'] as const;
export type MediaSource = (typeof mediaSources)[number];

/** What one person may do on a media server: always the whole of it, since a server replaces all that it had. */
export interface MediaRights {
  readonly canPublish: boolean;
  /** What may be sent. Empty with `canPublish` is never written: a server reads it as everything. */
  readonly sources: readonly MediaSource[];
  readonly canSubscribe: boolean;
  readonly canPublishData: boolean;
  /** In the room, and shown to nobody. */
  readonly hidden: boolean;
  /** May rename themselves there. Given to nobody here. */
  readonly canUpdateMetadata: boolean;
}

const sourceOf: Readonly<Record<MediaKind, MediaSource>> = {
  VIDEO: 'CAMERA',
  AUDIO: 'MICROPHONE',
  SCREEN_VIDEO: 'SCREEN_SHARE',
  SCREEN_AUDIO: 'SCREEN_SHARE_AUDIO',
  CUSTOM_AUDIO: 'UNKNOWN',
  CUSTOM_VIDEO: 'UNKNOWN',
};

/** What holds now for one person on a media server. */
export function mediaRightsOf(participant: Participant, room: Room, domain: DomainDefaults): MediaRights {
  return toMediaRights(participantPermissions(participant, room, domain), participant.hidden);
}

/** Who is not shown sends nothing: others would hear somebody who is on no list. */
export function toMediaRights({ canSend, canReceive, hasPresence }: Permissions, hidden: boolean): MediaRights {
  const isShown = hasPresence && !hidden;
  const allowed = new Set(canSend.map((kind) => sourceOf[kind]));
  const sources = isShown ? mediaSources.filter((source) => allowed.has(source)) : [];
  return {
    canPublish: sources.length > 0,
    sources,
    canSubscribe: canReceive.base.length > 0 || canReceive.overrides.some(({ kinds }) => kinds.length > 0),
    canPublishData: isShown,
    hidden: !isShown,
    canUpdateMetadata: false,
  };
}

export function areSameRights(a: MediaRights, b: MediaRights): boolean {
  return areWithin(a, b) && areWithin(b, a);
}

/** Do these rights hold nothing that those do not? Being unseen counts as a right. */
export function areWithin(these: MediaRights, those: MediaRights): boolean {
  return (
    (!these.canPublish || (those.canPublish && these.sources.every((source) => those.sources.includes(source)))) &&
    (!these.canSubscribe || those.canSubscribe) &&
    (!these.canPublishData || those.canPublishData) &&
    (!these.hidden || those.hidden) &&
    (!these.canUpdateMetadata || those.canUpdateMetadata)
  );
}
