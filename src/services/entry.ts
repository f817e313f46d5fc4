import type { Domain } from '../rules/domain.ts';
import { decideEntry, type EntryAsk, tokenAt } from '../rules/entry.ts';
import { isRefusal } from '../rules/refusal.ts';
import type { EntryRead } from '../storage/room-store.ts';
import { type Caller, requireBackend } from './caller.ts';
import type { EntryDeps } from './entry-deps.ts';
import { readEntry, verifyToken } from './entry-reads.ts';
import { createJoining } from './joining.ts';
import type { AccessView, EntryService } from './services.ts';
import { createStay } from './stay.ts';

/** Who comes in: `access` asks, `join` enters, and both go by the same rules. */
export function createEntryService(deps: EntryDeps): EntryService {
  return {
    access: async (caller, client, ask) => {
      const limited = await deps.budgets.take('ACCESS', client);
      if (limited) return limited;
      const domain = await deps.domains.forCaller(caller, ask.domain);
      const inside = await lookAround(deps, domain, caller, ask.roomName);
      if (inside) return inside;
      const { access } = await look(deps, domain, ask.roomName, ask.token ?? null, caller, null);
      return access;
    },
    explain: async (caller, ask) => {
      const backend = requireBackend(caller, 'READ');
      if (isRefusal(backend)) return backend;
      const domain = await deps.domains.byId(backend.domainId);
      return look(deps, domain, ask.roomName, ask.token ?? null, caller, ask.at ?? null);
    },
    ...createJoining(deps),
    ...createStay(deps),
  };
}

/** What is told of a room to who may come in or knock; the language is the token's over the room's over the domain's. */
function aroundOf(read: EntryRead | null, tokenLang: string | null): Omit<AccessView, 'level' | 'refusal'> {
  const lang = tokenLang ?? read?.facts.room.lang ?? read?.facts.domain.lang ?? null;
  return { ownerPresent: read?.ownerPresent ?? false, lobbyMessage: read?.facts.room.lobbyMessage ?? null, lang };
}

/** Who is inside may come in. */
async function lookAround(
  deps: EntryDeps,
  domain: Domain | null,
  caller: Caller,
  roomName: string,
): Promise<AccessView | null> {
  if (caller.kind !== 'PARTICIPANT' || caller.hasEnded || caller.roomName !== roomName) return null;
  if ((await deps.participants.decidesKnocks(caller.domainId, caller.id)) === null) return null;
  const read = await readEntry(deps, domain, roomName, { claims: null, hasCredential: true }, 'TO_ANSWER');
  const around = aroundOf(read, null);
  return read?.facts.room.id === caller.roomId ? { level: 'FULL', refusal: null, ...around } : null;
}

/** Whether a token was signed for this domain. Its times are looked at when it is decided, by the database's clock. */
async function look(
  deps: EntryDeps,
  domain: Domain | null,
  roomName: string,
  jwt: string | null,
  caller: Caller,
  at: Date | null,
): Promise<{ readonly access: AccessView; readonly steps: ReturnType<typeof decideEntry>['steps'] }> {
  const token = await verifyToken(deps, domain, jwt, at ?? deps.clock.now());
  const claims = token?.ok ? token.claims : null;
  const knock = caller.kind === 'KNOCKER' ? await deps.knocks.findById(caller.domainId, caller.id) : null;
  // A closed room and none are told apart to the domain's own backend alone.
  const hasCredential = claims !== null || knock !== null || caller.kind === 'BACKEND';
  const read = await readEntry(deps, domain, roomName, { claims, hasCredential }, 'TO_ANSWER');
  const isOwnKnock = knock !== null && knock.knock.roomId === read?.facts.room.id;
  const now = at ?? deps.clock.now();
  const ask: EntryAsk = {
    purpose: 'JOIN',
    roomName,
    token: tokenAt(token, now),
    knock: isOwnKnock ? knock.knock : null,
    takesUse: true,
    takesPlace: true,
  };
  const { decision, steps } = decideEntry(read?.facts ?? null, ask, now);
  const around = aroundOf(read, claims?.lang ?? null);
  if (decision.kind === 'REFUSED') {
    return {
      access: { level: 'NONE', refusal: decision.refusal, ownerPresent: false, lobbyMessage: null, lang: null },
      steps,
    };
  }
  return { access: { level: decision.kind === 'IN' ? 'FULL' : 'LOBBY', refusal: null, ...around }, steps };
}
