import { EgressInfo, ParticipantInfo, type VideoGrant } from 'livekit-server-sdk';
import type { Poster } from '../egress/poster.ts';
import type { MediaRights } from '../rules/media-rights.ts';
import type { AnswerBounds } from './answer-filter.ts';
import {
  createLiveKitCalls,
  type LiveKitAnswer,
  type LiveKitCalls,
  type LiveKitJson,
  type LiveKitKey,
} from './livekit-calls.ts';
import { readPerson, readStream } from './livekit-reading.ts';
import type { MediaAnswer, MediaFailure, MediaOutcome, MediaServer } from './port.ts';

export interface LiveKitOptions extends LiveKitKey {
  /** Where the server's API is: http(s) or ws(s). */
  readonly url: string;
  /** With a time limit of a few seconds. */
  readonly poster: Poster;
}

/** LiveKit, self-hosted or Cloud, by its server API. */
export function createLiveKit(options: LiveKitOptions): MediaServer {
  const calls = createLiveKitCalls(options);
  return { ...createRoomCalls(calls), ...createPersonCalls(calls), ...createStreamCalls(calls) };
}

/** Rooms end by this service's word: the times are for a room that it has forgotten with its database. Seconds. */
const roomTimes = { empty_timeout: 300, departure_timeout: 300 } as const;

/** What a failure says of itself. */
const ofFailures = ['code', 'msg'] as const;
/** Of a list: some ten thousand rooms, of whichever domain and whoever else, or some thousand people with what they send. */
const listBounds = { readBytes: 32 * 1024 * 1024, bytes: 4 * 1024 * 1024, parts: 100_000 } as const;
const roomsBounds: AnswerBounds = { members: new Set(['rooms', 'name', ...ofFailures]), ...listBounds };

function createRoomCalls(calls: LiveKitCalls): Pick<MediaServer, 'greet' | 'ensureRoom' | 'closeRoom' | 'rooms'> {
  const grant: VideoGrant = { roomCreate: true };
  const list = { roomList: true } as const;
  return {
    // The name of no room, so that the answer is short however many rooms there are.
    greet: async () => {
      const answer = await calls.ask('RoomService/ListRooms', { names: ['-'] }, list);
      return answer.outcome === 'GONE' ? notUnderstood : read(answer, () => ({}));
    },
    ensureRoom: async (room) =>
      outcomeOf(await calls.ask('RoomService/CreateRoom', { name: room, ...roomTimes }, grant)),
    closeRoom: async (room) => outcomeOf(await calls.ask('RoomService/DeleteRoom', { room }, grant)),
    rooms: async () => {
      const answer = await calls.ask('RoomService/ListRooms', {}, list, roomsBounds);
      if (answer.outcome === 'GONE') return notUnderstood;
      return read(answer, ({ rooms }) => ({ names: listOf(rooms).map(nameOf) }));
    },
  };
}

/** What `readPerson` reads, as LiveKit writes it and as its SDK calls it. */
const ofPeople = [
  ...['participants', 'identity', 'sid', 'kind', 'state', 'joined_at', 'joinedAt', 'joined_at_ms', 'joinedAtMs'],
  ...['permission', 'can_publish', 'canPublish', 'can_publish_sources', 'canPublishSources', 'hidden'],
  ...[
    'can_subscribe',
    'canSubscribe',
    'can_publish_data',
    'canPublishData',
    'can_update_metadata',
    'canUpdateMetadata',
  ],
  ...['tracks', 'source', 'type', 'mime_type', 'mimeType', 'muted'],
] as const;
const peopleBounds: AnswerBounds = { members: new Set([...ofPeople, ...ofFailures]), ...listBounds };

function createPersonCalls(calls: LiveKitCalls): Pick<MediaServer, 'look' | 'allow' | 'mute' | 'remove'> {
  const asAdmin = (method: string, room: string, more: object, bounds?: AnswerBounds) =>
    calls.ask(`RoomService/${method}`, { room, ...more }, { roomAdmin: true, room }, bounds);
  return {
    look: async (room) => {
      const answer = await asAdmin('ListParticipants', room, {}, peopleBounds);
      // Where a room is kept by one node, a missing one is said to be missing.
      if (answer.outcome === 'GONE') return { outcome: 'DONE', people: [] };
      return read(answer, ({ participants }) => ({
        people: listOf(participants, maxPeople).map((person) => readPerson(ParticipantInfo.fromJson(person, lenient))),
      }));
    },
    allow: async (room, identity, rights) =>
      outcomeOf(await asAdmin('UpdateParticipant', room, { identity, permission: permissionOf(rights) })),
    mute: async (room, identity, trackSid) =>
      outcomeOf(await asAdmin('MutePublishedTrack', room, { identity, track_sid: trackSid, muted: true })),
    remove: async (room, identity) => outcomeOf(await asAdmin('RemoveParticipant', room, { identity })),
  };
}

function createStreamCalls(calls: LiveKitCalls): Pick<MediaServer, 'startStream' | 'stopStream' | 'streams'> {
  const ask = (method: string, body: object) => calls.ask(`Egress/${method}`, body, { roomRecord: true });
  return {
    startStream: async (room, destinations) => {
      const answer = await ask('StartRoomCompositeEgress', {
        room_name: room,
        stream_outputs: outputsTo(destinations),
      });
      if (answer.outcome === 'GONE') return answer;
      return read(answer, (egress) => ({ stream: readStream(EgressInfo.fromJson(egress, lenient)) }));
    },
    stopStream: async (streamId) => outcomeOf(await ask('StopEgress', { egress_id: streamId })),
    streams: async (room) => {
      const answer = await ask('ListEgress', { room_name: room });
      // Its way of saying that there is nothing which could send a stream.
      if (answer.outcome === 'UNREACHABLE' && answer.serverSaid.includes('egress not connected')) {
        return { outcome: 'DONE', isAble: false, streams: [] };
      }
      if (answer.outcome === 'GONE') return notUnderstood;
      return read(answer, ({ items }) => ({
        isAble: true,
        streams: listOf(items).map((egress) => readStream(EgressInfo.fromJson(egress, lenient))),
      }));
    },
  };
}

/** Of a room nothing else counts. */
function nameOf(room: LiveKitJson): string {
  if (typeof room !== 'object' || room === null || Array.isArray(room)) throw new Error('must be a room');
  return typeof room.name === 'string' ? room.name : '';
}

/** More people than any room has, each with nothing to say: more calls would follow from such a list than anybody could make. */
const maxPeople = 10_000;

const lenient = { ignoreUnknownFields: true } as const;

const notUnderstood: MediaFailure = {
  outcome: 'UNREACHABLE',
  error: 'The media server answered something that is not understood.',
};

function outcomeOf(asked: LiveKitAnswer): MediaOutcome {
  switch (asked.outcome) {
    case 'DONE':
    case 'GONE':
      return { outcome: asked.outcome };
    case 'REFUSED':
    case 'UNREACHABLE':
      return { outcome: asked.outcome, error: asked.error };
    default:
      return asked satisfies never;
  }
}

function read<T>(
  asked: Exclude<LiveKitAnswer, { outcome: 'GONE' }>,
  parse: (json: { [key: string]: LiveKitJson }) => T,
): MediaAnswer<T> {
  if (asked.outcome !== 'DONE') return { outcome: asked.outcome, error: asked.error };
  try {
    return { outcome: 'DONE', ...parse(asked.json) };
  } catch {
    return notUnderstood;
  }
}

/** @throws for anything but a list, and for a longer one */
function listOf(json: LiveKitJson | undefined, most = Number.POSITIVE_INFINITY): readonly LiveKitJson[] {
  if (json === undefined || json === null) return [];
  if (!Array.isArray(json) || json.length > most) throw new Error('must be a list');
  return json;
}

/** All of it: LiveKit takes away whatever is left out. */
function permissionOf({ canPublish, sources, canSubscribe, canPublishData, ...rights }: MediaRights): object {
  return {
    can_publish: canPublish,
    can_publish_sources: canPublish ? sources : [],
    can_subscribe: canSubscribe,
    can_publish_data: canPublishData,
    hidden: rights.hidden,
    can_update_metadata: rights.canUpdateMetadata,
  };
}

function outputsTo(destinations: readonly string[]): readonly object[] {
  const isSrt = (url: string) => url.toLowerCase().startsWith('srt:');
  const outputs = [
    { protocol: 'RTMP', urls: destinations.filter((url) => !isSrt(url)) },
    { protocol: 'SRT', urls: destinations.filter(isSrt) },
  ];
  return outputs.filter(({ urls }) => urls.length > 0);
}
