import {
  type EgressInfo,
  EgressStatus,
  type ParticipantInfo,
  ParticipantInfo_State,
  type ParticipantPermission,
  type TrackInfo,
  TrackSource,
  TrackType,
} from 'livekit-server-sdk';
import { type MediaRights, type MediaSource, mediaSources } from '../rules/media-rights.ts';
import type { SeenPerson, SeenStream, SeenStreamState, SeenTrack } from '../rules/media-seen.ts';

/** LiveKit's messages, in our words. What a later version may add falls to the careful side. */
export function readPerson(person: ParticipantInfo): SeenPerson {
  const { identity, sid, kind, state, permission, tracks } = person;
  return {
    identity,
    sid,
    kind: kind === standardKind ? 'STANDARD' : 'OTHER',
    state: states.get(state) ?? 'JOINED',
    joinedAt: readJoinedAt(person),
    rights: readRights(permission),
    tracks: tracks.map(readTrack),
  };
}

/** Older servers say the seconds alone. */
function readJoinedAt({ joinedAt, joinedAtMs }: ParticipantInfo): Date | null {
  const ms = Number(joinedAtMs) || Number(joinedAt) * 1000;
  return ms === 0 ? null : new Date(ms);
}

/** The SDK hands this enumeration on with the message alone. */
const standardKind: ParticipantInfo['kind'] = 0;

const states = new Map<ParticipantInfo_State, SeenPerson['state']>([
  [ParticipantInfo_State.JOINING, 'JOINING'],
  [ParticipantInfo_State.JOINED, 'JOINED'],
  [ParticipantInfo_State.ACTIVE, 'ACTIVE'],
  [ParticipantInfo_State.DISCONNECTED, 'DISCONNECTED'],
]);

const sources = new Map<TrackSource, MediaSource>([
  [TrackSource.CAMERA, 'CAMERA'],
  [TrackSource.MICROPHONE, 'MICROPHONE'],
  [TrackSource.SCREEN_SHARE, 'SCREEN_SHARE'],
  [TrackSource.SCREEN_SHARE_AUDIO, 'SCREEN_SHARE_AUDIO'],
]);

function readRights(permission: ParticipantPermission | undefined): MediaRights {
  const seen = new Set(permission?.canPublishSources.map((source) => sources.get(source) ?? 'UNKNOWN'));
  const canPublish = permission?.canPublish ?? false;
  // An empty list stands for all of them.
  const listed = seen.size === 0 ? mediaSources : mediaSources.filter((source) => seen.has(source));
  return {
    canPublish,
    sources: canPublish ? listed : [],
    canSubscribe: permission?.canSubscribe ?? false,
    canPublishData: permission?.canPublishData ?? false,
    hidden: permission?.hidden ?? false,
    canUpdateMetadata: permission?.canUpdateMetadata ?? false,
  };
}

const types = new Map<TrackType, SeenTrack['type']>([
  [TrackType.AUDIO, 'AUDIO'],
  [TrackType.VIDEO, 'VIDEO'],
]);

function readTrack({ sid, source, type, mimeType, muted }: TrackInfo): SeenTrack {
  return {
    sid,
    source: sources.get(source) ?? 'UNKNOWN',
    type: types.get(type) ?? 'DATA',
    mimeType: mimeType.toLowerCase(),
    muted,
  };
}

const streamStates = new Map<EgressStatus, SeenStreamState>([
  [EgressStatus.EGRESS_STARTING, 'STARTING'],
  [EgressStatus.EGRESS_ACTIVE, 'ACTIVE'],
  [EgressStatus.EGRESS_ENDING, 'ENDING'],
  [EgressStatus.EGRESS_COMPLETE, 'COMPLETE'],
]);

export function readStream({ egressId, roomName, status, startedAt, error, request }: EgressInfo): SeenStream {
  const state = streamStates.get(status) ?? 'FAILED';
  const isOfRoom = request.case === 'roomComposite' && request.value.streamOutputs.length > 0;
  return {
    ...{ id: egressId, room: roomName, isOfRoom, state },
    startedAt: startedAt === 0n ? null : new Date(Number(startedAt / 1_000_000n)),
    error: state === 'FAILED' ? withoutUrls(error) : null,
  };
}

const maxErrorCharacters = 300;

/** What a server says of a failure may name the destination, and that holds the stream key. */
function withoutUrls(text: string): string {
  const scrubbed = text
    .replaceAll(/[a-z][a-z0-9+.-]*:\/\/\S*/gi, '…')
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim();
  return scrubbed === '' ? 'The media server says that the live stream failed.' : scrubbed.slice(0, maxErrorCharacters);
}
