import type { Clock } from '../room/clock.ts';
import type { RoomFinder } from '../room/finder.ts';
import { knockView, type ParticipantView, participantView, type RoomView } from '../room/views.ts';
import { act, actOnSelf, type RoomWriter } from '../room/writer.ts';
import {
  type Caller,
  isNobody,
  keysToActOn,
  needs,
  refuseCaller,
  requireBackend,
  requireRoomCaller,
} from '../rules/caller.ts';
import type { Domain } from '../rules/domain.ts';
import { eject, liftBan, returnToLobby } from '../rules/ejection.ts';
import type { RoomFacts } from '../rules/facts.ts';
import { type BanId, encodeId, type ParticipantId, type RoomId } from '../rules/ids.ts';
import { type ModerationCommand, moderate, updateOwnMedia } from '../rules/moderation.ts';
import { meetingUrlFor } from '../rules/page-address.ts';
import { isShown, type Participant } from '../rules/participant.ts';
import { checkPermissions, type PermissionsInput } from '../rules/permissions.ts';
import { isRefusal, notFound, type Refusal } from '../rules/refusal.ts';
import type { ParticipantStorage } from '../storage/participant.ts';
import type { DomainDirectory } from './domain-directory.ts';
import { InputReader, type Maybe } from './input.ts';
import { mayDecideIn } from './knock-lists.ts';
import type { MediaAccessFor } from './media-server.ts';
import type { Secrets } from './secrets.ts';

export interface ParticipantDeps {
  readonly writer: RoomWriter;
  readonly rooms: RoomFinder;
  readonly participants: Pick<ParticipantStorage, 'findById' | 'findBan' | 'decidesKnocks'>;
  readonly domains: Pick<DomainDirectory, 'byId'>;
  readonly secrets: Secrets;
  readonly clock: Clock;
  /** A fresh media grant. */
  readonly grantFor: (domain: Domain, view: ParticipantView) => Promise<string>;
  /** Fresh access to the domain's media server; null: there is none, or not for this participant. */
  readonly accessFor: MediaAccessFor;
}

interface MediaSwitches {
  readonly setAudio?: Maybe<boolean>;
  readonly setVideo?: Maybe<boolean>;
  readonly setScreenShare?: Maybe<boolean>;
  readonly permissions?: Maybe<PermissionsInput>;
}

interface UpdateParticipantInput extends MediaSwitches {
  readonly participantId: ParticipantId | null;
}

interface UpdateManyInput extends MediaSwitches {
  readonly roomName: string;
  readonly participantIds?: Maybe<readonly (ParticipantId | null)[]>;
}

interface EjectInput {
  readonly roomName: string;
  readonly participantIds?: Maybe<readonly (ParticipantId | null)[]>;
  readonly userIds?: Maybe<readonly string[]>;
  readonly ban?: Maybe<boolean>;
  readonly banExp?: Maybe<Date>;
  readonly banNetwork?: Maybe<boolean>;
}

interface SendBackInput {
  readonly participantId: ParticipantId | null;
  readonly reply?: Maybe<string>;
}

interface OwnMediaInput {
  readonly audio?: Maybe<boolean>;
  readonly video?: Maybe<boolean>;
  readonly screenShare?: Maybe<boolean>;
}

type Acting = Exclude<ReturnType<typeof requireRoomCaller>, Refusal>;

const maxAtOnce = 100;

export type ParticipantService = ReturnType<typeof createParticipantService>;

/** What owners and admins do to people in a room, and what those people do about themselves. */
export function createParticipantService(deps: ParticipantDeps) {
  return {
    update: (caller: Caller, input: UpdateParticipantInput) => update(deps, caller, input),
    updateMany: (caller: Caller, input: UpdateManyInput) => updateMany(deps, caller, input),
    eject: (caller: Caller, input: EjectInput) => ejectMany(deps, caller, input),
    returnToLobby: (caller: Caller, input: SendBackInput) => sendBack(deps, caller, input),
    updateMyMedia: async (caller: Caller, { audio, video, screenShare }: OwnMediaInput) => {
      if (isNobody(caller) || caller.kind !== 'PARTICIPANT') return refuseCaller(caller, needs.session);
      const wanted = { audio: audio ?? null, video: video ?? null, screenShare: screenShare ?? null };
      const decide = (facts: RoomFacts) => updateOwnMedia(facts, caller.id, wanted);
      return actOnSelf(deps.writer, caller, { decide }, participantView);
    },
    liftBan: async (caller: Caller, banId: BanId | null) => {
      const acting = requireRoomCaller(caller, 'ADMISSION');
      if (isRefusal(acting)) return acting;
      const found = banId === null ? null : await deps.participants.findBan(acting.domainId, banId);
      if (found === null || (acting.roomId !== null && acting.roomId !== found.ban.roomId)) return notFound();
      const decide = (facts: RoomFacts, now: Date) => liftBan(facts, acting.who, found.ban, now);
      return act(deps.writer, found.ban, { by: caller, decide }, (ban) => ({ ban, roomName: found.roomName }));
    },
    ...createReads(deps),
  };
}

function createReads(deps: ParticipantDeps) {
  return {
    findById: async (caller: Caller, id: ParticipantId) => {
      if (isNobody(caller)) return refuseCaller(caller, needs.apiKeyOrSession);
      const found = await deps.participants.findById(caller.domainId, id);
      if (found === null) return null;
      if (caller.kind === 'BACKEND') return isRefusal(requireBackend(caller, 'READ')) ? null : found;
      if (caller.kind === 'KNOCKER' || caller.roomId !== found.participant.roomId) return null;
      if (caller.id === found.participant.id) return found;
      const isInside = (await deps.participants.decidesKnocks(caller.domainId, caller.id)) !== null;
      return isInside && isShown(found.participant, found.room, found.domain) ? found : null;
    },
    findBan: async (caller: Caller, id: BanId) => {
      if (isNobody(caller)) return refuseCaller(caller, needs.apiKeyOrSession);
      const found = await deps.participants.findBan(caller.domainId, id);
      return found !== null && (await mayDecideIn(deps, caller, found.ban.roomId)) === true ? found : null;
    },
    /** A fresh grant, only for the participant itself; null for everybody else. */
    mediaGrant: async (asking: Caller, view: ParticipantView) => {
      const domain = isOwnPlace(asking, view) ? await deps.domains.byId(view.participant.domainId) : null;
      return domain === null ? null : deps.grantFor(domain, view);
    },
    /** Fresh access to the media server, only for the participant itself; null for everybody else. */
    media: async (asking: Caller, view: ParticipantView) => (isOwnPlace(asking, view) ? deps.accessFor(view) : null),
    /** Where the meeting is, only for the participant itself; null for everybody else. */
    meetingUrl: (asking: Caller, view: ParticipantView): string | null =>
      isOwnPlace(asking, view)
        ? meetingUrlFor(view.room, view.domain, encodeId('Participant', view.participant.id))
        : null,
  };
}

/** Somebody who is inside reads of themselves. */
function isOwnPlace(asking: Caller, { participant, readAs }: ParticipantView): boolean {
  const caller = readAs ?? asking;
  return caller.kind === 'PARTICIPANT' && caller.id === participant.id && participant.left === null;
}

/** The room of the participant that somebody acts on. Null: this caller may not know of such a participant. */
async function findRoomOf(
  deps: ParticipantDeps,
  acting: Acting,
  participantId: ParticipantId | null,
): Promise<RoomId | null> {
  if (participantId === null) return null;
  if (acting.roomId !== null) return acting.roomId;
  const found = await deps.participants.findById(acting.domainId, participantId);
  return found?.participant.roomId ?? null;
}

function readModeration(input: MediaSwitches, reader: InputReader) {
  const { patch, issues } = checkPermissions(input.permissions, ['permissions']);
  for (const issue of issues) reader.say(issue.path, issue.message);
  const wanted = {
    audio: input.setAudio ?? null,
    video: input.setVideo ?? null,
    screenShare: input.setScreenShare ?? null,
    permissions: patch,
  };
  if (Object.values(wanted).every((value) => value === null)) reader.say([], 'must change at least one thing');
  return wanted;
}

async function update(deps: ParticipantDeps, caller: Caller, input: UpdateParticipantInput) {
  const acting = requireRoomCaller(caller, 'ADMISSION');
  if (isRefusal(acting)) return acting;
  const reader = new InputReader();
  const wanted = readModeration(input, reader);
  if (reader.refusal) return reader.refusal;
  const roomId = await findRoomOf(deps, acting, input.participantId);
  if (roomId === null || input.participantId === null) return notFound();
  // Only the id is used here. The rule finds out whether this participant is inside.
  const command: ModerationCommand = { caller: acting.who, ids: [input.participantId], ...wanted };
  const order = { by: caller, decide: (facts: RoomFacts) => moderate(facts, command) };
  return act(deps.writer, { domainId: acting.domainId, roomId }, order, ({ meant: [participant] }, room) =>
    participant === undefined ? notFound() : participantView(participant, room),
  );
}

async function updateMany(deps: ParticipantDeps, caller: Caller, input: UpdateManyInput) {
  const acting = requireRoomCaller(caller, 'ADMISSION');
  if (isRefusal(acting)) return acting;
  const reader = new InputReader();
  const wanted = readModeration(input, reader);
  const given = input.participantIds ?? null;
  if (given !== null && given.length > 1_000) reader.say(['participantIds'], 'must contain at most 1000 ids');
  if (reader.refusal) return reader.refusal;
  const ref = await deps.rooms.refFor(acting, input.roomName, given ?? []);
  if (ref === null || (given !== null && !areKnown(given))) return notFound();
  const command = { caller: acting.who, ids: given, ...wanted };
  const order = { by: caller, decide: (facts: RoomFacts) => moderate(facts, command) };
  return act(deps.writer, ref, order, ({ told }, room) => showAll(told, room));
}

function showAll(people: readonly Participant[], room: RoomView) {
  return { participants: people.map((participant) => participantView(participant, room)) };
}

async function ejectMany(deps: ParticipantDeps, caller: Caller, input: EjectInput) {
  const acting = requireRoomCaller(caller, 'ADMISSION');
  if (isRefusal(acting)) return acting;
  const reader = new InputReader();
  const ids = input.participantIds ?? [];
  const userIds = [...new Set((input.userIds ?? []).map((id) => reader.userId(['userIds'], id)))];
  if (ids.length + userIds.length === 0)
    reader.say(['participantIds'], 'must name somebody: send participantIds, userIds or both');
  if (ids.length + userIds.length > maxAtOnce)
    reader.say(
      [ids.length > 0 ? 'participantIds' : 'userIds'],
      `must contain at most ${maxAtOnce} people, participantIds and userIds counted together`,
    );
  if (input.banExp && input.ban !== true) reader.say(['banExp'], 'requires ban to be true');
  if (input.banNetwork && input.ban !== true) reader.say(['banNetwork'], 'requires ban to be true');
  if (input.banExp && input.banExp <= deps.clock.now()) reader.say(['banExp'], 'must be in the future');
  if (reader.refusal) return reader.refusal;
  const ref = await deps.rooms.refFor(acting, input.roomName, ids);
  if (ref === null || !areKnown(ids)) return notFound();
  const banIds = Array.from({ length: maxAtOnce * 10 }, () => deps.secrets.newId<'Ban'>());
  const ban = input.ban ? { ids: banIds, exp: input.banExp ?? null, network: input.banNetwork === true } : null;
  // Only the ids are used here. The rule finds out whether these people belong to this room.
  const command = { caller: acting.who, ids, userIds, ban };
  const keys = { ...keysToActOn(caller, userIds), admissions: true, participantIds: ids };
  const decide = (facts: RoomFacts, now: Date) => eject(facts, command, now);
  return act(deps.writer, ref, { by: caller, keys, decide }, showAll);
}

/** Could each of them be read? */
function areKnown<Known>(ids: readonly (Known | null)[]): ids is readonly Known[] {
  return !ids.includes(null);
}

async function sendBack(deps: ParticipantDeps, caller: Caller, input: SendBackInput) {
  const acting = requireRoomCaller(caller, 'ADMISSION');
  if (isRefusal(acting)) return acting;
  const reader = new InputReader();
  const reply = reader.message('reply', input.reply);
  if (reader.refusal) return reader.refusal;
  const found =
    input.participantId === null ? null : await deps.participants.findById(acting.domainId, input.participantId);
  if (found === null || (acting.roomId !== null && acting.roomId !== found.participant.roomId)) return notFound();
  const { participant } = found;
  const command = {
    caller: acting.who,
    participantId: participant.id,
    knockId: deps.secrets.newId<'KnockRequest'>(),
    reply,
  };
  const keys = {
    ...keysToActOn(caller, participant.userId === null ? [] : [participant.userId]),
    knockIds: participant.knockId === null ? [] : [participant.knockId],
    tokens: participant.token === null ? [] : [participant.token],
  };
  const decide = (facts: RoomFacts, now: Date) => returnToLobby(facts, command, now);
  return act(deps.writer, participant, { by: caller, keys, decide }, knockView);
}
