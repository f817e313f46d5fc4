import { type Caller, type Client, findMisplaced, requireBackend } from '../../rules/caller.ts';
import { coolsDownUntil } from '../../rules/cool-down.ts';
import { findLetIn, givenToken, refuseTogether } from '../../rules/credentials.ts';
import type { Domain } from '../../rules/domain.ts';
import { decideEntry, type EntryAsk, type TokenVerdict, tokenAt } from '../../rules/entry.ts';
import { isInside } from '../../rules/facts.ts';
import type { Knock } from '../../rules/knock-request.ts';
import type { TokenClaims } from '../../rules/meeting-token-claims.ts';
import type { Participant } from '../../rules/participant.ts';
import { type InvalidInput, invalidInput, isRefusal } from '../../rules/refusal.ts';
import type { EntryRead } from '../../storage/room-store.ts';
import type { AccessView, EntryService } from '../services.ts';
import { createJoining } from './join.ts';
import { type EntryDeps, readEntry, verifyToken } from './look.ts';
import { createStay } from './stay.ts';
import { readVisitor } from './visitor.ts';

/** Who comes in: `access` asks, `join` enters, and both go by the same rules. */
export function createEntryService(deps: EntryDeps): EntryService {
  return {
    access: async (caller, client, ask) => {
      // A backend may ask: it is told of its own domain's rooms, and comes in nowhere.
      const misplaced = givenToken(ask.token) === null && caller.kind === 'UNKNOWN' ? findMisplaced(caller) : null;
      if (misplaced !== null) return invalidInput([{ path: ['token'], message: misplaced }]);
      const domain = await deps.domains.forCaller(caller, ask.domain);
      const token = await verifyToken(deps, domain, givenToken(ask.token), deps.clock.now());
      const visitor = readVisitor(client, domain, ask.roomName, { caller, token: tokenAt(token, deps.clock.now()) });
      const limited = await deps.budgets.attempt('ACCESS', visitor, ask.roomName);
      if (limited) return limited;
      return lookForCaller(deps, domain, caller, { roomName: ask.roomName, token, at: null, client });
    },
    explain: async (caller, ask) => {
      const backend = requireBackend(caller, 'READ');
      if (isRefusal(backend)) return backend;
      const domain = await deps.domains.byId(backend.domainId);
      const token = await verifyToken(deps, domain, givenToken(ask.token), ask.at ?? deps.clock.now());
      const asked = { roomName: ask.roomName, token, at: ask.at ?? null, client: null };
      const { access, steps } = await look(deps, domain, caller, asked);
      return { access, steps };
    },
    ...createJoining(deps),
    ...createStay(deps),
  };
}

/** What is told of a room to who may come in or knock; the language is the token's over the room's over the domain's. */
function aroundOf(
  { facts, ownerPresent }: EntryRead,
  tokenLang: string | null,
): Omit<AccessView, 'level' | 'refusal' | 'knockAgainAt'> {
  if (facts.room === null) return { ownerPresent, lobbyMessage: null, lang: tokenLang };
  const lang = tokenLang ?? facts.room.lang ?? facts.domain.lang;
  return { ownerPresent, lobbyMessage: facts.room.lobbyMessage, lang };
}

/** What `joinRoom` would say to the same credentials. Who is inside may come in; a bad token refuses them too. */
async function lookForCaller(
  deps: EntryDeps,
  domain: Domain | null,
  caller: Caller,
  asked: Asked,
): Promise<AccessView | InvalidInput> {
  const self = await findSelf(deps, caller, asked.roomName);
  const around = self !== null && isInside(self) ? await lookAround(deps, domain, self, asked.roomName) : null;
  if (around !== null && asked.token === null) return around;
  const { access, claims, knock } = await look(deps, domain, caller, asked);
  if (access.refusal?.code.startsWith('TOKEN_')) return access;
  return refuseTogether(findLetIn(self, knock, deps.clock.now()), claims, ['token']) ?? around ?? access;
}

/** The session in this room whose token came as bearer. */
async function findSelf(deps: EntryDeps, caller: Caller, roomName: string): Promise<Participant | null> {
  if (caller.kind !== 'PARTICIPANT' || caller.roomName !== roomName) return null;
  return (await deps.participants.findById(caller.domainId, caller.id))?.participant ?? null;
}

async function lookAround(
  deps: EntryDeps,
  domain: Domain | null,
  { roomId }: Participant,
  roomName: string,
): Promise<AccessView | null> {
  const read = await readEntry(deps, { domain, roomName, tokens: [], hasCredential: true });
  const around = aroundOf(read, null);
  return read.facts.room?.id === roomId ? { level: 'FULL', refusal: null, knockAgainAt: null, ...around } : null;
}

interface Asked {
  readonly roomName: string;
  /** Signed for this domain, or not; its times are looked at when it is decided, by the database's clock. */
  readonly token: TokenVerdict | null;
  /** Null: now. */
  readonly at: Date | null;
  /** Null: whoever it may be, from anywhere. */
  readonly client: Client | null;
}

interface Looked {
  readonly access: AccessView;
  readonly steps: ReturnType<typeof decideEntry>['steps'];
  /** What was shown: a token that is good by itself, a knock at this room. */
  readonly claims: TokenClaims | null;
  readonly knock: Knock | null;
}

/** May they come in, and what each rule said. */
async function look(
  deps: EntryDeps,
  domain: Domain | null,
  caller: Caller,
  { roomName, token, at, client }: Asked,
): Promise<Looked> {
  const claims = token?.ok ? token.claims : null;
  const knock = caller.kind === 'KNOCKER' ? await deps.knocks.findById(caller.domainId, caller.id) : null;
  // A closed room and none are told apart to the domain's own backend alone.
  const hasCredential = claims !== null || knock !== null || caller.kind === 'BACKEND';
  const addressHash = client?.addressHash ?? null;
  const who = { userId: claims?.userId ?? null, knockId: knock?.knock.id ?? null };
  const asker = addressHash === null ? null : { ...who, addressHash };
  const tokens = [claims, knock?.knock.token ?? null].filter((one) => one !== null);
  const read = await readEntry(deps, { domain, roomName, tokens, hasCredential, asker });
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
  };
  const { decision, steps } = decideEntry(read.facts, ask, now);
  const shown = { steps, claims, knock: own };
  if (decision.kind === 'REFUSED') return { access: { ...nothing, refusal: decision.refusal }, ...shown };
  const level = decision.kind === 'IN' ? 'FULL' : 'LOBBY';
  const knockAgainAt =
    level === 'LOBBY' && asker !== null
      ? coolsDownUntil(read.denials, { ...asker, jti: claims?.jti ?? null }, now)
      : null;
  return { access: { level, refusal: null, knockAgainAt, ...aroundOf(read, claims?.lang ?? null) }, ...shown };
}

/** To whom the door is closed nothing is told of the room. */
const nothing = { level: 'NONE', ownerPresent: false, lobbyMessage: null, lang: null, knockAgainAt: null } as const;
