import type { RoomWriter } from '../room/writer.ts';
import type { RoomFacts } from '../rules/facts.ts';
import { encodeId } from '../rules/ids.ts';
import { isLeftThere, isRunning, type LiveStream, mayStillBeSent } from '../rules/live-stream.ts';
import { noteStart, planStream, type StreamNews, type StreamStep, takeStreamNews } from '../rules/media-streaming.ts';
import { isRefusal } from '../rules/refusal.ts';
import type { ClaimedMediaRoom } from '../storage/media-room.ts';
import type { MediaServer } from './port.ts';
import type { MediaReports } from './reports.ts';
import type { MediaSecretOpener } from './servers.ts';
import { withoutStreamKeys } from './stream-keys.ts';

export interface StreamCarryingDeps {
  readonly writer: RoomWriter;
  readonly box: MediaSecretOpener;
  readonly reports: MediaReports;
  readonly now: () => Date;
}

/** CHANGING: it is about to start or to stop, and has to be looked at again soon. */
export type StreamEnd = 'NOTHING' | 'CHANGING' | 'FAILED';

/**
 * Looks after the live stream that a room has at the moment, or had last until the media server has ended it as well, and makes at most one
 * call for it.
 * @throws DatabaseError
 */
export async function carryStream(
  claimed: ClaimedMediaRoom,
  stream: LiveStream | null,
  media: MediaServer,
  deps: StreamCarryingDeps,
): Promise<StreamEnd> {
  if (stream === null || (!isRunning(stream) && !isLeftThere(stream))) return 'NOTHING';
  const listed = await media.streams(encodeId('Room', claimed.roomId));
  deps.reports.called('LIST_STREAMS', listed.outcome);
  const step = planStream(stream, listed.outcome === 'DONE' ? listed : null, deps.now());
  const isDone = await take(step, claimed, stream, media, deps);
  if (!isRunning(stream) && !mayStillBeSent(stream, deps.now())) return 'NOTHING';
  if (!isDone || listed.outcome !== 'DONE') return 'FAILED';
  return stream.status === 'LIVE' && step.kind === 'NOTHING' ? 'NOTHING' : 'CHANGING';
}

async function take(
  step: StreamStep,
  claimed: ClaimedMediaRoom,
  stream: LiveStream,
  media: MediaServer,
  deps: StreamCarryingDeps,
): Promise<boolean> {
  switch (step.kind) {
    case 'NOTHING':
      return true;
    case 'START':
      return start(claimed, stream, media, deps);
    case 'STOP':
      return stop(step.egressId, media, deps);
    case 'NEWS':
      return tell(claimed, stream, withoutKeys(step.news, stream, deps.box), deps);
    default:
      return step satisfies never;
  }
}

/** That it is asked is on record before: whatever becomes of the answer, what was started is looked for until it is found, or is nowhere. */
async function start(
  claimed: ClaimedMediaRoom,
  stream: LiveStream,
  media: MediaServer,
  deps: StreamCarryingDeps,
): Promise<boolean> {
  if (stream.destinationsSealed === null) {
    const error = 'The destinations of the live stream are no longer on record.';
    return tell(claimed, stream, { kind: 'FAILED', error, egressId: null, isNowhere: true }, deps);
  }
  const { domainId, roomId } = claimed;
  const decide = (facts: RoomFacts, now: Date) => noteStart(facts, stream.id, now);
  const noted = await deps.writer.submit({ domainId, roomId }, { by: null, decide });
  if (isRefusal(noted)) return false;
  if (!noted.answer) return true;
  const answer = await media.startStream(encodeId('Room', claimed.roomId), openDestinations(stream, deps.box));
  deps.reports.called('START_STREAM', answer.outcome);
  if (answer.outcome === 'GONE') {
    const error = 'Nobody is in the room on the media server.';
    return tell(claimed, stream, { kind: 'FAILED', error, egressId: null, isNowhere: true }, deps);
  }
  if (answer.outcome !== 'DONE') return false;
  return tell(claimed, stream, { kind: 'ADOPTED', egressId: answer.stream.id }, deps);
}

async function stop(egressId: string, media: MediaServer, { reports }: StreamCarryingDeps): Promise<boolean> {
  const { outcome } = await media.stopStream(egressId);
  reports.called('STOP_STREAM', outcome);
  return outcome === 'DONE' || outcome === 'GONE';
}

/** Why it failed, as far as it may be told. */
function withoutKeys(news: StreamNews, stream: LiveStream, box: MediaSecretOpener): StreamNews {
  if (news.kind !== 'FAILED' || stream.destinationsSealed === null) return news;
  return { ...news, error: withoutStreamKeys(news.error, openDestinations(stream, box)) };
}

async function tell(
  { domainId, roomId }: ClaimedMediaRoom,
  { id }: LiveStream,
  news: StreamNews,
  { writer }: StreamCarryingDeps,
): Promise<boolean> {
  const decide = (facts: RoomFacts, now: Date) => takeStreamNews(facts, id, news, now);
  const written = await writer.submit({ domainId, roomId }, { by: null, decide });
  return !isRefusal(written);
}

/** @throws SecretBoxError where they were sealed with a master key that is not at hand */
function openDestinations({ id, domainId, destinationsSealed }: LiveStream, box: MediaSecretOpener): readonly string[] {
  const sealed = Buffer.from(destinationsSealed ?? '', 'hex');
  const opened = box.open(sealed, { purpose: 'live-stream', domainId, keyId: id });
  // What this service sealed is a list of texts.
  return JSON.parse(Buffer.from(opened).toString()) as readonly string[];
}
