import pLimit from 'p-limit';
import type { Uptime } from '../room/uptime.ts';
import type { RoomWriter } from '../room/writer.ts';
import type { RoomFacts } from '../rules/facts.ts';
import { encodeId } from '../rules/ids.ts';
import { isEnding } from '../rules/live-stream.ts';
import { type FollowedLook, followMedia, type OwedMutes, settleMutes } from '../rules/media-following.ts';
import type { MediaCall } from '../rules/media-plan.ts';
import { carriedOutOn } from '../rules/media-server.ts';
import { isRefusal } from '../rules/refusal.ts';
import type { DomainDefaults } from '../rules/room.ts';
import type { ClaimedMediaRoom } from '../storage/media-room.ts';
import type { MediaFailure, MediaOutcome, MediaServer } from './port.ts';
import type { MediaReports } from './reports.ts';
import type { AskedServer, MediaServers } from './servers.ts';
import { carryStream, type StreamCarryingDeps } from './streaming.ts';

export interface PassDeps extends StreamCarryingDeps {
  readonly servers: MediaServers;
  readonly writer: RoomWriter;
  readonly reports: MediaReports;
  readonly uptime: Uptime;
  /** Is told how the list was answered, before anything else is asked. */
  readonly onAnswer: (server: AskedServer, answer: { readonly outcome: 'DONE' } | MediaFailure) => void;
}

/** What a look at one room came to. */
export type PassEnd =
  /** There is nothing more to look at here. */
  | { readonly kind: 'OVER' }
  | {
      readonly kind: 'LOOKED';
      /** All that was wanted is done. */
      readonly isDone: boolean;
      /** Somebody was removed, or was not there to be asked. */
      readonly isMoved: boolean;
      readonly isIntruded: boolean;
      /** Is the gate of this media server known to refuse? */
      readonly isGated: boolean;
      readonly isInUse: boolean;
      readonly judgeAt: Date | null;
      /** A live stream is about to start or to stop. */
      readonly isStreaming: boolean;
    }
  /** The media server did not answer. */
  | { readonly kind: 'FAILED' };

/**
 * Looks at one room on its media server, and asks for what is missing there. The list comes first, and who may be in is read after it: the
 * other way round, whoever joins between the two would be thrown out. Only what takes away having been done, what gives is asked for.
 * @throws DatabaseError
 */
export async function makePass(claimed: ClaimedMediaRoom, deps: PassDeps): Promise<PassEnd> {
  const server = await deps.servers.find(claimed.domainId, claimed.mediaServerId);
  if (server === null) return { kind: 'OVER' };
  if (server.record.endedAt !== null && (await isInUseThere(claimed, server, deps))) return { kind: 'OVER' };
  const room = encodeId('Room', claimed.roomId);
  const until = performance.now() + lookMs;
  const seen = await server.media.look(room);
  deps.reports.called('LOOK', seen.outcome);
  deps.onAnswer(server, seen);
  if (seen.outcome !== 'DONE') return { kind: 'FAILED' };
  const place = { domainId: claimed.domainId, roomId: claimed.roomId };
  const decide = (facts: RoomFacts, now: Date) =>
    isCarriedHere(facts.domain, claimed) ? followMedia(facts, seen.people, now, deps.uptime.since()) : { answer: null };
  const written = await deps.writer.submit(place, { by: null, decide });
  if (isRefusal(written)) {
    if (written.refusal !== 'NotFound') return { kind: 'FAILED' };
    return closed(await ask({ kind: 'CLOSE_ROOM' }, room, server, deps));
  }
  const followed = written.answer;
  if (followed === null) return leave(claimed, written.room.domain, server, deps);
  const { mediaServerId } = claimed;
  for (const offender of followed.offenders) deps.reports.offended({ ...place, mediaServerId, ...offender });
  return carryOut(claimed, followed, server, deps, until);
}

/** False: the domain has another media server by now, or none. */
function isCarriedHere(domain: DomainDefaults, { mediaServerId }: ClaimedMediaRoom): boolean {
  return carriedOutOn(domain) === mediaServerId;
}

/** The domain has left this media server. Where it only has another key for the same one, the room is in use there. */
async function leave(
  claimed: ClaimedMediaRoom,
  domain: DomainDefaults,
  server: AskedServer,
  deps: PassDeps,
): Promise<PassEnd> {
  if (await isSamePlace(claimed, domain, server, deps)) return { kind: 'OVER' };
  return closed(await ask({ kind: 'CLOSE_ROOM' }, encodeId('Room', claimed.roomId), server, deps));
}

/** Seen before anything is asked there: a key that was replaced may open nothing any more, and nobody could ever close what it left. */
async function isInUseThere(claimed: ClaimedMediaRoom, server: AskedServer, deps: PassDeps): Promise<boolean> {
  const place = { domainId: claimed.domainId, roomId: claimed.roomId };
  const read = await deps.writer.submit(place, { by: null, decide: () => ({ answer: null }) });
  if (isRefusal(read) || isCarriedHere(read.room.domain, claimed)) return false;
  return isSamePlace(claimed, read.room.domain, server, deps);
}

async function isSamePlace(
  { domainId }: ClaimedMediaRoom,
  domain: DomainDefaults,
  server: AskedServer,
  { servers }: Pick<PassDeps, 'servers'>,
): Promise<boolean> {
  const id = carriedOutOn(domain);
  const next = id === null ? null : await servers.find(domainId, id);
  return next !== null && placeOf(next) === placeOf(server);
}

/** `wss:` and `https:` are the same place. */
function placeOf({ record }: AskedServer): string {
  return (record.apiUrl ?? record.url).replace(/^ws/i, 'http');
}

function closed({ outcome }: MediaOutcome): PassEnd {
  return outcome === 'DONE' || outcome === 'GONE' ? { kind: 'OVER' } : { kind: 'FAILED' };
}

async function carryOut(
  claimed: ClaimedMediaRoom,
  followed: FollowedLook,
  server: AskedServer,
  deps: PassDeps,
  until: number,
): Promise<PassEnd> {
  const { isIntruded, stages } = followed.plan;
  const room = encodeId('Room', claimed.roomId);
  const asked = await askInStages(stages, room, server, deps, until);
  const failed = asked.filter(({ outcome }) => outcome !== 'DONE' && outcome !== 'GONE');
  const isDone = failed.length === 0;
  const muted = whoWasMuted(asked, followed.owed);
  if (muted.size > 0) await settle(claimed, muted, deps);
  const { liveStream } = followed;
  const mayCarry = isDone || (liveStream !== null && isEnding(liveStream));
  const stream = mayCarry ? await carryStream(claimed, liveStream, server.media, deps) : 'NOTHING';
  return {
    kind: 'LOOKED',
    isDone: isDone && stream !== 'FAILED',
    isMoved: asked.some(({ outcome }) => outcome === 'GONE') || stages.flat().some(({ kind }) => kind === 'REMOVE'),
    isIntruded,
    isGated: server.record.gate && server.record.gateHolds === true,
    isInUse: followed.isInUse && !followed.isOver,
    judgeAt: followed.judgeAt,
    isStreaming: stream === 'CHANGING',
  };
}

interface AskedCall {
  readonly call: MediaCall;
  readonly outcome: MediaOutcome['outcome'];
}

/**
 * Who has been muted of those who were to be, whatever became of anything else: somebody muted again and again could not unmute. Whoever has
 * left meanwhile may come back.
 */
function whoWasMuted(asked: readonly AskedCall[], owed: OwedMutes): OwedMutes {
  const left = new Set(
    asked.flatMap(({ call, outcome }) =>
      call.kind === 'REMOVE' || (call.kind === 'MUTE' && outcome !== 'DONE') ? [call.identity] : [],
    ),
  );
  return new Map([...owed].filter(([identity]) => !left.has(identity)));
}

const callsAtOnce = 16;
/**
 * So long after its beginning a look asks for nothing new of people: a list of thousands at a server that takes seconds would hold its place
 * for an hour. The two calls at most for a live stream come after that: a room in which each look ends so could never stop its own.
 */
const lookMs = 10_000;
const late = { outcome: 'UNREACHABLE' } as const;

/** A stage that was not done holds up all that come after it. */
async function askInStages(
  stages: readonly (readonly MediaCall[])[],
  room: string,
  server: AskedServer,
  deps: Pick<PassDeps, 'reports'>,
  until: number,
): Promise<readonly AskedCall[]> {
  const asked: AskedCall[] = [];
  for (const stage of stages) {
    const answers = await pLimit(callsAtOnce).map(stage, async (call) => ({
      call,
      ...(performance.now() < until ? await ask(call, room, server, deps) : late),
    }));
    asked.push(...answers);
    if (answers.some(({ outcome }) => outcome === 'UNREACHABLE' || outcome === 'REFUSED')) break;
  }
  return asked;
}

async function ask(
  call: MediaCall,
  room: string,
  { media }: AskedServer,
  { reports }: Pick<PassDeps, 'reports'>,
): Promise<MediaOutcome> {
  const answer = await send(call, room, media);
  reports.called(call.kind, answer.outcome);
  return answer;
}

function send(call: MediaCall, room: string, media: MediaServer): Promise<MediaOutcome> {
  switch (call.kind) {
    case 'CLOSE_ROOM':
      return media.closeRoom(room);
    case 'ENSURE_ROOM':
      return media.ensureRoom(room);
    case 'REMOVE':
      return media.remove(room, call.identity);
    case 'ALLOW':
      return media.allow(room, call.identity, call.rights);
    case 'MUTE':
      return media.mute(room, call.identity, call.trackSid);
    default:
      return call satisfies never;
  }
}

async function settle({ domainId, roomId }: ClaimedMediaRoom, owed: OwedMutes, { writer }: PassDeps): Promise<void> {
  await writer.submit({ domainId, roomId }, { by: null, decide: (facts) => settleMutes(facts, owed) });
}
