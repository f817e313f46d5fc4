import { type Caller, type Client, findMisplaced, findMistaken, requireBackend } from '../../rules/caller.ts';
import { givenToken } from '../../rules/credentials.ts';
import type { Domain } from '../../rules/domain.ts';
import { decideEntry, type EntryAsk } from '../../rules/entry.ts';
import type { EntryFacts } from '../../rules/facts.ts';
import { coolsDownUntil } from '../../rules/knock-request.ts';
import type { MeetingToken } from '../../rules/meeting-token.ts';
import { type TokenVerdict, tokenAt } from '../../rules/meeting-token-claims.ts';
import {
  type EntryRefused,
  type Forbidden,
  type InvalidInput,
  invalidInput,
  isRefusal,
  type Unavailable,
} from '../../rules/refusal.ts';
import type { KnockStorage } from '../../storage/knock-request.ts';
import type { EntryRead } from '../../storage/room-store.ts';
import type { DomainDirectory } from '../domain-directory.ts';
import type { Maybe } from '../input.ts';
import { findOpens, isOfPlace, readCallerAtDoor } from './caller-at-door.ts';
import { createJoining, type JoinDeps, tryJoin } from './join.ts';
import { readEntry, verifyToken } from './look.ts';
import { createStay } from './stay.ts';

export type EntryService = ReturnType<typeof createEntryService>;

export interface EntryDeps extends JoinDeps {
  readonly domains: Pick<DomainDirectory, 'forCaller' | 'byId'>;
  readonly knocks: Pick<KnockStorage, 'findById'>;
}

export interface AccessView {
  readonly level: 'NONE' | 'LOBBY' | 'FULL';
  readonly refusal: EntryRefused | null;
  readonly ownerPresent: boolean;
  readonly lobbyMessage: string | null;
  /** What people call the meeting. Null: it has no title, or with NONE. */
  readonly roomTitle: string | null;
  /** Null with NONE. */
  readonly lang: string | null;
  /** How this person comes in. False with NONE. */
  readonly startAudioOff: boolean;
  readonly startVideoOff: boolean;
  /** With LOBBY, while a cool-down runs: until when. */
  readonly knockAgainAt: Date | null;
}

interface AccessInput {
  readonly roomName: string;
  readonly domain?: Maybe<string>;
  readonly token?: Maybe<string>;
}

interface ExplainInput {
  readonly roomName: string;
  readonly token?: Maybe<string>;
  readonly at?: Maybe<Date>;
}

/** The door: `access` asks and `join` enters, and both follow the same rules. */
export function createEntryService(deps: EntryDeps) {
  return {
    access: async (caller: Caller, client: Client, ask: AccessInput) => {
      // A backend may ask about the rooms of its own domain. It can join none.
      const misplaced =
        givenToken(ask.token) === null && caller.kind === 'UNKNOWN'
          ? findMisplaced(caller)
          : findMistaken('token', givenToken(ask.token));
      if (misplaced !== null) return invalidInput([{ path: ['token'], message: misplaced }]);
      const domain = await deps.domains.forCaller(caller, ask.domain);
      const token = await verifyToken(deps, domain, givenToken(ask.token), deps.clock.now());
      const atDoor = readCallerAtDoor(client, domain, ask.roomName, {
        caller,
        token: tokenAt(token, deps.clock.now()),
      });
      const limited = await deps.budgets.attempt('ACCESS', atDoor, ask.roomName);
      if (limited) return limited;
      return lookForCaller(deps, domain, caller, client, { roomName: ask.roomName, token, at: null, client });
    },
    explain: async (caller: Caller, ask: ExplainInput) => {
      const backend = requireBackend(caller, 'READ');
      if (isRefusal(backend)) return backend;
      const domain = await deps.domains.byId(backend.domainId);
      const token = await verifyToken(deps, domain, givenToken(ask.token), deps.clock.now());
      const asked = { roomName: ask.roomName, token, at: ask.at ?? null, client: null };
      const { access, steps } = await look(deps, domain, caller, asked);
      return { access, steps };
    },
    ...createJoining(deps),
    ...createStay(deps),
  };
}

type DoorTidings = Omit<AccessView, 'level' | 'refusal' | 'knockAgainAt'>;

/** What people who may join or knock learn about a room. What their token says comes before what the room says, and that before the domain. */
function aroundOf({ facts, ownerPresent }: EntryRead, claims: Wishes | null): DoorTidings {
  if (facts.room === null) return { ...unseen, ownerPresent, lang: claims?.lang ?? null };
  return aroundRoom(facts, ownerPresent, claims);
}

function aroundRoom(
  { room, domain }: Pick<EntryFacts, 'room' | 'domain'>,
  ownerPresent: boolean,
  claims: Wishes | null,
): DoorTidings {
  return {
    ownerPresent,
    lobbyMessage: room.lobbyMessage,
    roomTitle: room.title,
    lang: claims?.lang ?? room.lang ?? domain.lang,
    startAudioOff: claims?.startAudioOff ?? room.startAudioOff,
    startVideoOff: claims?.startVideoOff ?? room.startVideoOff,
  };
}

type Wishes = Pick<MeetingToken, 'lang' | 'startAudioOff' | 'startVideoOff'>;

/** What `joinRoom` would say to the same credentials. */
async function lookForCaller(
  deps: EntryDeps,
  domain: Domain | null,
  caller: Caller,
  client: Client,
  asked: AccessQuestion,
): Promise<AccessView | InvalidInput | Forbidden | Unavailable> {
  const comesBack =
    (caller.kind === 'PARTICIPANT' || caller.kind === 'KNOCKER') &&
    isOfPlace({ domain, roomName: asked.roomName }, caller);
  const tried = comesBack ? await tryJoin(deps, caller, client, asked.token) : null;
  if (tried === null) return (await look(deps, domain, caller, asked)).access;
  if (isRefusal(tried)) return tried;
  const { decided, knockAgainAt, room } = tried;
  if (isRefusal(decided)) {
    if (decided.refusal !== 'InvalidInput') return { ...nothing, refusal: decided };
    return invalidInput(decided.issues.map(({ path, message }) => ({ path: path.slice(1), message })));
  }
  const claims = asked.token?.ok ? asked.token.claims : null;
  const around = { refusal: null, ...aroundRoom(room, room.ownerPresent, claims) };
  return decided.kind === 'JOINED'
    ? { level: 'FULL', knockAgainAt: null, ...around }
    : { level: 'LOBBY', knockAgainAt, ...around };
}

interface AccessQuestion {
  readonly roomName: string;
  /** The token's signature was checked. Its times are checked with the decision, by the database's clock. */
  readonly token: TokenVerdict | null;
  /** Null: now. */
  readonly at: Date | null;
  /** Null: whoever it may be, from anywhere. */
  readonly client: Client | null;
}

interface Looked {
  readonly access: AccessView;
  readonly steps: ReturnType<typeof decideEntry>['steps'];
}

/** Whether they may join, and what each rule said. */
async function look(
  deps: EntryDeps,
  domain: Domain | null,
  caller: Caller,
  { roomName, token, at, client }: AccessQuestion,
): Promise<Looked> {
  const claims = token?.ok ? token.claims : null;
  const knocker = caller.kind === 'KNOCKER' ? caller : null;
  const knock = knocker && (await deps.knocks.findById(knocker.domainId, knocker.id));
  // Only the domain's own backend learns whether a room is closed or does not exist.
  const opens = caller.kind === 'BACKEND' ? ['ANY' as const] : findOpens({ domain, roomName }, claims, [knocker]);
  const addressHash = client?.addressHash ?? null;
  const asker = addressHash === null ? null : { userId: claims?.userId ?? null, addressHash };
  const tokens = [claims, knock?.knock.token ?? null].filter((one) => one !== null);
  const read = await readEntry(deps, { domain, roomName, tokens, opens, asker });
  const own = knock !== null && knock.knock.roomId === read.facts.room?.id ? knock.knock : null;
  const now = at ?? deps.clock.now();
  const ask: EntryAsk = {
    purpose: 'JOIN',
    roomName,
    token,
    knock: own,
    addressHash,
    takesUse: true,
    takesPlace: true,
    comesBack: false,
  };
  const { decision, steps } = decideEntry(read.facts, ask, now);
  if (decision.kind === 'REFUSED') return { access: { ...nothing, refusal: decision.refusal }, steps };
  const level = decision.kind === 'IN' ? 'FULL' : 'LOBBY';
  const bans = read.facts.room === null ? [] : read.facts.bans.values();
  const knockAgainAt =
    level === 'LOBBY' && asker !== null
      ? coolsDownUntil(read.denials, bans, { ...asker, jti: claims?.jti ?? null, knockId: null }, now)
      : null;
  return { access: { level, refusal: null, knockAgainAt, ...aroundOf(read, claims) }, steps };
}

const unseen = {
  ownerPresent: false,
  lobbyMessage: null,
  roomTitle: null,
  lang: null,
  startAudioOff: false,
  startVideoOff: false,
} as const;

/** People who may not join or knock learn nothing about the room. */
const nothing = { level: 'NONE', knockAgainAt: null, ...unseen } as const;
