import { isPersonIn } from '../../room/group-draft.ts';
import { type ParticipantView, participantView, type RoomView } from '../../room/views.ts';
import { act, type RoomWriter } from '../../room/writer.ts';
import type { Caller, Client, KnockerCaller, ParticipantCaller } from '../../rules/caller.ts';
import { givenToken } from '../../rules/credentials.ts';
import type { Domain } from '../../rules/domain.ts';
import type { FactKeys } from '../../rules/fact-keys.ts';
import { type Decision, denied, type RoomFacts } from '../../rules/facts.ts';
import { encodeId, type ParticipantId } from '../../rules/ids.ts';
import type { JoinAnswer, JoinCommand } from '../../rules/join-command.ts';
import { join } from '../../rules/joining.ts';
import { coolsDownUntil } from '../../rules/knock-request.ts';
import type { MediaAccess } from '../../rules/media-server.ts';
import type { TokenVerdict } from '../../rules/meeting-token-claims.ts';
import { meetingUrlFor } from '../../rules/page-address.ts';
import { entryRefused, isRefusal } from '../../rules/refusal.ts';
import type { RoomRef } from '../../storage/room-store.ts';
import type { Budgets } from '../budgets.ts';
import type { CallerResolver } from '../caller-resolver.ts';
import type { DomainDirectory } from '../domain-directory.ts';
import { InputReader, type Maybe } from '../input.ts';
import { createEarlyGrant, type EarlyGrant } from '../media-grant.ts';
import type { MediaAccessFor } from '../media-server.ts';
import {
  callerOf,
  findCallerAtDoor,
  type KnownKnock,
  keyAt,
  knockIn,
  knownRoom,
  readShown,
  recallKnock,
  type ShownCredentials,
  type ShownDeps,
  showWith,
} from './caller-at-door.ts';
import { createOpenRooms, findRoomToEnter, type OpenRooms, sayMisplaced, sayMistaken } from './look.ts';

interface JoinInput {
  readonly roomName: string;
  readonly domain?: Maybe<string>;
  readonly token?: Maybe<string>;
  readonly knockToken?: Maybe<string>;
  readonly userName?: Maybe<string>;
  readonly idempotencyKey?: Maybe<string>;
  readonly hidden?: Maybe<boolean>;
}

export interface JoinedView {
  readonly kind: 'Joined';
  readonly participant: ParticipantView;
  readonly room: RoomView;
  readonly sessionToken: string;
  readonly mediaGrant: string;
  readonly media: MediaAccess | null;
  readonly meetingUrl: string | null;
}

export interface MustKnockView {
  readonly kind: 'MustKnock';
  readonly roomName: string;
  readonly ownerPresent: boolean;
  readonly lobbyMessage: string | null;
}

export interface JoinDeps extends ShownDeps {
  readonly writer: RoomWriter;
  readonly callers: Pick<CallerResolver, 'recall' | 'forget'>;
  readonly domains: Pick<DomainDirectory, 'forCaller'>;
  readonly budgets: Pick<Budgets, 'attempt' | 'arriveAt'>;
  /** A fresh media grant. */
  readonly grantFor: (domain: Domain, view: ParticipantView) => Promise<string>;
  /** Fresh access to the domain's media server; null: there is none, or not for this participant. */
  readonly accessFor: MediaAccessFor;
}

/** Joining a room. */
export function createJoining(deps: JoinDeps) {
  const openRooms = createOpenRooms();
  return {
    join: (caller: Caller, client: Client, input: JoinInput) => joinRoom(deps, openRooms, caller, client, input),
  };
}

async function joinRoom(deps: JoinDeps, openRooms: OpenRooms, caller: Caller, client: Client, input: JoinInput) {
  const reader = new InputReader();
  const userName = reader.optionalName('userName', input.userName === '' ? null : input.userName);
  const key = reader.idempotencyKey(input.idempotencyKey);
  if (givenToken(input.token) && givenToken(input.knockToken))
    reader.say(['knockToken'], 'cannot be combined with token: send one of the two');
  if (!givenToken(input.token) && !givenToken(input.knockToken)) sayMisplaced(reader, caller);
  sayMistaken(reader, input);
  if (reader.refusal) return reader.refusal;
  const domain = await deps.domains.forCaller(caller, input.domain);
  const gave = { input, client, userName, key };
  const known = recallKnock(deps.callers, caller, domain, input);
  const quick = domain === null || known === null ? null : await joinByKnown(deps, domain, known, gave);
  if (quick?.answer) return quick.answer;
  const shown = await readShown(deps, caller, domain, input);
  const atDoor = findCallerAtDoor(deps, domain, client, caller, input.roomName, shown);
  const isCounted = quick?.countedFor !== undefined && keyAt(atDoor) === quick.countedFor;
  const limited = isCounted ? null : await deps.budgets.attempt('JOIN', atDoor, input.roomName);
  if (limited) return limited;
  if (shown === 'UNKNOWN') return entryRefused('KNOCK_CLOSED');
  const asked: JoinGiven = { ...gave, shown, by: shown.session };
  const room = domain === null ? null : knownRoom(openRooms, domain.id, shown, input.roomName);
  if (domain !== null && room !== null) {
    const answer = await enter(deps, domain, room, asked, joinIfLiving);
    if (answer !== null) return answer;
    openRooms.forget(domain.id, input.roomName);
  }
  const found = await findRoomToEnter(deps, { ...shown, domain, roomName: input.roomName });
  if (isRefusal(found)) return found;
  const ref: RoomRef = { domainId: found.domain.id, roomId: found.room.id };
  const crowded = found.room.privacy === 'PUBLIC' ? await deps.budgets.arriveAt('JOIN', atDoor, ref) : null;
  if (crowded) return crowded;
  const answer = await enter(deps, found.domain, ref, asked, join);
  if (answer !== null && !isRefusal(answer) && answer.kind === 'Joined') openRooms.remember(found.room);
  return answer ?? entryRefused('ENTRY_NOT_ALLOWED');
}

/**
 * Joins by a knock token without looking it up first: the guard of the room finds the knock and the token in the facts. The attempt is
 * counted once: whoever is looked up after all has had it counted already, unless the look finds somebody else.
 */
async function joinByKnown(deps: JoinDeps, domain: Domain, known: KnownKnock, gave: Omit<JoinGiven, 'shown' | 'by'>) {
  const { roomName } = gave.input;
  const shown = showWith({ domain, roomName }, { kind: 'ANYBODY' }, null, known.caller);
  const atDoor = findCallerAtDoor(deps, domain, gave.client, { kind: 'ANYBODY' }, roomName, shown);
  if (await deps.budgets.attempt('JOIN', atDoor, roomName)) return null;
  const asked: JoinGiven = { ...gave, shown, by: known.caller };
  const answer = await enter(deps, domain, known.caller, asked, joinKnown(known.caller));
  // It may have been done where the database did not say: asking once more could do it twice.
  const isUnsure = isRefusal(answer) && answer.refusal === 'Unavailable';
  const isIn = known.isConfirmed() && answer !== null && !isRefusal(answer) && answer.kind === 'Joined';
  if (isUnsure || isIn) return { answer };
  known.forget();
  return { answer: null, countedFor: keyAt(atDoor) };
}

type DecideJoin = (facts: RoomFacts, command: JoinCommand, now: Date) => Decision<JoinAnswer | null>;

/** As long as a room is open, no other room has its name. Null: it has closed, and its name may now belong to another room. */
const joinIfLiving: DecideJoin = (facts, command, now) =>
  facts.room.closedAt === null ? join(facts, command, now) : { answer: null };

/** Lets in by a known knock whoever waits or was admitted on the facts of the decision, and changes nothing for anybody else. */
function joinKnown(known: KnockerCaller): DecideJoin {
  return (facts, command, now) => {
    const decision = isPersonIn(facts, known) ? joinIfLiving(facts, command, now) : { answer: null };
    const { answer } = decision;
    return answer !== null && !isRefusal(answer) && answer.kind === 'JOINED' ? decision : { answer: null };
  };
}

function keysOf(command: JoinCommand, { claims, knock, session }: ShownCredentials): FactKeys {
  const knockId = command.knockId === 'UNKNOWN' ? null : command.knockId;
  return {
    knockIds: [knockId, session?.knockId ?? null].filter((id) => id !== null),
    sessionsOf: knockId === null ? [] : [knockId],
    participantIds: command.resumes === null ? [] : [command.resumes],
    participantKeys: command.idempotencyHash === null ? [] : [command.idempotencyHash],
    tokens: [claims, knock?.token ?? null, session?.token ?? null].filter((token) => token !== null),
  };
}

/** What somebody who wants to join gave, read and verified. */
interface JoinGiven {
  readonly input: JoinInput;
  readonly client: Client;
  readonly userName: string | null;
  readonly key: string | null;
  readonly shown: ShownCredentials;
  /** Whose credential the guard of the room finds good, or refuses. */
  readonly by: Caller | null;
}

function makeCommand(
  { secrets }: JoinDeps,
  ref: RoomRef,
  { input, client, userName, key, shown }: JoinGiven,
  newId: ParticipantId,
  sessionToken: string,
): JoinCommand {
  return {
    roomName: input.roomName,
    newId,
    userName,
    token: shown.token,
    knockId: knockIn(ref, shown.knock, givenToken(input.knockToken)),
    bearerKnockId: shown.bearerKnock?.roomId === ref.roomId ? shown.bearerKnock.id : null,
    hashByKey:
      key === null ? null : (id) => secrets.hash(secrets.derivedToken('vs', { domainId: ref.domainId, id }, key)),
    resumes: shown.session?.roomId === ref.roomId ? shown.session.id : null,
    sessionHash: secrets.hash(sessionToken),
    idempotencyHash: key === null ? null : secrets.hash(key),
    addressHash: client.addressHash,
    hidden: input.hidden ?? false,
  };
}

/**
 * What `joinRoom` would answer to somebody whose bearer is a session or a knock of this room. The same rule decides it on the same facts,
 * and nothing is written. Null: the room has closed, and its name may now belong to another room.
 */
export async function tryJoin(
  deps: JoinDeps,
  caller: ParticipantCaller | KnockerCaller,
  client: Client,
  token: TokenVerdict | null,
) {
  const { roomName } = caller;
  const domain = { id: caller.domainId };
  const shown = showWith({ domain, roomName }, caller, token, caller.kind === 'KNOCKER' ? caller : null);
  const asked: JoinGiven = { input: { roomName }, client, userName: null, key: null, shown, by: shown.session };
  const command = makeCommand(deps, caller, asked, deps.secrets.newId(), deps.secrets.newToken('vs', caller.domainId));
  const decide = (facts: RoomFacts, now: Date) => {
    const { answer } = joinIfLiving(facts, command, now);
    const { claims, knock } = shown;
    const who = { userId: claims?.userId ?? null, jti: claims?.jti ?? null, knockId: knock?.id ?? null };
    const asker = { ...who, addressHash: client.addressHash };
    const knockAgainAt = coolsDownUntil(denied(facts), facts.bans.values(), asker, now);
    return { answer: answer && { decided: answer, knockAgainAt } };
  };
  const trying = { by: shown.session, keys: keysOf(command, shown), decide };
  const tried = await act(deps.writer, caller, trying, (answer, room) => answer && { ...answer, room });
  return isRefusal(tried) && tried.refusal === 'NotFound' ? null : tried;
}

/** Null: the room no longer exists, or `decide` said so. */
async function enter(deps: JoinDeps, domain: Domain, ref: RoomRef, asked: JoinGiven, decide: DecideJoin) {
  const { key, shown, by } = asked;
  const recorded = await deps.recordToken(domain, shown.token, {
    roomName: asked.input.roomName,
    roomId: ref.roomId,
  });
  if (recorded !== null) return recorded;
  const newId = deps.secrets.newId<'Participant'>();
  const { domainId } = ref;
  const { newToken, derivedToken } = deps.secrets;
  const sessionToken = key === null ? newToken('vs', domainId) : derivedToken('vs', { domainId, id: newId }, key);
  const command = makeCommand(deps, ref, asked, newId, sessionToken);
  const keys = keysOf(command, shown);
  const grant = createEarlyGrant((view) => deps.grantFor(domain, view));
  const decideAndSign = (facts: RoomFacts, now: Date) => {
    const decision = decide(facts, command, now);
    const { answer } = decision;
    if (answer !== null && !isRefusal(answer) && answer.kind === 'JOINED')
      grant.begin(participantView(answer.participant, facts));
    return decision;
  };
  const joining = { by, keys, decide: decideAndSign };
  const answer = await act(
    deps.writer,
    ref,
    joining,
    async (done, room): Promise<JoinedView | MustKnockView | null> => {
      if (done === null) return null;
      if (done.kind === 'MUST_KNOCK') return mustKnockAnswer(room);
      return joinedAnswer(deps, domain, room, done, { sessionToken, key, grant });
    },
  );
  return isRefusal(answer) && answer.refusal === 'NotFound' ? null : answer;
}

function mustKnockAnswer({ room: { name: roomName, lobbyMessage }, ownerPresent }: RoomView): MustKnockView {
  return { kind: 'MustKnock', roomName, ownerPresent, lobbyMessage };
}

interface Handed {
  readonly sessionToken: string;
  readonly key: string | null;
  readonly grant: EarlyGrant;
}

async function joinedAnswer(
  deps: JoinDeps,
  domain: Domain,
  room: RoomView,
  answer: Extract<JoinAnswer, { readonly kind: 'JOINED' }>,
  { sessionToken, key, grant }: Handed,
): Promise<JoinedView> {
  const view = participantView(answer.participant, room);
  const repeated = answer.credential === 'REPEATED' && key !== null;
  const row = { domainId: domain.id, id: answer.participant.id };
  const token = repeated ? deps.secrets.derivedToken('vs', row, key) : sessionToken;
  const [mediaGrant, media] = await Promise.all([grant.take(view), deps.accessFor(view)]);
  const readAs = callerOf(answer.participant, room.room.name);
  return {
    kind: 'Joined',
    participant: { ...view, readAs },
    room: { ...room, readAs },
    sessionToken: token,
    mediaGrant,
    media,
    meetingUrl: meetingUrlFor(room.room, room.domain, encodeId('Participant', answer.participant.id)),
  };
}
