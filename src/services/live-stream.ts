import type { RoomFinder } from '../room/finder.ts';
import { type LiveStreamView, liveStreamView } from '../room/views.ts';
import { act, type RoomWriter } from '../room/writer.ts';
import type { ActorViewer } from '../rules/actor.ts';
import { type Caller, isNobody, needs, refuseCaller, requireBackend, requireRoomCaller } from '../rules/caller.ts';
import type { RoomFacts } from '../rules/facts.ts';
import type { LiveStreamId, RoomId } from '../rules/ids.ts';
import type { LiveStreamStatus } from '../rules/live-stream.ts';
import { hearLiveStream, showDestination, startLiveStream, stopLiveStream } from '../rules/live-streaming.ts';
import { isRefusal, notFound } from '../rules/refusal.ts';
import type { ParticipantStorage } from '../storage/participant.ts';
import { InputReader, type Maybe } from './input.ts';
import { mayDecideIn } from './knock-lists.ts';
import type { Secrets } from './secrets.ts';

export interface LiveStreamDeps {
  readonly writer: RoomWriter;
  readonly rooms: RoomFinder;
  readonly participants: Pick<ParticipantStorage, 'findLiveStream' | 'decidesKnocks'>;
  readonly secrets: Secrets;
  readonly box: StreamKeySealer;
}

/** Encrypts destinations, which hold stream keys, for the database. */
interface StreamKeySealer {
  readonly seal: (
    secret: Uint8Array,
    place: { readonly purpose: 'live-stream'; readonly domainId: string; readonly keyId: string },
  ) => Buffer;
}

export type LiveStreamService = ReturnType<typeof createLiveStreamService>;

interface StartInput {
  readonly roomName: string;
  readonly destinations: readonly string[];
}

interface ReportInput {
  readonly liveStreamId: LiveStreamId | null;
  readonly status: LiveStreamStatus;
  readonly error?: Maybe<string>;
}

const maxDestinations = 10;

/** Live streams: the service authorises, records and announces them. The media side runs them, and reports back. */
export function createLiveStreamService(deps: LiveStreamDeps) {
  return {
    start: async (caller: Caller, input: StartInput) => {
      const acting = requireRoomCaller(caller, 'ADMISSION');
      if (isRefusal(acting)) return acting;
      const reader = new InputReader();
      const destinations = readDestinations(input.destinations, reader);
      if (reader.refusal) return reader.refusal;
      const ref = await deps.rooms.refFor(acting, input.roomName);
      if (ref === null) return notFound();
      const id = deps.secrets.newId<'LiveStream'>();
      const place = { purpose: 'live-stream', domainId: ref.domainId, keyId: id } as const;
      const sealed = deps.box.seal(Buffer.from(JSON.stringify(input.destinations)), place).toString('hex');
      const command = { caller: acting.who, id, destinations, sealed };
      const decide = (facts: RoomFacts, now: Date) => startLiveStream(facts, command, now);
      return act(deps.writer, ref, { by: caller, decide }, liveStreamView);
    },
    ...createRunning(deps),
  };
}

function createRunning(deps: LiveStreamDeps) {
  return {
    stop: async (caller: Caller, id: LiveStreamId | null) => {
      const acting = requireRoomCaller(caller, 'ADMISSION');
      if (isRefusal(acting)) return acting;
      const found = id === null ? null : await deps.participants.findLiveStream(acting.domainId, id);
      if (found === null || (acting.roomId !== null && acting.roomId !== found.liveStream.roomId)) return notFound();
      const { liveStream } = found;
      const decide = (facts: RoomFacts, now: Date) => stopLiveStream(facts, acting.who, liveStream, now);
      return act(deps.writer, liveStream, { by: caller, decide }, liveStreamView);
    },
    report: async (caller: Caller, input: ReportInput) => {
      const backend = requireBackend(caller, 'ADMISSION');
      if (isRefusal(backend)) return backend;
      const reader = new InputReader();
      const error = reader.message('error', input.error);
      if (reader.refusal) return reader.refusal;
      const found =
        input.liveStreamId === null
          ? null
          : await deps.participants.findLiveStream(backend.domainId, input.liveStreamId);
      if (found === null) return notFound();
      const report = { found: found.liveStream, status: input.status, error, actor: backend.actor };
      const decide = (facts: RoomFacts, now: Date) => hearLiveStream(facts, report, now);
      return act(deps.writer, found.liveStream, { by: caller, decide }, liveStreamView);
    },
    findById: async (caller: Caller, id: LiveStreamId) => {
      if (isNobody(caller)) return refuseCaller(caller, needs.apiKeyOrSession);
      const found = await deps.participants.findLiveStream(caller.domainId, id);
      if (found === null || caller.kind === 'KNOCKER') return null;
      if (caller.kind === 'BACKEND') return found;
      const isInside = (await deps.participants.decidesKnocks(caller.domainId, caller.id)) !== null;
      return isInside && caller.roomId === found.liveStream.roomId ? found : null;
    },
    /** Which of the people whom others do not see this caller may know about. */
    actorViewerOf: (caller: Caller, { liveStream }: LiveStreamView) => findActorViewer(deps, caller, liveStream.roomId),
  };
}

/** May this caller know about people in the room whom others do not see? The backend may, and everybody who decides knocks there. */
export async function findActorViewer(
  deps: Pick<LiveStreamDeps, 'participants'>,
  caller: Caller,
  roomId: RoomId,
): Promise<ActorViewer> {
  if (isNobody(caller)) return 'SEES_WHO_IS_SHOWN';
  const seesAll = caller.kind === 'BACKEND' || (await mayDecideIn(deps, caller, roomId)) === true;
  return seesAll ? 'SEES_ALL' : 'SEES_WHO_IS_SHOWN';
}

function readDestinations(texts: readonly string[], reader: InputReader): readonly string[] {
  if (texts.length === 0 || texts.length > maxDestinations)
    reader.say(['destinations'], `must contain 1 to ${maxDestinations} URLs`);
  return texts.slice(0, maxDestinations).map((text, index) => {
    const shown = text.length > 2_048 ? null : showDestination(text);
    if (shown === null) reader.say(['destinations', String(index)], 'must be an rtmp, rtmps, srt or https URL');
    return shown ?? '';
  });
}
