import type { Actor } from './actor.ts';
import { authoriseOwner, type RoomCaller } from './authority.ts';
import { admissionsInUse, type Decision, inside, type RoomFacts, updated, waiting } from './facts.ts';
import {
  admissionEnd,
  admit,
  closeKnock,
  earlier,
  type Knock,
  type PendingKnock,
  voucherEnd,
} from './knock-request.ts';
import { givesTheSame, type PresentParticipant, participantPermissions, silence } from './participant.ts';
import {
  type Forbidden,
  forbidden,
  type InvalidInput,
  invalidInput,
  isRefusal,
  type NotFound,
  notFound,
} from './refusal.ts';
import { applySettings, hasEnded, type Room, type RoomSettings, type RoomSettingsInput, takesKnocks } from './room.ts';
import { asVouchedFor } from './vouching.ts';

/**
 * Changes a room's settings, with all that follows for who waits, who was admitted and who is inside. The same again changes nothing.
 */
export function updateRoom(
  facts: RoomFacts,
  command: { readonly caller: RoomCaller; readonly input: RoomSettingsInput; readonly path: readonly string[] },
  now: Date,
): Decision<Room | Forbidden | InvalidInput | NotFound> {
  const actor = authoriseOwner(facts, command.caller);
  if (isRefusal(actor)) return { answer: actor };
  if (command.caller.kind !== 'BACKEND' && command.input.meetingUrl !== undefined)
    return { answer: leadsEverybodyAway };
  if (hasEnded(facts.room, now)) return { answer: notFound() };
  const checked = applySettings(settingsOf(facts.room), command.input, now, command.path);
  if (!checked.ok) return { answer: invalidInput(checked.issues) };
  if (isSame(checked.settings, settingsOf(facts.room))) return { answer: facts.room };
  const room: Room = { ...facts.room, ...checked.settings, updatedAt: now };
  const knocks = [
    ...whatBecomesOfKnocks({ ...facts, room }, facts.room, actor, now),
    ...whatEndsWithOpening(facts, room, actor, now),
  ];
  const admitted = whatEndsOtherwise(facts, room);
  const participants = whoIsChanged(facts, { ...facts, room });
  return {
    answer: room,
    changes: {
      room,
      knocks: [...knocks, ...admitted],
      participants,
      events: [
        { type: 'RoomUpdated', by: actor },
        ...knocks.map((knock) => ({ type: 'KnockChanged', by: actor, knock }) as const),
        ...admitted.map((knock) => ({ type: 'KnockChanged', by: actor, knock, wasDecided: true }) as const),
        ...participants.map((participant) => updated(facts, { ...facts, room }, participant, actor)),
      ],
    },
    restsOnDomain: [...knocks, ...admitted].some(({ status, token }) => status === 'ADMITTED' && token !== null),
  };
}

const leadsEverybodyAway = forbidden(
  'FORBIDDEN',
  'A session token was sent. Setting meetingUrl needs an API key with the scope ROOMS or ADMIN, because it leads everybody to another place.',
);

export function settingsOf(room: Room): RoomSettings {
  const {
    id: _id,
    domainId: _domain,
    name: _name,
    version: _version,
    createdAt: _created,
    updatedAt: _updated,
    ...rest
  } = room;
  const { closedAt: _closedAt, closedBy: _closedBy, isOver: _isOver, reusesName: _reusesName, ...settings } = rest;
  return settings;
}

function isSame(a: RoomSettings, b: RoomSettings): boolean {
  return JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
}

/** Opening a room admits all pending knocks; switching knocking off ends them; the room's exp lets them expire no later, wherever it has moved. */
function whatBecomesOfKnocks(facts: RoomFacts, before: Room, actor: Actor, now: Date): readonly Knock[] {
  const { room } = facts;
  if (room.privacy === 'PUBLIC')
    return asVouchedFor(facts, waiting(facts)).map((knock) => admit(knock, 'ROOM_OPENED', actor, room, now));
  if (!takesKnocks(room)) return waiting(facts).map((knock) => closeKnock(knock, 'KNOCKING_DISABLED', actor, now));
  return waiting(facts).flatMap((knock) => {
    const exp = earlier(waitsUntil(knock, before), room.exp);
    return exp.getTime() === knock.exp.getTime() ? [] : [{ ...knock, exp }];
  });
}

/** Until when somebody would wait if the room never ended: whoever knocked shortly before its end has a knock that ends with it. */
function waitsUntil({ exp, requestedAt, token }: PendingKnock, { exp: roomExp, knockTimeoutSeconds }: Room): Date {
  if (roomExp === null || exp < roomExp) return exp;
  const until = new Date(Math.max(exp.getTime(), requestedAt.getTime() + knockTimeoutSeconds * 1000));
  return earlier(until, voucherEnd(token));
}

/** Opening a room admits all pending knocks. When the room becomes private again, those who have not joined must knock again. */
function whatEndsWithOpening(facts: RoomFacts, room: Room, actor: Actor, now: Date): readonly Knock[] {
  if (facts.room.privacy !== 'PUBLIC' || room.privacy !== 'PRIVATE') return [];
  const inUse = admissionsInUse(facts.participants.values());
  return facts.keyed
    .admissions()
    .filter(({ id, decided }) => decided.reason === 'ROOM_OPENED' && !inUse.has(id))
    .map((knock) => closeKnock(knock, 'RECALLED', actor, now));
}

/** An admission is shown to let in no later than the room's exp, wherever that has moved. Those that end with the opening are told as ended. */
function whatEndsOtherwise(facts: RoomFacts, { exp, privacy }: Room): readonly Knock[] {
  if (facts.room.exp?.getTime() === exp?.getTime()) return [];
  const isClosing = facts.room.privacy === 'PUBLIC' && privacy === 'PRIVATE';
  const inUse = admissionsInUse(facts.participants.values());
  return facts.keyed
    .admissions()
    .filter(({ id, decided }) => !isClosing || decided.reason !== 'ROOM_OPENED' || inUse.has(id))
    .flatMap((knock) => {
      const letsInUntil = admissionEnd(knock.decided.at, exp, knock.token);
      return letsInUntil.getTime() === knock.letsInUntil.getTime() ? [] : [{ ...knock, letsInUntil }];
    });
}

/**
 * Whose effective permissions differ between two states of the room: each is told, and what may not be sent any more is off.
 */
export function whoIsChanged(before: RoomFacts, after: RoomFacts): readonly PresentParticipant[] {
  if (givesTheSame(before, after)) return [];
  return inside(before).flatMap((participant) => {
    const was = JSON.stringify(participantPermissions(participant, before.room, before.domain));
    const is = participantPermissions(participant, after.room, after.domain);
    return was === JSON.stringify(is) ? [] : [silence(participant, after)];
  });
}
