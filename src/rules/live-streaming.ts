import type { Actor } from './actor.ts';
import { authorise, type RoomCaller } from './authority.ts';
import type { Decision, RoomFacts } from './facts.ts';
import type { LiveStreamId } from './ids.ts';
import { isRunning, type LiveStream, type LiveStreamStatus } from './live-stream.ts';
import { type Conflict, conflict, type Forbidden, isRefusal, type NotFound, notFound } from './refusal.ts';
import { hasEnded } from './room.ts';

/** Starts a live stream: one at a time in a room. The media side reports when it is live. */
export function startLiveStream(
  facts: RoomFacts,
  command: { readonly caller: RoomCaller; readonly id: LiveStreamId; readonly destinations: readonly string[] },
  now: Date,
): Decision<LiveStream | Forbidden | Conflict | NotFound> {
  const actor = authorise(facts, command.caller, 'STREAMING');
  if (isRefusal(actor)) return { answer: actor };
  if (hasEnded(facts.room, now)) return { answer: notFound() };
  if (facts.liveStream && isRunning(facts.liveStream)) {
    return { answer: conflict('CONFLICT', 'A live stream is already running in this room. Stop it first.') };
  }
  const { id: roomId, domainId } = facts.room;
  const liveStream: LiveStream = {
    id: command.id,
    roomId,
    domainId,
    status: 'STARTING',
    destinations: command.destinations,
    destinationsSealed: null,
    egressId: null,
    startedAt: now,
    startedBy: actor,
    endedAt: null,
    error: null,
  };
  return changeTo(liveStream, actor);
}

/** The live stream as it stands: one that another has followed has ended, and stays as it was found on record. */
function standing({ liveStream }: RoomFacts, found: LiveStream): LiveStream {
  return liveStream?.id === found.id ? liveStream : found;
}

/** Asks the media side to stop. Repeating it has no further effect. */
export function stopLiveStream(
  facts: RoomFacts,
  caller: RoomCaller,
  found: LiveStream,
): Decision<LiveStream | Forbidden> {
  const actor = authorise(facts, caller, 'STREAMING');
  if (isRefusal(actor)) return { answer: actor };
  const liveStream = standing(facts, found);
  if (!isRunning(liveStream) || liveStream.status === 'STOPPING') return { answer: liveStream };
  return changeTo({ ...liveStream, status: 'STOPPING' }, actor);
}

/** The allowed changes of status: nothing follows an end. */
const next: Readonly<Record<LiveStreamStatus, readonly LiveStreamStatus[]>> = {
  STARTING: ['LIVE', 'STOPPED', 'FAILED'],
  LIVE: ['STOPPING', 'STOPPED', 'FAILED'],
  STOPPING: ['STOPPED', 'FAILED'],
  STOPPED: [],
  FAILED: [],
};

/** The media side says how it stands. The same report again changes nothing. */
export function reportLiveStream(
  facts: RoomFacts,
  report: {
    readonly found: LiveStream;
    readonly status: LiveStreamStatus;
    readonly error: string | null;
    readonly actor: Actor;
  },
  now: Date,
): Decision<LiveStream | Conflict> {
  const liveStream = standing(facts, report.found);
  if (liveStream.status === report.status) return { answer: liveStream };
  if (!next[liveStream.status].includes(report.status)) {
    return {
      answer: conflict('CONFLICT', `This live stream is ${liveStream.status}, and cannot become ${report.status}.`),
    };
  }
  const error = report.status === 'FAILED' ? report.error : null;
  const after: LiveStream = { ...liveStream, status: report.status, error };
  return changeTo(isRunning(after) ? after : { ...after, endedAt: now }, report.actor);
}

function changeTo(liveStream: LiveStream, by: Actor): Decision<LiveStream> {
  return { answer: liveStream, changes: { liveStream, events: [{ type: 'LiveStreamChanged', by, liveStream }] } };
}

/** A destination as it may be shown: where to, without the path in which stream keys stand. Null: it is no such URL. */
export function showDestination(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || !['rtmp:', 'rtmps:', 'https:'].includes(url.protocol) || url.hostname === '') return null;
  return `${url.protocol}//${url.host}`;
}
