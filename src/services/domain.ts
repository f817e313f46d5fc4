import type { Clock } from '../room/clock.ts';
import type { RoomWriter } from '../room/writer.ts';
import { type Caller, requireBackend } from '../rules/caller.ts';
import type { ApiKey, ApiKeyScope, Domain, SelfSigningKey } from '../rules/domain.ts';
import { checkDoorPage, type DoorPage, type DoorPageInput, layDoorPage, plainDoorPage } from '../rules/door-page.ts';
import type { ApiKeyId, DomainId, SelfSigningKeyId } from '../rules/ids.ts';
import { checkPermissions, type PermissionsInput } from '../rules/permissions.ts';
import {
  type Forbidden,
  type InvalidInput,
  invalidInput,
  isRefusal,
  notFound,
  type Unavailable,
} from '../rules/refusal.ts';
import type { MadeSelfSigningKey, NewSelfSigningKey } from '../rules/signing-key.ts';
import { cleanUserId, isLanguageTag } from '../rules/text.ts';
import type { DomainPatch, DomainStorage } from '../storage/domain.ts';
import type { KnockStorage } from '../storage/knock-request.ts';
import type { MediaRoomStorage } from '../storage/media-room.ts';
import type { MeetingTokenStorage } from '../storage/meeting-token.ts';
import type { ParticipantStorage } from '../storage/participant.ts';
import type { DomainDirectory } from './domain-directory.ts';
import { InputReader, type Maybe } from './input.ts';
import { type PageArgs, pageOf } from './page.ts';
import { tellPermissions } from './permissions.ts';
import type { Secrets } from './secrets.ts';
import { endWhatItVouchedFor } from './signing-key.ts';

export interface DomainDeps {
  readonly storage: DomainStorage;
  readonly directory: DomainDirectory;
  readonly meetingTokens: Pick<MeetingTokenStorage, 'list'>;
  readonly participants: Pick<ParticipantStorage, 'findRoomsWithPeople'>;
  readonly knocks: Pick<KnockStorage, 'findRoomsVouchedFor'>;
  readonly mediaRooms: Pick<MediaRoomStorage, 'watchAll'>;
  readonly writer: RoomWriter;
  readonly makeSelfSigningKey: (key: NewSelfSigningKey) => Promise<MadeSelfSigningKey>;
  /** Tells this process's keyring that what it knows about the domain's keys is out of date. */
  readonly forgetKeys: (domainId: DomainId) => void;
  readonly secrets: Secrets;
  readonly clock: Clock;
}

export type DomainService = ReturnType<typeof createDomainService>;

export interface DoorPageView {
  /** Null: there is no such domain. */
  readonly domainId: DomainId | null;
  readonly page: DoorPage;
}

interface UpdateDomainInput {
  readonly permissions?: Maybe<PermissionsInput>;
  readonly enforceUniqueUserIds?: Maybe<boolean>;
  readonly lang?: Maybe<string>;
  readonly meetingTokenLifetimeSeconds?: Maybe<number>;
  readonly doorPage?: Maybe<DoorPageInput>;
}

interface CreateApiKeyInput {
  readonly name: string;
  readonly scopes: readonly ApiKeyScope[];
  readonly exp?: Maybe<Date>;
}

interface AddSelfSigningKeyInput {
  readonly algorithm: SelfSigningKey['algorithm'];
  readonly publicJwk?: Maybe<string>;
}

type MeetingTokensArgs = PageArgs & { readonly roomName?: Maybe<string>; readonly userId?: Maybe<string> };

/** The domain, its keys and its tokens, for its own backend. */
export function createDomainService(deps: DomainDeps) {
  return {
    own: async (caller: Caller) => {
      const backend = requireBackend(caller, 'READ');
      if (isRefusal(backend)) return backend;
      return (
        (await deps.directory.readNow(backend.domainId)) ?? Promise.reject(new Error('a live API key has a domain'))
      );
    },
    update: (caller: Caller, input: UpdateDomainInput) => update(deps, caller, input),
    /** For anybody: a domain that does not exist looks like the service itself. */
    doorPage: async (caller: Caller, name: Maybe<string>): Promise<DoorPageView> => {
      const domain = await deps.directory.forCaller(caller, name);
      return domain === null
        ? { domainId: null, page: plainDoorPage }
        : { domainId: domain.id, page: layDoorPage(domain.doorPage) };
    },
    /** For the domain's own backend alone. */
    meetingUrl: (caller: Caller, { domainId, page }: DoorPageView): string | null => {
      const backend = requireBackend(caller, 'ADMIN');
      return !isRefusal(backend) && backend.domainId === domainId ? page.meetingUrl : null;
    },
    meetingTokens: async (caller: Caller, args: MeetingTokensArgs) => {
      const backend = requireBackend(caller, 'TOKENS');
      if (isRefusal(backend)) return backend;
      const given = args.userId ?? null;
      const userId = given === null ? null : cleanUserId(given);
      if (userId?.ok === false) return invalidInput([{ path: ['userId'], message: userId.problem }]);
      const filter = { roomId: null, roomName: args.roomName ?? null, userId: userId?.value ?? null };
      return pageOf(
        args,
        (request) => deps.meetingTokens.list(backend.domainId, filter, request),
        null,
        (item) => ({ item, position: { at: item.createdAt, id: item.id } }),
      );
    },
    ...createApiKeys(deps),
    ...createSelfSigningKeys(deps),
  };
}

const maxLifetimeSeconds = 10 * 365 * 86_400;

async function update(
  deps: DomainDeps,
  caller: Caller,
  input: UpdateDomainInput,
): Promise<Domain | Forbidden | InvalidInput | Unavailable> {
  const backend = requireBackend(caller, 'ADMIN');
  if (isRefusal(backend)) return backend;
  const { patch, issues } = checkPermissions(input.permissions, ['permissions']);
  const door = checkDoorPage(input.doorPage, ['doorPage']);
  const reader = new InputReader();
  for (const issue of [...issues, ...door.issues]) reader.say(issue.path, issue.message);
  const lifetime = input.meetingTokenLifetimeSeconds;
  if (typeof lifetime === 'number' && (lifetime < 1 || lifetime > maxLifetimeSeconds)) {
    reader.say(['meetingTokenLifetimeSeconds'], `must be from 1 to ${maxLifetimeSeconds}, or null`);
  }
  if (typeof input.lang === 'string' && !isLanguageTag(input.lang))
    reader.say(['lang'], 'must be a language tag such as en or pt-BR');
  if (reader.refusal) return reader.refusal;
  const changed: DomainPatch = {
    ...(input.permissions === undefined ? {} : { permissions: patch }),
    ...(input.enforceUniqueUserIds === undefined ? {} : { enforceUniqueUserIds: input.enforceUniqueUserIds ?? false }),
    ...(input.lang === undefined ? {} : { lang: input.lang ?? 'en' }),
    ...(lifetime === undefined ? {} : { meetingTokenLifetimeSeconds: lifetime }),
    ...(input.doorPage === undefined ? {} : { doorPage: door.patch }),
  };
  const before = await deps.directory.readNow(backend.domainId);
  if (before === null) throw new Error('a live API key has a domain');
  if (Object.keys(changed).length === 0) return before;
  const isOfRights = input.permissions !== undefined;
  // Should this process end in the middle, the rooms are looked at again all the same.
  if (isOfRights) await deps.mediaRooms.watchAll(backend.domainId);
  const after = await deps.storage.update(backend.domainId, changed, backend.key, isOfRights ? before : undefined);
  // The permissions were changed meanwhile. Who is told rests on what was before, so that is read again.
  if (after === null) return update(deps, caller, input);
  deps.directory.forget(backend.domainId);
  if (!isOfRights) return after;
  // Nothing of a room changes that its own write would notice.
  await deps.mediaRooms.watchAll(backend.domainId);
  return (await tellPermissions(deps, backend.domainId, before.permissions, backend.actor)) ?? after;
}

function createApiKeys(deps: DomainDeps) {
  const { storage, secrets, clock } = deps;
  return {
    apiKeys: async (caller: Caller, args: PageArgs) => {
      const backend = requireBackend(caller, 'ADMIN');
      if (isRefusal(backend)) return backend;
      return pageOf(
        args,
        (request) => storage.listApiKeys(backend.domainId, request),
        null,
        (item) => ({ item, position: { at: item.createdAt, id: item.id } }),
      );
    },
    createApiKey: async (caller: Caller, input: CreateApiKeyInput) => {
      const backend = requireBackend(caller, 'ADMIN');
      if (isRefusal(backend)) return backend;
      const reader = new InputReader();
      const name = reader.name('name', input.name);
      if (input.scopes.length === 0) reader.say(['scopes'], 'must contain at least one scope');
      if (input.exp && input.exp <= clock.now()) reader.say(['exp'], 'must be in the future');
      if (reader.refusal) return reader.refusal;
      const secret = secrets.newApiKey();
      const apiKey = newApiKey(deps, backend.domainId, secret, {
        name,
        scopes: [...new Set(input.scopes)],
        exp: input.exp ?? null,
      });
      await storage.insertApiKey({ ...apiKey, hash: secrets.hash(secret) }, backend.key);
      return { apiKey, secret };
    },
    revokeApiKey: async (caller: Caller, id: ApiKeyId | null) => {
      const backend = requireBackend(caller, 'ADMIN');
      if (isRefusal(backend)) return backend;
      const revoked = id === null ? null : await storage.revokeApiKey(backend.domainId, id, clock.now(), backend.key);
      deps.directory.forget(backend.domainId);
      return revoked ?? notFound();
    },
    findApiKey: async (caller: Caller, id: ApiKeyId) => {
      const backend = requireBackend(caller, 'ADMIN');
      return isRefusal(backend) ? backend : storage.findApiKey(backend.domainId, id);
    },
  };
}

/** A key as it is stored. People recognise it by its first characters. */
export function newApiKey(
  { secrets, clock }: Pick<DomainDeps, 'secrets' | 'clock'>,
  domainId: DomainId,
  secret: string,
  key: Pick<ApiKey, 'name' | 'scopes' | 'exp'>,
): ApiKey {
  const prefix = secret.slice(0, secret.indexOf('_', 3));
  return {
    id: secrets.newId<'ApiKey'>(),
    domainId,
    prefix,
    createdAt: clock.now(),
    lastUsedAt: null,
    revokedAt: null,
    ...key,
  };
}

/** All of them are read while tokens come that they may have signed. */
const maxGoodKeys = 1_000;

function createSelfSigningKeys(deps: DomainDeps) {
  const { storage, clock } = deps;
  return {
    selfSigningKeys: async (caller: Caller) => {
      const backend = requireBackend(caller, 'TOKENS');
      return isRefusal(backend) ? backend : storage.listSelfSigningKeys(backend.domainId);
    },
    findSelfSigningKey: async (caller: Caller, id: SelfSigningKeyId) => {
      const backend = requireBackend(caller, 'TOKENS');
      return isRefusal(backend) ? backend : storage.findSelfSigningKey(backend.domainId, id);
    },
    addSelfSigningKey: async (caller: Caller, input: AddSelfSigningKeyInput) => {
      const backend = requireBackend(caller, 'ADMIN');
      if (isRefusal(backend)) return backend;
      const { domainId } = backend;
      if ((await storage.countGoodSelfSigningKeys(domainId)) >= maxGoodKeys) {
        const message = `cannot be added: a domain has at most ${maxGoodKeys} keys that are not revoked. Revoke one first`;
        return invalidInput([{ path: ['input'], message }]);
      }
      const made = await deps.makeSelfSigningKey({
        domainId,
        algorithm: input.algorithm,
        publicJwk: input.publicJwk ?? null,
        now: clock.now(),
      });
      if (!made.ok) return invalidInput(made.issues);
      if (!(await storage.insertSelfSigningKey(made.key, backend.key))) {
        return invalidInput([{ path: ['input', 'publicJwk'], message: 'is already registered' }]);
      }
      forget(deps, domainId);
      const { publicJwk: _jwk, secretSealed: _sealed, ...selfSigningKey } = made.key;
      return { selfSigningKey, secret: made.secret };
    },
    revokeSelfSigningKey: async (caller: Caller, id: SelfSigningKeyId | null) => {
      const backend = requireBackend(caller, 'ADMIN');
      if (isRefusal(backend)) return backend;
      const revoked =
        id === null ? null : await storage.revokeSelfSigningKey(backend.domainId, id, clock.now(), backend.key);
      forget(deps, backend.domainId);
      if (revoked === null) return notFound();
      return (
        (await endWhatItVouchedFor(deps, revoked.domainId, { ...revoked, selfSigned: true }, backend.actor)) ?? revoked
      );
    },
  };
}

function forget({ directory, forgetKeys }: DomainDeps, domainId: DomainId): void {
  directory.forget(domainId);
  forgetKeys(domainId);
}
