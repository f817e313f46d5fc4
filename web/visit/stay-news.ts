import {
  type Actor,
  answersKnocks,
  type KnockRequest,
  type Participant,
  type RoomEvent,
  type RoomView,
} from '../../packages/client/src/index.ts';
import type { RoomTexts } from '../texts/room-texts.ts';
import type { Texts } from '../texts/speak.ts';
import { isListener } from './stay-state.ts';

export interface News {
  readonly text: string;
  /** Shown on the page, or only read out by a screen reader. */
  readonly isShown: boolean;
  /** Many of the same kind within a few seconds are told as a number. */
  readonly many?: { readonly kind: string; readonly say: (count: number) => string };
}

/** What an event means to this person, in words. Nobody is told what they did themselves: the page has said so already. */
export function newsOf(
  event: RoomEvent,
  before: RoomView,
  after: Pick<RoomView, 'me'>,
  texts: RoomTexts,
): readonly News[] {
  const isOwn = isBy(event.by, before.me);
  const by = nameOf(event.by, texts);
  switch (event.__typename) {
    case 'KnockChanged':
      if (isOwn) return [];
      if (event.knockReason === 'RECALLED') return aboutRecall(event.knockRequest, before, by, texts);
      if (!waited(before, event.knockRequest)) return [];
      return aboutKnock(event.knockStatus, by, event.knockRequest.userName, texts);
    case 'ParticipantJoined':
      return event.participant.id === after.me.id || before.participants.some(({ id }) => id === event.participant.id)
        ? []
        : [{ ...told(texts.told.joined(event.participant.userName), 'joined', texts.told.manyJoined), isShown: false }];
    case 'ParticipantLeft':
      if (isSentBack(event) && !isOwn && answersKnocks(before.me))
        return [takenBack(by, event.participant.userName, texts)];
      return [{ ...told(texts.told.left(event.participant.userName), 'left', texts.told.manyLeft), isShown: false }];
    case 'ParticipantUpdated':
      return isOwn || event.participant.id !== before.me.id ? [] : aboutMe(before, after, event.by, texts);
    case 'LiveStreamChanged':
      return aboutStream(event.liveStreamStatus, texts);
    default:
      return [];
  }
}

function waited({ waiting }: RoomView, knock: KnockRequest): boolean {
  return waiting.some(({ id }) => id === knock.id);
}

/** With an admission by a host. Without one there was nothing to take back. */
function isSentBack({ leaveReason, participant }: Extract<RoomEvent, { __typename: 'ParticipantLeft' }>): boolean {
  return leaveReason === 'RETURNED_TO_LOBBY' && participant.knockId !== null;
}

/** Did this participant do it? Of two people without a userId who have the same name, nobody can tell which. */
export function isBy(actor: (Actor & { readonly userId?: string | null }) | null, me: Participant): boolean {
  if (actor?.kind !== 'PARTICIPANT' || actor.name !== me.userName) return false;
  return actor.userId === undefined || actor.userId === me.userId;
}

export function nameOf(actor: Actor | null, texts: Texts): string {
  if (actor === null || actor.kind === 'SERVICE') return texts.common.theService;
  // An API key's name says nothing to the people in a meeting.
  if (actor.kind === 'BACKEND') return texts.common.organiser;
  return actor.name ?? texts.common.somebody;
}

function told(text: string, kind: string, say: (count: number) => string): News {
  return { text, isShown: true, many: { kind, say } };
}

function aboutKnock(status: string, by: string, name: string, { told: texts }: Texts): readonly News[] {
  switch (status) {
    case 'ADMITTED':
      return [told(texts.admitted(by, name), `admitted ${by}`, (count) => texts.manyAdmitted(by, count))];
    case 'DENIED':
      return [told(texts.denied(by, name), `denied ${by}`, (count) => texts.manyDenied(by, count))];
    case 'PENDING':
      return [];
    default:
      return [told(texts.withdrew(name), 'withdrew', texts.manyWithdrew)];
  }
}

/** Of whoever is inside it is told how they leave. */
function aboutRecall(knock: KnockRequest, { participants }: RoomView, by: string, texts: RoomTexts): readonly News[] {
  return participants.some(({ knockId }) => knockId === knock.id) ? [] : [takenBack(by, knock.userName, texts)];
}

function takenBack(by: string, name: string, { queue }: RoomTexts): News {
  return told(queue.takenBackBy(by, name), `taken back ${by}`, (count) => queue.manyTakenBackBy(by, count));
}

/** Says that somebody else has muted, demoted or promoted this person. */
function aboutMe(before: RoomView, after: Pick<RoomView, 'me'>, actor: Actor | null, texts: Texts): readonly News[] {
  const [was, is] = [before.me, after.me];
  const by = nameOf(actor, texts);
  const couldSend = !isListener(was);
  const canSend = !isListener(is);
  const media = [
    was.audio && !is.audio ? texts.told.muted(by) : null,
    was.video && !is.video ? texts.told.cameraOff(by) : null,
    was.screenShare && !is.screenShare ? texts.told.screenOff(by) : null,
  ];
  const rights = [
    couldSend && !canSend ? texts.told.receiveOnly(by) : null,
    !couldSend && canSend ? texts.told.maySend(by) : null,
    !answersKnocks(was) && answersKnocks(is) ? texts.told.mayAdmin(by) : null,
    answersKnocks(was) && !answersKnocks(is) ? texts.told.noAdmin(by) : null,
  ];
  // What the service has seen on the media server nobody did. People who may no longer send know why their microphone is off.
  const isSeen = actor === null || actor.kind === 'SERVICE';
  const told = isSeen || (couldSend && !canSend) ? rights : [...media, ...rights];
  return told.flatMap((text) => (text === null ? [] : [{ text, isShown: true }]));
}

function aboutStream(status: string, texts: Texts): readonly News[] {
  if (status === 'LIVE') return [{ text: texts.told.liveOn, isShown: true }];
  if (status === 'STOPPED') return [{ text: texts.told.liveOff, isShown: true }];
  return status === 'FAILED' ? [{ text: texts.told.liveFailed, isShown: true }] : [];
}
