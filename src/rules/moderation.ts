import { type Actor, participantActor } from './actor.ts';
import { authorise, isOwnerOrBackend, type RoomCaller, refuseToActOn, whoMayBeActedOn } from './authority.ts';
import { type Decision, findInside, inside, type RoomFacts, updated } from './facts.ts';
import type { ParticipantId } from './ids.ts';
import { carriedOutOn } from './media-server.ts';
import { type OwedMute, type PresentParticipant, participantPermissions, silence } from './participant.ts';
import { adminAreas, mergePatches, type PermissionsPatch } from './permissions.ts';
import {
  type Forbidden,
  forbidden,
  type InvalidInput,
  invalidInput,
  isRefusal,
  type NotFound,
  notFound,
} from './refusal.ts';
import type { NewRoomEvent, RequestedMedia } from './room-event.ts';

/** What somebody wants of other participants' media and permissions. Null: leave it as it is. */
export interface ModerationCommand {
  readonly caller: RoomCaller;
  /** Null: everyone but the owners. */
  readonly ids: readonly ParticipantId[] | null;
  readonly audio: boolean | null;
  readonly video: boolean | null;
  readonly screenShare: boolean | null;
  readonly permissions: PermissionsPatch | null;
}

type Media = 'audio' | 'video' | 'screenShare';
const media = { audio: 'AUDIO', video: 'VIDEO', screenShare: 'SCREEN_VIDEO' } as const satisfies Record<Media, string>;
const inputNames = { audio: 'setAudio', video: 'setVideo', screenShare: 'setScreenShare' } as const satisfies Record<
  Media,
  string
>;

export interface Moderated {
  /** Everybody who was meant, as they are now. */
  readonly meant: readonly PresentParticipant[];
  /** Those of them whom this changed, or asked to switch something on. */
  readonly told: readonly PresentParticipant[];
}

/**
 * Switches others off, asks them to switch on, changes what they may do: all of it, or nothing. Admins switch off; only owners
 * and the backend ask to switch on, name admins, and touch an owner. What cannot be is refused, not passed over.
 */
export function moderate(
  facts: RoomFacts,
  command: ModerationCommand,
): Decision<Moderated | Forbidden | NotFound | InvalidInput> {
  const actor = authorise(facts, command.caller, 'PARTICIPANTS');
  if (isRefusal(actor)) return { answer: actor };
  const chosen = command.ids === null ? allButOwners(facts, command.caller) : findAllInside(facts, command.ids);
  if (chosen === null) return { answer: notFound() };
  const refusal = isOwnerOrBackend(facts, command.caller) ? null : refuseAdmin(facts, command, chosen);
  if (refusal !== null) return { answer: refusal };
  const issues = [...findImpossible(facts, command, chosen), ...findPowerless(command, chosen)];
  if (issues.length > 0) return { answer: invalidInput(issues) };
  return applyModeration(facts, command, chosen, actor);
}

function allButOwners(facts: RoomFacts, caller: RoomCaller): readonly PresentParticipant[] {
  return whoMayBeActedOn(
    facts,
    caller,
    inside(facts).filter((participant) => !participant.isOwner),
  );
}

function findAllInside(facts: RoomFacts, ids: readonly ParticipantId[]): readonly PresentParticipant[] | null {
  const found = [...new Set(ids)].map((id) => findInside(facts, id));
  return found.every((participant) => participant !== undefined) ? found : null;
}

function refuseAdmin(
  facts: RoomFacts,
  command: ModerationCommand,
  chosen: readonly PresentParticipant[],
): Forbidden | null {
  if (command.audio === true || command.video === true || command.screenShare === true) {
    return forbidden('FORBIDDEN', 'Only owners may ask others to switch on audio, video or a screen share.');
  }
  if (command.permissions?.canAdmin) return forbidden('FORBIDDEN', 'Only owners may change who is an admin.');
  return refuseToActOn(facts, command.caller, chosen);
}

/** Somebody who may not send cannot be asked to. Where everyone is meant, those are passed over. */
function findImpossible(facts: RoomFacts, command: ModerationCommand, chosen: readonly PresentParticipant[]) {
  if (command.ids === null) return [];
  return (['audio', 'video', 'screenShare'] as const).flatMap((kind) => {
    const cannot =
      command[kind] === true && chosen.some((participant) => !maySend(facts, participant, command.permissions, kind));
    return cannot
      ? [
          {
            path: ['input', inputNames[kind]],
            message:
              'cannot be true: at least one of these participants is not allowed to send it. Change their permissions first',
          },
        ]
      : [];
  });
}

/** An owner administers everything: what a list of areas leaves out cannot be taken from it. */
function findPowerless({ permissions }: ModerationCommand, chosen: readonly PresentParticipant[]) {
  const areas = permissions?.canAdmin;
  const takes = areas && adminAreas.some((area) => !areas.includes(area)) && chosen.some(({ isOwner }) => isOwner);
  return takes ? [{ path: ['input', 'permissions', 'canAdmin'], message: 'cannot be taken from an owner' }] : [];
}

function maySend(
  facts: RoomFacts,
  participant: PresentParticipant,
  patch: PermissionsPatch | null,
  kind: Media,
): boolean {
  const patched = { ...participant, permissions: mergePatches(participant.permissions, patch) };
  return participantPermissions(patched, facts.room, facts.domain).canSend.includes(media[kind]);
}

function applyModeration(
  facts: RoomFacts,
  command: ModerationCommand,
  chosen: readonly PresentParticipant[],
  actor: Actor,
): Decision<Moderated> {
  const meant = chosen.map((participant) => change(facts, command, participant));
  const isChanged = (participant: PresentParticipant, index: number) => participant !== chosen[index];
  const changed = meant.filter(isChanged);
  const requests = meant.map((participant) => requestOf(facts, command, participant, actor));
  const told = meant.filter((one, index) => isChanged(one, index) || requests[index] !== null);
  const events: readonly NewRoomEvent[] = [
    ...changed.map((participant) => updated(facts, facts, participant, actor)),
    ...requests.filter((request) => request !== null),
  ];
  const answer = { meant, told };
  return events.length === 0 ? { answer } : { answer, changes: { participants: changed, events } };
}

/** What this one is asked to switch on: nothing that it may not send. */
function requestOf(
  facts: RoomFacts,
  command: ModerationCommand,
  participant: PresentParticipant,
  by: Actor,
): NewRoomEvent | null {
  const isAsked = (kind: Media) => command[kind] === true && maySend(facts, participant, null, kind);
  const media: RequestedMedia = {
    audio: isAsked('audio'),
    video: isAsked('video'),
    screenShare: isAsked('screenShare'),
  };
  return Object.values(media).includes(true) ? { type: 'MediaRequested', by, participant, media } : null;
}

function change(facts: RoomFacts, command: ModerationCommand, before: PresentParticipant): PresentParticipant {
  const permissions = mergePatches(before.permissions, command.permissions);
  const after = silence(
    {
      ...before,
      permissions,
      audio: before.audio && command.audio !== false,
      video: before.video && command.video !== false,
      screenShare: before.screenShare && command.screenShare !== false,
      mutesOwed: mutesOwed(facts, command, before),
    },
    facts,
  );
  const isSame =
    after.audio === before.audio &&
    after.video === before.video &&
    after.screenShare === before.screenShare &&
    after.mutesOwed.length === before.mutesOwed.length &&
    JSON.stringify(after.permissions) === JSON.stringify(before.permissions);
  return isSame ? before : after;
}

const muteOf = { audio: 'AUDIO', video: 'VIDEO', screenShare: 'SCREEN' } as const satisfies Record<Media, OwedMute>;

/** What is switched off here is muted on the media server too, once: what somebody sends there may be more than is known here. */
function mutesOwed(facts: RoomFacts, command: ModerationCommand, before: PresentParticipant): readonly OwedMute[] {
  if (carriedOutOn(facts.domain) === null) return before.mutesOwed;
  const asked = (['audio', 'video', 'screenShare'] as const).filter((kind) => command[kind] === false);
  return [...new Set([...before.mutesOwed, ...asked.map((kind) => muteOf[kind])])];
}

/** A participant says what it sends. What it may not send it cannot switch on. */
export function updateOwnMedia(
  facts: RoomFacts,
  id: ParticipantId,
  wanted: { readonly [K in Media]: boolean | null },
): Decision<PresentParticipant | Forbidden> {
  const before = findInside(facts, id);
  if (!before) return { answer: forbidden('UNAUTHENTICATED') };
  const after = {
    ...before,
    audio: wanted.audio ?? before.audio,
    video: wanted.video ?? before.video,
    screenShare: wanted.screenShare ?? before.screenShare,
  };
  const may = (['audio', 'video', 'screenShare'] as const).every(
    (kind) => !after[kind] || maySend(facts, before, null, kind),
  );
  if (!may) return { answer: forbidden('FORBIDDEN', 'Your permissions do not allow you to send this.') };
  if (after.audio === before.audio && after.video === before.video && after.screenShare === before.screenShare) {
    return { answer: before };
  }
  const by = participantActor(after, facts);
  return {
    answer: after,
    changes: { participants: [after], events: [{ type: 'ParticipantUpdated', by, participant: after }] },
  };
}
