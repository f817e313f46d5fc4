import { areSameRights, areWithin, type MediaRights, type MediaSource } from './media-rights.ts';
import type { SeenPerson, SeenTrack } from './media-seen.ts';
import type { OwedMute } from './participant.ts';

/** Somebody who may be in the room on the media server. */
export interface WantedPerson {
  readonly rights: MediaRights;
  /** What is to be muted once. */
  readonly mutesOwed: readonly OwedMute[];
}

/** One call to the media server. */
export type MediaCall =
  | { readonly kind: 'CLOSE_ROOM' | 'ENSURE_ROOM' }
  | { readonly kind: 'REMOVE'; readonly identity: string }
  | { readonly kind: 'ALLOW'; readonly identity: string; readonly rights: MediaRights }
  | { readonly kind: 'MUTE'; readonly identity: string; readonly trackSid: string };

export interface MediaPlan {
  /**
   * What takes away comes before what gives: calls of one stage go out together, and the next stage waits for them. All that takes away
   * is one stage: somebody who cannot be removed keeps nobody else from being muted.
   */
  readonly stages: readonly (readonly MediaCall[])[];
  /** Somebody is there, coming or going, who may not be, or with rights that do not hold: by an old token they may come again. */
  readonly isIntruded: boolean;
}

/**
 * What has to be asked of a media server so that it shows what holds here. Where it does already, nothing is asked: any number of looks
 * later the plan is empty. Recorders, agents and telephones are left alone.
 * @param wanted who may be in the room, by identity. Null: the room is over, and nobody may
 * @param seen what its list showed before `wanted` was read. The other way round, somebody who came in between would be put out
 */
export function planMedia(wanted: ReadonlyMap<string, WantedPerson> | null, seen: readonly SeenPerson[]): MediaPlan {
  const people = seen.filter(({ kind }) => kind === 'STANDARD');
  if (wanted === null) return { stages: [[{ kind: 'CLOSE_ROOM' }]], isIntruded: people.length > 0 };
  const takingAway: MediaCall[] = [];
  const growing: MediaCall[] = [];
  let isIntruded = false;
  for (const person of people) {
    const { identity, rights: has } = person;
    const may = wanted.get(identity);
    isIntruded ||= may === undefined || !areWithin(has, may.rights);
    if (person.state === 'DISCONNECTED') continue;
    if (may === undefined || becomesUnseen(has, may.rights)) {
      takingAway.push({ kind: 'REMOVE', identity });
      continue;
    }
    if (!areSameRights(has, may.rights)) {
      (areWithin(has, may.rights) ? growing : takingAway).push({ kind: 'ALLOW', identity, rights: may.rights });
    }
    takingAway.push(...mutesOf(person, may.mutesOwed));
  }
  // Nobody comes into a room that was deleted, or lost with the server's memory.
  if (people.length === 0 && wanted.size > 0) growing.push({ kind: 'ENSURE_ROOM' });
  return { stages: [takingAway, growing].filter((stage) => stage.length > 0), isIntruded };
}

/** Told on the spot, the others would keep a picture of somebody who is not there: whoever becomes unseen has to come anew. */
function becomesUnseen(has: MediaRights, may: MediaRights): boolean {
  return may.hidden && !has.hidden;
}

function mutesOf({ identity, tracks }: SeenPerson, owed: readonly OwedMute[]): readonly MediaCall[] {
  const isShared = tracks.some(({ source, muted }) => source === 'SCREEN_SHARE' && !muted);
  return tracks
    .filter((track) => !track.muted && muteOf(track, isShared).some((what) => owed.includes(what)))
    .map(({ sid }) => ({ kind: 'MUTE', identity, trackSid: sid }));
}

/**
 * What mutes a track. A sender chooses the source, so that each source belongs to something that a host can mute: custom tracks go with what
 * they carry, and the sound of a screen that nobody sees is a voice.
 * @param isShared is a screen of the same person seen?
 */
function muteOf(track: SeenTrack, isShared: boolean): readonly OwedMute[] {
  switch (track.source) {
    case 'MICROPHONE':
      return ['AUDIO'];
    case 'CAMERA':
      return ['VIDEO'];
    case 'SCREEN_SHARE':
      return ['SCREEN'];
    case 'SCREEN_SHARE_AUDIO':
      return isShared ? ['SCREEN'] : ['SCREEN', 'AUDIO'];
    case 'UNKNOWN': {
      const carried = carriedBy(track);
      return carried === null ? [] : [carried];
    }
    default:
      return track.source satisfies never;
  }
}

/** What a track carries in truth. */
export function carriedBy({ mimeType, type }: SeenTrack): 'AUDIO' | 'VIDEO' | null {
  if (mimeType.startsWith('audio/')) return 'AUDIO';
  if (mimeType.startsWith('video/')) return 'VIDEO';
  return type === 'DATA' ? null : type;
}

const typeOf: Readonly<Record<MediaSource, 'AUDIO' | 'VIDEO' | null>> = {
  CAMERA: 'VIDEO',
  SCREEN_SHARE: 'VIDEO',
  MICROPHONE: 'AUDIO',
  SCREEN_SHARE_AUDIO: 'AUDIO',
  UNKNOWN: null,
};

/**
 * LIE: it carries something else than it says, so that it arrives by a right to send something else. SURPLUS: it says what it is, and is a
 * custom track of the type that its sender may not send.
 */
export type TrackFault = 'LIE' | 'SURPLUS';

/**
 * What is wrong with a track; null: nothing. A media server compares the declared source alone, so that a camera which calls itself a
 * microphone arrives, and so does custom video from whoever may send custom audio.
 * @param custom what may be sent of no declared source. Nothing: the media server itself takes such a track away
 */
export function faultOf(track: SeenTrack, custom: readonly ('AUDIO' | 'VIDEO')[]): TrackFault | null {
  const carried = carriedBy(track);
  if (carried === null) return null;
  if (track.type !== carried) return 'LIE';
  const declared = typeOf[track.source];
  if (declared !== null) return declared === carried ? null : 'LIE';
  return custom.length === 0 || custom.includes(carried) ? null : 'SURPLUS';
}
