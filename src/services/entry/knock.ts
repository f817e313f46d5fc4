import { type KnockView, knockView } from '../../room/views.ts';
import { act, type RoomWriter } from '../../room/writer.ts';
import type { Caller, Client, KnockerCaller, ParticipantCaller } from '../../rules/caller.ts';
import { givenToken } from '../../rules/credentials.ts';
import type { RoomFacts } from '../../rules/facts.ts';
import type { DomainId } from '../../rules/ids.ts';
import { type KnockCommand, knock } from '../../rules/knocking.ts';
import { type TokenClaims, type TokenVerdict, tokenAt } from '../../rules/meeting-token-claims.ts';
import { entryRefused, isRefusal } from '../../rules/refusal.ts';
import type { RoomRef } from '../../storage/room-store.ts';
import type { Budgets } from '../budgets.ts';
import type { DomainDirectory } from '../domain-directory.ts';
import { InputReader, type Maybe } from '../input.ts';
import type { Secrets } from '../secrets.ts';
import { type CallerAtDoor, findOpens, readCallerAtDoor } from './caller-at-door.ts';
import {
  createOpenRooms,
  findRoomToEnter,
  type LookDeps,
  type OpenRooms,
  sayMisplaced,
  sayMistaken,
  verifyToken,
} from './look.ts';

interface KnockInput {
  readonly roomName: string;
  readonly domain?: Maybe<string>;
  readonly userName: string;
  readonly message?: Maybe<string>;
  readonly token?: Maybe<string>;
  readonly idempotencyKey?: Maybe<string>;
}

interface Knocked {
  readonly knock: KnockView;
  readonly knockToken: string;
}

export interface KnockingDeps extends LookDeps {
  readonly writer: RoomWriter;
  readonly domains: Pick<DomainDirectory, 'forCaller'>;
  readonly budgets: Pick<Budgets, 'attempt' | 'arriveAt'>;
  readonly secrets: Secrets;
}

/** Knocking at a room. */
export function createKnocking(deps: KnockingDeps) {
  const openRooms = createOpenRooms();
  return {
    /** `bearer`: the raw credential of this request. If it already opens the knock, it is returned as `knockToken`. */
    knock: (caller: Caller, client: Client, bearer: string | null, input: KnockInput) =>
      knockAt(deps, openRooms, caller, client, bearer, input),
  };
}

async function knockAt(
  deps: KnockingDeps,
  openRooms: OpenRooms,
  caller: Caller,
  client: Client,
  bearer: string | null,
  input: KnockInput,
) {
  const reader = new InputReader();
  const userName = reader.name('userName', input.userName);
  const message = reader.message('message', input.message);
  const key = reader.idempotencyKey(input.idempotencyKey);
  if (!givenToken(input.token)) sayMisplaced(reader, caller);
  sayMistaken(reader, { token: input.token });
  if (reader.refusal) return reader.refusal;
  const domain = await deps.domains.forCaller(caller, input.domain);
  const token = await verifyToken(deps, domain, givenToken(input.token), deps.clock.now());
  const claims = token?.ok ? token.claims : null;
  const own = caller.kind === 'KNOCKER' ? caller : null;
  const session = caller.kind === 'PARTICIPANT' ? caller : null;
  const atDoor = readCallerAtDoor(client, domain, input.roomName, { caller, token: tokenAt(token, deps.clock.now()) });
  const limited = await deps.budgets.attempt('KNOCK', atDoor, input.roomName);
  if (limited) return limited;
  const asked: KnockGiven = { input, atDoor, bearer, userName, message, token, claims, key, own, session };
  // Who knocks without a token comes as anybody does; beside one, a knock or a session of the room is judged together with it.
  const opens = claims === null ? [] : findOpens({ domain, roomName: input.roomName }, claims, [own, session]);
  const shown = { domain, roomName: input.roomName, token, claims, opens };
  if (domain !== null && token === null && key === null && own === null) {
    const knocked = await knockWhereOthersDid(deps, openRooms, domain.id, asked, () => findRoomToEnter(deps, shown));
    if (knocked !== null) return knocked;
  }
  const found = await findRoomToEnter(deps, shown);
  if (isRefusal(found)) return found;
  const ref: RoomRef = { domainId: found.domain.id, roomId: found.room.id };
  const crowded = await deps.budgets.arriveAt('KNOCK', atDoor, ref);
  if (crowded) return crowded;
  const recorded = await deps.recordToken(found.domain, token, { roomName: input.roomName, roomId: ref.roomId });
  if (recorded !== null) return recorded;
  const answer = await submitKnock(deps, ref, asked);
  if (!isRefusal(answer)) openRooms.remember(found.room);
  return answer;
}

/**
 * Knocks at a room that took a knock a moment ago, without reading first whether it still takes knocks: the rule decides that anyway, on
 * the facts that guard the write. Null: the room did not take it, and the way that is the same for every room finds out why.
 */
async function knockWhereOthersDid(
  deps: KnockingDeps,
  openRooms: OpenRooms,
  domainId: DomainId,
  asked: KnockGiven,
  look: () => ReturnType<typeof findRoomToEnter>,
) {
  const { roomName } = asked.input;
  const ref = openRooms.find(domainId, roomName);
  if (ref === null) return null;
  const crowded = await deps.budgets.arriveAt('KNOCK', asked.atDoor, ref);
  if (crowded) {
    // That there is a crowd would say of a room that has closed meanwhile that it is there.
    const found = await look();
    if (!isRefusal(found)) return crowded;
    openRooms.forget(domainId, roomName);
    return found;
  }
  const answer = await submitKnock(deps, ref, asked);
  if (!isRefusal(answer) || answer.refusal !== 'EntryRefused') return answer;
  openRooms.forget(domainId, roomName);
  return null;
}

/** What somebody who knocks gave, read and verified. */
interface KnockGiven {
  readonly input: KnockInput;
  readonly atDoor: CallerAtDoor;
  readonly bearer: string | null;
  readonly userName: string;
  readonly message: string | null;
  readonly token: TokenVerdict | null;
  readonly claims: TokenClaims | null;
  readonly key: string | null;
  readonly own: KnockerCaller | null;
  readonly session: ParticipantCaller | null;
}

async function submitKnock(deps: KnockingDeps, ref: RoomRef, asked: KnockGiven) {
  const { input, atDoor, bearer, userName, message, token, claims, key, own, session } = asked;
  const newId = deps.secrets.newId<'KnockRequest'>();
  const derived = (id: string) => deps.secrets.derivedToken('vq', { domainId: ref.domainId, id }, key ?? '');
  const newToken = key === null ? deps.secrets.newToken('vq', ref.domainId) : derived(newId);
  const command: KnockCommand = {
    roomName: input.roomName,
    newId,
    userName,
    message,
    token,
    bearerKnockId: own?.roomId === ref.roomId ? own.id : null,
    bearerSessionId: session?.roomId === ref.roomId ? session.id : null,
    tokenHash: deps.secrets.hash(newToken),
    idempotencyHash: key === null ? null : deps.secrets.hash(key),
    addressHash: atDoor.client.addressHash,
  };
  const keys = {
    knockIds: command.bearerKnockId === null ? [] : [command.bearerKnockId],
    participantIds: command.bearerSessionId === null ? [] : [command.bearerSessionId],
    knockKeys: command.idempotencyHash === null ? [] : [command.idempotencyHash],
    tokens: claims === null ? [] : [claims],
  };
  const decide = (facts: RoomFacts, now: Date) => knock(facts, command, now);
  const answer = await act(deps.writer, ref, { by: own, keys, decide }, (knocked, room): Knocked => {
    const view: KnockView = { ...knockView(knocked.knock, room), isOwn: true };
    if (knocked.credential === 'BEARER' && bearer !== null) return { knock: view, knockToken: bearer };
    if (knocked.credential === 'REPEATED' && key !== null)
      return { knock: view, knockToken: derived(knocked.knock.id) };
    return { knock: view, knockToken: newToken };
  });
  return isRefusal(answer) && answer.refusal === 'NotFound' ? entryRefused('ENTRY_NOT_ALLOWED') : answer;
}
