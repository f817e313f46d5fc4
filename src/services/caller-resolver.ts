import { isLive } from '../rules/api-key.ts';
import type { RoomId } from '../rules/ids.ts';
import { confirmSession } from '../rules/joining.ts';
import type { CredentialStorage, SessionRecord } from '../storage/credential.ts';
import type { DomainStorage } from '../storage/domain.ts';
import type { Caller, KnockerCaller, ParticipantCaller } from './caller.ts';
import type { Clock } from './clock.ts';
import type { DomainWatch } from './domain-watch.ts';
import type { RoomWriter } from './room-writer.ts';
import { sha256 } from './secrets.ts';

export interface CallerResolver {
  /** Whom a bearer credential belongs to. @throws DatabaseError where it cannot be found out */
  readonly resolve: (bearer: string | null) => Promise<Caller>;
}

export interface CallerResolverDeps {
  readonly credentials: CredentialStorage;
  readonly domains: Pick<DomainStorage, 'touchApiKey'>;
  readonly domainWatch: DomainWatch;
  readonly writer: RoomWriter;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

type BackendCaller = Extract<Caller, { kind: 'BACKEND' }>;

const credentialForm = /^(vk_[A-Za-z0-9]{1,64}_[A-Za-z0-9_-]{22,256}|v[sq]_[A-Za-z0-9_-]{43})$/;
const touchEveryMs = 60_000;
const maxKeys = 10_000;

/** API keys are kept while the domain's watch is fresh; sessions and knocks are looked up each time. Nothing unknown is kept. */
export function createCallerResolver(deps: CallerResolverDeps): CallerResolver {
  const keys = new Map<string, { readonly caller: BackendCaller; readonly domainVersion: number; touchedMs: number }>();
  const resolveKey = async (hash: string): Promise<Caller> => {
    const now = deps.clock.now();
    const known = keys.get(hash);
    if (
      known &&
      deps.domainWatch.isAt(known.caller.domainId, known.domainVersion) &&
      isLive(known.caller.apiKey, now)
    ) {
      touch(deps, known, now);
      return known.caller;
    }
    keys.delete(hash);
    const found = await deps.credentials.findApiKey(hash);
    if (found === null) return { kind: 'UNKNOWN' };
    const caller: BackendCaller = { kind: 'BACKEND', apiKey: found.apiKey, domainId: found.apiKey.domainId };
    const entry = { caller, domainVersion: found.domainVersion, touchedMs: found.apiKey.lastUsedAt?.getTime() ?? 0 };
    deps.domainWatch.observe(caller.domainId, found.domainVersion);
    if (keys.size >= maxKeys) keys.clear();
    keys.set(hash, entry);
    touch(deps, entry, now);
    return caller;
  };
  return {
    resolve: async (bearer) => {
      if (bearer === null) return { kind: 'ANYBODY' };
      if (!credentialForm.test(bearer)) return { kind: 'UNKNOWN' };
      const hash = sha256(bearer);
      if (bearer.startsWith('vk_')) return resolveKey(hash);
      return resolvePerson(deps, bearer, hash);
    },
  };
}

/** `lastUsedAt` is right to the minute: not every request writes. */
function touch(
  { domains, onError }: CallerResolverDeps,
  entry: { readonly caller: BackendCaller; touchedMs: number },
  now: Date,
): void {
  if (now.getTime() - entry.touchedMs < touchEveryMs) return;
  entry.touchedMs = now.getTime();
  domains.touchApiKey(entry.caller.domainId, entry.caller.apiKey.id, now).catch(onError);
}

/** A session token whose holder was sent back to the lobby is the token of the knock that waits there. */
async function resolvePerson(deps: CallerResolverDeps, bearer: string, hash: string): Promise<Caller> {
  if (!bearer.startsWith('vs_')) {
    const knock = await deps.credentials.findKnock(hash);
    return knock === null ? { kind: 'UNKNOWN' } : ({ kind: 'KNOCKER', ...knock } satisfies KnockerCaller);
  }
  const person = await deps.credentials.findPerson(hash);
  if (person === null) return { kind: 'UNKNOWN' };
  if (person.kind === 'KNOCK') return { kind: 'KNOCKER', ...person.knock } satisfies KnockerCaller;
  const { session } = person;
  const { replacesOlder, ...record } = session;
  if (replacesOlder && !record.hasEnded) await endOlder(deps, session, hash);
  return { kind: 'PARTICIPANT', ...record } satisfies ParticipantCaller;
}

/** The new session token is in use: from here on the one before it opens nothing. */
async function endOlder({ writer }: CallerResolverDeps, session: SessionRecord, hash: string): Promise<void> {
  const ref: { domainId: SessionRecord['domainId']; roomId: RoomId } = session;
  await writer.submit(ref, { decide: (facts) => confirmSession(facts, session.id, hash) });
}
