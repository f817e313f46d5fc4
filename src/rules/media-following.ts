import { participantActor, theService } from './actor.ts';
import { type Decision, inside, type RoomFacts } from './facts.ts';
import { encodeId } from './ids.ts';
import type { LiveStream } from './live-stream.ts';
import { faultOf, type MediaPlan, planMedia, type TrackFault, type WantedPerson } from './media-plan.ts';
import { mediaRightsOf } from './media-rights.ts';
import type { SeenPerson, SeenTrack } from './media-seen.ts';
import {
  endParticipant,
  isInside,
  type OwedMute,
  type Participant,
  type PresentParticipant,
  participantPermissions,
} from './participant.ts';
import { mergePatches } from './permissions.ts';
import { excuse, presenceTimes } from './presence.ts';
import { hasEnded } from './room.ts';
import type { NewRoomEvent } from './room-event.ts';

/** How long being connected to a media server counts. Longer than it takes to the next look. Milliseconds. */
const mediaBeatMs = 45_000;
/** Written again only when so little of it is left. */
const renewedBeforeMs = 15_000;
const keepMs = presenceTimes.participant.keep * 1000;
/** Whoever comes back sends again within this time what they sent before. Milliseconds. */
const sendsAgainMs = 10_000;
/** Whoever is judged so much later than planned had no chance to come back meanwhile: something was away. */
const lateMs = 10_000;

export type OwedMutes = ReadonlyMap<string, readonly OwedMute[]>;

/** LIE: may send nothing any more. SURPLUS: no custom tracks. */
export interface Offender {
  readonly participantId: string;
  readonly fault: TrackFault;
}

/** What a look at the media server comes to. */
export interface FollowedLook {
  readonly plan: MediaPlan;
  /** What is to be muted once, by identity. */
  readonly owed: OwedMutes;
  /** The room is over, and nobody is in it. */
  readonly isOver: boolean;
  /** Somebody is inside, or on the media server. */
  readonly isInUse: boolean;
  /** When somebody will have lost the connection, or have nothing more to be muted, unless a look shows otherwise. Null: nobody. */
  readonly judgeAt: Date | null;
  /** The one that runs, or ran last. */
  readonly liveStream: LiveStream | null;
  /** Who was found to send what they may not, and may send less from now on. */
  readonly offenders: readonly Offender[];
}

/**
 * Takes over what a look has shown: who is there, who has been away for too long, what is sent. What the media server has to be asked for
 * follows from the room as it is then. The second time changes nothing.
 * @param since when the service was there again after it, or its database, had been away
 */
export function followMedia(
  facts: RoomFacts,
  seen: readonly SeenPerson[],
  now: Date,
  since: Date,
): Decision<FollowedLook> {
  const people = new Map(seen.filter(({ kind }) => kind === 'STANDARD').map((person) => [person.identity, person]));
  const before = inside(facts);
  const after = before.map((one) => followOne(one, people.get(identityOf(one)), facts, { now, since }));
  const changed = after.filter((one, index) => one !== before[index]);
  const stay = after.filter(isInside);
  const isOver = stay.length === 0 && hasEnded(facts.room, now);
  const wanted = new Map(stay.map((one) => [identityOf(one), wantedOf(one, facts)]));
  const known = new Map(before.map((one) => [one.id, one]));
  const settledOf = ({ id }: Participant) => mutesSettled(known.get(id), people.get(encodeId('Participant', id)), now);
  return {
    answer: {
      plan: planMedia(isOver ? null : wanted, seen),
      owed: new Map(
        stay.map((one) => [identityOf(one), settledOf(one)] as const).filter(([, kinds]) => kinds.length > 0),
      ),
      isOver,
      liveStream: facts.liveStream,
      isInUse: stay.length > 0 || people.size > 0,
      judgeAt: earliest(stay.map((one) => judgedAt(one, people.get(identityOf(one)), settledOf(one)))),
      offenders: before.flatMap((one) => {
        const fault = worstFault(one, people.get(identityOf(one)), facts);
        return fault === null ? [] : [{ participantId: identityOf(one), fault }];
      }),
    },
    ...(changed.length === 0
      ? {}
      : { changes: { participants: changed, events: changed.map((one) => eventOf(known.get(one.id), one, facts)) } }),
  };
}

/**
 * What need not be muted any more once this look is carried out. Whoever has only just come back sends what they did before in a moment, and
 * until then it stays owed, however many looks come between.
 */
function mutesSettled(
  before: PresentParticipant | undefined,
  person: SeenPerson | undefined,
  now: Date,
): readonly OwedMute[] {
  if (before === undefined || before.mediaConnection === 'LEFT' || !isThere(person)) return [];
  const isHere = now.getTime() >= sendsAgainAt(person);
  return before.mutesOwed.filter((what) => isHere || person.tracks.some(({ source }) => source === sourceOf[what]));
}

function sendsAgainAt({ joinedAt }: SeenPerson): number {
  return (joinedAt?.getTime() ?? 0) + sendsAgainMs;
}

const sourceOf = { AUDIO: 'MICROPHONE', VIDEO: 'CAMERA', SCREEN: 'SCREEN_SHARE' } as const;

/** What was to be muted is muted. What was asked for meanwhile stays. */
export function settleMutes(facts: RoomFacts, muted: OwedMutes): Decision<null> {
  const participants = inside(facts).flatMap((one) => {
    const done = muted.get(identityOf(one)) ?? [];
    const mutesOwed = one.mutesOwed.filter((what) => !done.includes(what));
    return mutesOwed.length === one.mutesOwed.length ? [] : [{ ...one, mutesOwed }];
  });
  if (participants.length === 0) return { answer: null };
  return { answer: null, changes: { participants, events: [{ type: 'Internal', by: null }] } };
}

function identityOf({ id }: Participant): string {
  return encodeId('Participant', id);
}

function wantedOf(one: PresentParticipant, { room, domain }: RoomFacts): WantedPerson {
  return { rights: mediaRightsOf(one, room, domain), mutesOwed: one.mutesOwed };
}

function isThere(person: SeenPerson | undefined): person is SeenPerson {
  return person?.state === 'ACTIVE' || person?.state === 'JOINED';
}

function followOne(
  one: PresentParticipant,
  person: SeenPerson | undefined,
  facts: RoomFacts,
  { now, since }: { readonly now: Date; readonly since: Date },
): Participant {
  const fault = worstFault(one, person, facts);
  const silenced = fault === null ? one : curtail(one, fault, facts);
  if (person === undefined || person.state === 'DISCONNECTED') return awayFrom(silenced, now, since);
  if (isThere(person))
    return same(one, { ...silenced, ...whatIsSent(person.tracks, fault === 'LIE'), ...beaten(one, person, now) });
  return silenced;
}

/**
 * A patch as an owner could lay it: their token, the gate and everybody's view follow from it, and an owner can take it back. There is no
 * call that takes one track away for good, and all custom tracks have one source: so both kinds of them go together, and nothing else.
 */
function curtail(one: PresentParticipant, fault: TrackFault, { room, domain }: RoomFacts): PresentParticipant {
  const { canSend } = participantPermissions(one, room, domain);
  const left = fault === 'LIE' ? [] : canSend.filter((kind) => !kind.startsWith('CUSTOM_'));
  const patch = { hasPresence: null, canSend: left, canReceive: null, canAdmin: null };
  return { ...one, permissions: mergePatches(one.permissions, patch) };
}

function worstFault(
  one: PresentParticipant,
  person: SeenPerson | undefined,
  { room, domain }: RoomFacts,
): TrackFault | null {
  const { canSend } = participantPermissions(one, room, domain);
  if (person === undefined || canSend.length === 0) return null;
  const custom = (['AUDIO', 'VIDEO'] as const).filter((kind) => canSend.includes(`CUSTOM_${kind}`));
  const faults = person.tracks.map((track) => faultOf(track, custom));
  return faults.find((fault) => fault === 'LIE') ?? faults.find((fault) => fault !== null) ?? null;
}

function whatIsSent(tracks: readonly SeenTrack[], isLying: boolean) {
  const sends = (source: SeenTrack['source']) =>
    !isLying && tracks.some((track) => track.source === source && !track.muted);
  return { audio: sends('MICROPHONE'), video: sends('CAMERA'), screenShare: sends('SCREEN_SHARE') };
}

/** Being connected there counts as a beat, which is written before it runs out, and not at each look. */
function beaten(one: PresentParticipant, { sid }: SeenPerson, now: Date) {
  const isFresh = one.attachedTo.length > 0 || one.seenUntil.getTime() - now.getTime() > renewedBeforeMs;
  return {
    mediaConnection: 'CONNECTED',
    mediaSid: sid,
    connection: 'CONNECTED',
    seenUntil: isFresh ? one.seenUntil : new Date(now.getTime() + mediaBeatMs),
  } as const;
}

/**
 * Whoever is not on the media server has what other beats give them. Who had no service to come back to, and who was judged too late, has the
 * usual time once more.
 */
function awayFrom(one: PresentParticipant, now: Date, since: Date): Participant {
  const gone = one.mediaConnection === null ? {} : leftThere;
  if (one.attachedTo.length > 0) return same(one, { ...one, ...gone });
  const { seenUntil } = excuse('participant', one, now, since);
  const lostMs = seenUntil.getTime() + keepMs;
  if (now.getTime() >= lostMs + lateMs) return { ...one, ...gone, seenUntil: now, connection: 'RECONNECTING' };
  if (now.getTime() >= lostMs) return endParticipant(one, 'CONNECTION_LOST', now);
  if (seenUntil !== one.seenUntil) return { ...one, ...gone, seenUntil, connection: 'RECONNECTING' };
  const longest = new Date(now.getTime() + presenceTimes.participant.beat * 1000);
  return same(one, { ...one, ...gone, seenUntil: seenUntil > longest ? longest : seenUntil });
}

/** Mutes that were not carried out stay owed: whoever comes back sends again what they sent before. */
const leftThere = { mediaConnection: 'LEFT', audio: false, video: false, screenShare: false } as const;

/** The same object where nothing is new, so that nothing is written. */
function same(before: PresentParticipant, after: PresentParticipant): PresentParticipant {
  return JSON.stringify(before) === JSON.stringify(after) ? before : after;
}

/** Infinite: nothing changes by itself. */
function judgedAt(one: PresentParticipant, person: SeenPerson | undefined, settled: readonly OwedMute[]): number {
  if (isThere(person)) return one.mutesOwed.length > settled.length ? sendsAgainAt(person) : Number.POSITIVE_INFINITY;
  return one.attachedTo.length > 0 ? Number.POSITIVE_INFINITY : one.seenUntil.getTime() + keepMs;
}

function earliest(times: readonly number[]): Date | null {
  const first = Math.min(...times);
  return first === Number.POSITIVE_INFINITY ? null : new Date(first);
}

const shown = ['connection', 'mediaConnection', 'audio', 'video', 'screenShare', 'permissions'] as const;

function eventOf(before: PresentParticipant | undefined, after: Participant, facts: RoomFacts): NewRoomEvent {
  if (!isInside(after)) return { type: 'ParticipantLeft', by: theService, participant: after };
  const isNews = before === undefined || shown.some((key) => before[key] !== after[key]);
  if (!isNews) return { type: 'Internal', by: null };
  const cameBack = before?.connection !== after.connection && after.connection === 'CONNECTED';
  return { type: 'ParticipantUpdated', by: cameBack ? participantActor(after, facts) : theService, participant: after };
}
