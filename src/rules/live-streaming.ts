import type { Actor } from './actor.ts';
import { authorise, type RoomCaller } from './authority.ts';
import type { Decision, RoomFacts } from './facts.ts';
import type { LiveStreamId } from './ids.ts';
import { endStream, isRunning, type LiveStream, type LiveStreamStatus, mayStillBeSent } from './live-stream.ts';
import { carriedOutOn } from './media-server.ts';
import {
  type Conflict,
  conflict,
  type Forbidden,
  type InputIssue,
  type InvalidInput,
  invalidInput,
  isRefusal,
  type NotFound,
  notFound,
} from './refusal.ts';
import { hasEnded } from './room.ts';

/** Where to send a live stream to. */
interface StartLiveStream {
  readonly caller: RoomCaller;
  readonly id: LiveStreamId;
  /** As they may be shown, see `showDestination`. */
  readonly destinations: readonly string[];
  /** The same with their stream keys, sealed, in hex: kept where a media server of ours is to send there. */
  readonly sealed: string;
}

/** A media server sends RTMP and SRT. Whoever else carries media may know more. */
function findUnsendable(destinations: readonly string[]): readonly InputIssue[] {
  return destinations.flatMap((destination, index) =>
    /^(?:rtmps?|srt):/.test(destination)
      ? []
      : [
          {
            path: ['input', 'destinations', String(index)],
            message: 'must be an rtmp, rtmps or srt URL: the media server of this domain sends to no other',
          },
        ],
  );
}

const sentBefore = 'The live stream before this one has not stopped on the media server yet. Try again in a moment.';
const unknownBefore =
  'The media server has not said yet whether it sends the live stream before this one. Try again in a moment.';

/** Starts a live stream: one at a time in a room, on its media server too. The media side reports when it is live. */
export function startLiveStream(
  facts: RoomFacts,
  command: StartLiveStream,
  now: Date,
): Decision<LiveStream | Forbidden | Conflict | NotFound | InvalidInput> {
  const actor = authorise(facts, command.caller, 'STREAMING');
  if (isRefusal(actor)) return { answer: actor };
  if (hasEnded(facts.room, now)) return { answer: notFound() };
  if (facts.liveStream && isRunning(facts.liveStream)) {
    return { answer: conflict('CONFLICT', 'A live stream is already running in this room. Stop it first.') };
  }
  const isCarried = carriedOutOn(facts.domain) !== null;
  if (isCarried && facts.liveStream && mayStillBeSent(facts.liveStream, now)) {
    return { answer: conflict('CONFLICT', facts.liveStream.egressId === null ? unknownBefore : sentBefore) };
  }
  const issues = isCarried ? findUnsendable(command.destinations) : [];
  if (issues.length > 0) return { answer: invalidInput(issues) };
  const { id: roomId, domainId } = facts.room;
  const liveStream: LiveStream = {
    id: command.id,
    roomId,
    domainId,
    status: 'STARTING',
    destinations: command.destinations,
    destinationsSealed: isCarried ? command.sealed : null,
    egressId: null,
    startAskedAt: null,
    startedAt: now,
    startedBy: actor,
    statusAt: null,
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
  now: Date,
): Decision<LiveStream | Forbidden> {
  const actor = authorise(facts, caller, 'STREAMING');
  if (isRefusal(actor)) return { answer: actor };
  const liveStream = standing(facts, found);
  if (!isRunning(liveStream) || liveStream.status === 'STOPPING') return { answer: liveStream };
  return changeTo({ ...liveStream, status: 'STOPPING', statusAt: now }, actor);
}

/** The allowed changes of status: nothing follows an end. */
const next: Readonly<Record<LiveStreamStatus, readonly LiveStreamStatus[]>> = {
  STARTING: ['LIVE', 'STOPPED', 'FAILED'],
  LIVE: ['STOPPING', 'STOPPED', 'FAILED'],
  STOPPING: ['STOPPED', 'FAILED'],
  STOPPED: [],
  FAILED: [],
};

/** What whoever carries media says of a live stream. On a media server of ours the service sees for itself. */
export function hearLiveStream(facts: RoomFacts, report: LiveStreamReport, now: Date): Decision<LiveStream | Conflict> {
  if (carriedOutOn(facts.domain) === null) return reportLiveStream(facts, report, now);
  const message =
    'The media server of this domain sends the live stream, and the service sees how it stands: reports are not needed.';
  return { answer: conflict('CONFLICT', message) };
}

interface LiveStreamReport {
  readonly found: LiveStream;
  readonly status: LiveStreamStatus;
  readonly error: string | null;
  readonly actor: Actor;
}

/** The media side says how it stands. The same report again changes nothing. */
export function reportLiveStream(
  facts: RoomFacts,
  report: LiveStreamReport,
  now: Date,
): Decision<LiveStream | Conflict> {
  const liveStream = standing(facts, report.found);
  if (liveStream.status === report.status) return { answer: liveStream };
  if (!next[liveStream.status].includes(report.status)) {
    return {
      answer: conflict('CONFLICT', `This live stream is ${liveStream.status}, and cannot become ${report.status}.`),
    };
  }
  const { status, error } = report;
  if (status === 'FAILED' || status === 'STOPPED') {
    return changeTo(endStream(liveStream, status, status === 'FAILED' ? error : null, now), report.actor);
  }
  return changeTo({ ...liveStream, status, statusAt: now }, report.actor);
}

function changeTo(liveStream: LiveStream, by: Actor): Decision<LiveStream> {
  return { answer: liveStream, changes: { liveStream, events: [{ type: 'LiveStreamChanged', by, liveStream }] } };
}

/** A destination as it may be shown: the server, without the path, which contains the stream key. Null: it is not such a URL. */
export function showDestination(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || !['rtmp:', 'rtmps:', 'srt:', 'https:'].includes(url.protocol) || url.hostname === '') return null;
  return `${url.protocol}//${url.host}`;
}
