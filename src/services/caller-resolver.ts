import { LRUCache } from 'lru-cache';
import type { Clock } from '../room/clock.ts';
import type { RoomWriter } from '../room/writer.ts';
import {
  type BackendCaller,
  type Caller,
  formOf,
  type KnockerCaller,
  type ParticipantCaller,
} from '../rules/caller.ts';
import { confirmSession } from '../rules/coming-back.ts';
import type { ApiKey } from '../rules/domain.ts';
import type { ApiKeyId, RoomId } from '../rules/ids.ts';
import { isRefusal } from '../rules/refusal.ts';
import type { CredentialStorage, KnockTokenRecord, SessionRecord } from '../storage/credential.ts';
import type { DomainStorage } from '../storage/domain.ts';
import { DatabaseError } from '../storage/postgres/error.ts';
import { domainNamedBy, isPersonToken, sha256 } from './secrets.ts';

export interface CallerResolver {
  /** Whom a bearer credential belongs to. @throws DatabaseError where it cannot be found out */
  readonly resolve: (bearer: string | null) => Promise<Caller>;
  /**
   * The same from memory, for what confirms it on the way: a session or knock token for a command that the guard of its room decides, an API
   * key for a read that sees its domain's version. Null: it must be looked up.
   */
  readonly recall: (bearer: string | null, confirmedBy: 'GUARD' | 'READ' | null) => KeptCaller | null;
  /** The guard did not find this session or knock token good: it is looked up next time. */
  readonly forget: (bearer: string) => void;
  /** Versions may come again, where a database has lost some: every credential is looked up next time. */
  readonly forgetAll: () => void;
}

/** Whose credential it was a while ago. */
export interface KeptCaller {
  readonly caller: ParticipantCaller | KnockerCaller | BackendCaller;
  /** Has the credential been found good since? Otherwise it must be looked up before anything is answered. */
  readonly isConfirmed: () => boolean;
}

export interface CallerResolverDeps {
  readonly credentials: CredentialStorage;
  readonly domains: Pick<DomainStorage, 'touchApiKey'>;
  readonly writer: RoomWriter;
  readonly clock: Clock;
  /** How often it is noted that a key is used. Milliseconds. */
  readonly touchEveryMs: number;
  readonly onError: (error: unknown) => void;
}

const apiKeyForm = /^vk_[A-Za-z0-9]{1,64}_[A-Za-z0-9_-]{22,256}$/;

const maxKept = 10_000;

/**
 * Looks up every credential each time that it is used: a credential that another process revoked a moment ago opens nothing here. If a
 * credential ends while its change is on the way, the guard of the change refuses it. For this guard, a caller says on what it was found
 * good. Whose credential it was is kept for what confirms it on the way: sessions and knocks for commands that are decided under that guard,
 * API keys for reads that see whether the domain has moved on. A key that comes to an end by itself is not kept: only the database knows
 * what time it is.
 */
export function createCallerResolver(deps: CallerResolverDeps): CallerResolver {
  const touch = createTouch(deps);
  const kept = new LRUCache<string, ParticipantCaller | KnockerCaller>({ max: maxKept });
  const keptKeys = new LRUCache<string, BackendCaller>({ max: maxKept });
  const keep = (hash: string, person: FoundPerson | null) => {
    if (person === null || person.caller.hasEnded || person.replacedOlder) kept.delete(hash);
    else kept.set(hash, person.caller);
  };
  return {
    recall: (bearer, confirmedBy) => {
      if (bearer === null || confirmedBy === null) return null;
      if (confirmedBy === 'GUARD') return recallPerson(isPersonToken(bearer) ? kept.get(sha256(bearer)) : undefined);
      const backend = apiKeyForm.test(bearer) ? keptKeys.get(sha256(bearer)) : undefined;
      return recallKey(backend, touch);
    },
    forget: (bearer) => void kept.delete(sha256(bearer)),
    forgetAll: () => {
      kept.clear();
      keptKeys.clear();
    },
    resolve: async (bearer) => {
      if (bearer === null) return { kind: 'ANYBODY' };
      const unknown: Caller = { kind: 'UNKNOWN', form: formOf(bearer) };
      if (!apiKeyForm.test(bearer) && !isPersonToken(bearer)) return unknown;
      const hash = sha256(bearer);
      if (!bearer.startsWith('vk_')) {
        const person = await resolvePerson(deps, bearer, hash);
        keep(hash, person);
        return person?.caller ?? unknown;
      }
      const found = await deps.credentials.findApiKey(hash);
      keptKeys.delete(hash);
      if (found === null) return unknown;
      const { apiKey, domainVersion } = found;
      touch(apiKey);
      const backend: BackendCaller = { kind: 'BACKEND', apiKey, domainId: apiKey.domainId, seenAt: domainVersion };
      if (apiKey.exp === null) keptKeys.set(hash, backend);
      return backend;
    },
  };
}

function recallPerson(caller: ParticipantCaller | KnockerCaller | undefined): KeptCaller | null {
  if (caller === undefined) return null;
  let isConfirmed = false;
  const onConfirmed = () => {
    isConfirmed = true;
  };
  return { caller: { ...caller, onConfirmed }, isConfirmed: () => isConfirmed };
}

function recallKey(backend: BackendCaller | undefined, touch: (apiKey: ApiKey) => void): KeptCaller | null {
  if (backend === undefined) return null;
  let isConfirmed = false;
  const onDomainSeen = (version: number) => {
    isConfirmed = version === backend.seenAt;
    if (isConfirmed) touch(backend.apiKey);
  };
  return { caller: { ...backend, onDomainSeen }, isConfirmed: () => isConfirmed };
}

const maxTouched = 10_000;

/** `lastUsedAt` is right to a few minutes: not every request writes. */
function createTouch({ domains, clock, touchEveryMs, onError }: CallerResolverDeps): (apiKey: ApiKey) => void {
  const touched = new LRUCache<ApiKeyId, number>({ max: maxTouched });
  return ({ domainId, id, lastUsedAt }) => {
    const now = clock.now();
    const last = Math.max(lastUsedAt?.getTime() ?? 0, touched.get(id) ?? 0);
    if (now.getTime() - last < touchEveryMs) return;
    touched.set(id, now.getTime());
    domains.touchApiKey(domainId, id, now).catch(onError);
  };
}

interface FoundPerson {
  readonly caller: ParticipantCaller | KnockerCaller;
  /** Older tokens of the session have just been ended: the next look finds that done. */
  readonly replacedOlder: boolean;
}

/** A session token whose holder was sent back to the lobby is the token of the knock that waits there. */
async function resolvePerson(deps: CallerResolverDeps, bearer: string, hash: string): Promise<FoundPerson | null> {
  const knocker = (knock: KnockTokenRecord): FoundPerson => ({
    caller: { kind: 'KNOCKER', ...knock, credential: hash },
    replacedOlder: false,
  });
  if (!bearer.startsWith('vs_')) {
    const knock = await deps.credentials.findKnock(hash, domainNamedBy(bearer));
    return knock && knocker(knock);
  }
  const person = await deps.credentials.findPerson(hash, domainNamedBy(bearer));
  if (person === null) return null;
  if (person.kind === 'KNOCK') return knocker(person.knock);
  const { session } = person;
  const { replacesOlder, ...record } = session;
  if (replacesOlder && !record.hasEnded) await endOlder(deps, session, hash);
  return { caller: { kind: 'PARTICIPANT', ...record, credential: hash }, replacedOlder: replacesOlder };
}

/** The new session token is in use, so the older ones end. If that cannot be written, the new one lets nobody in yet. */
async function endOlder({ writer }: CallerResolverDeps, session: SessionRecord, hash: string): Promise<void> {
  const ref: { domainId: SessionRecord['domainId']; roomId: RoomId } = session;
  const written = await writer.submit(ref, { by: null, decide: (facts) => confirmSession(facts, session.id, hash) });
  if (isRefusal(written) && written.refusal === 'Unavailable') throw new DatabaseError('LOST', 'UNCONFIRMED');
}
