import type { Clock } from '../room/clock.ts';
import { inEachRoom } from '../room/many-rooms.ts';
import type { ParticipantView } from '../room/views.ts';
import type { RoomWriter } from '../room/writer.ts';
import type { Actor } from '../rules/actor.ts';
import { type Backend, type Caller, requireBackend } from '../rules/caller.ts';
import type { Domain } from '../rules/domain.ts';
import type { DomainId, MediaServerId } from '../rules/ids.ts';
import type { LivekitServer, MediaAccess, MediaServerRecord } from '../rules/media-server.ts';
import { changeMediaServer } from '../rules/media-server-change.ts';
import { checkMediaServer, type MediaServerInput, type MediaServerPolicy } from '../rules/media-server-input.ts';
import { type Forbidden, invalidInput, isRefusal, notFound } from '../rules/refusal.ts';
import type { DomainStorage } from '../storage/domain.ts';
import type { MediaRoomStorage } from '../storage/media-room.ts';
import type { MediaServerNews, MediaServerStorage, StoredMediaServer } from '../storage/media-server.ts';
import type { ParticipantStorage } from '../storage/participant.ts';
import type { DomainDirectory } from './domain-directory.ts';
import type { Secrets } from './secrets.ts';

/** Encrypts secrets of media servers for the database. */
interface MediaServerSealer {
  readonly seal: (
    secret: Uint8Array,
    place: { readonly purpose: 'media-server'; readonly domainId: string; readonly keyId: string },
  ) => Buffer;
}

/** Access for this participant at this moment, signed without asking anybody. Null: there is no media server, or not for them. */
export type MediaAccessFor = (view: ParticipantView) => Promise<MediaAccess | null>;

export interface MediaServerDeps {
  readonly storage: MediaServerStorage;
  readonly mediaRooms: Pick<MediaRoomStorage, 'open'>;
  readonly domains: Pick<DomainStorage, 'update'>;
  readonly directory: DomainDirectory;
  readonly participants: Pick<ParticipantStorage, 'findRoomsOnMedia'>;
  readonly writer: RoomWriter;
  readonly secrets: Pick<Secrets, 'newId'>;
  readonly clock: Clock;
  readonly box: MediaServerSealer;
  readonly policy: MediaServerPolicy;
  readonly publicUrl: string;
  /** Asks a media server one question, for 5 seconds at most: does it accept the key? */
  readonly ask: (server: LivekitServer & StoredMediaServer) => Promise<MediaServerNews>;
  /** Looks from outside whether its gate stands, for 5 seconds at most, and keeps what it saw. */
  readonly lookAtGate: (server: LivekitServer & StoredMediaServer) => Promise<void>;
}

export type MediaServerService = ReturnType<typeof createMediaServerService>;

/** The media server of the caller's domain, for its backend with the scope ADMIN. */
export function createMediaServerService(deps: MediaServerDeps) {
  return {
    set: (caller: Caller, input: MediaServerInput) => within(caller, (backend) => set(deps, backend, input)),
    remove: (caller: Caller) => within(caller, (backend) => remove(deps, backend)),
    /** Asks it once more whether it accepts the key. */
    check: (caller: Caller) =>
      within(caller, async ({ domainId }) => {
        const server = await findCurrent(deps, domainId);
        return server === null ? notFound() : askNow(deps, server);
      }),
    /** The one that the domain has now; null: none is connected. */
    ofDomain: (caller: Caller, { id }: Pick<Domain, 'id'>) =>
      within(caller, async ({ domainId }) => (id === domainId ? findCurrent(deps, domainId) : null)),
    findById: (caller: Caller, id: MediaServerId) =>
      within(caller, async ({ domainId }) => {
        const current = await findCurrent(deps, domainId);
        return current?.id === id ? current : null;
      }),
    /** Where it sends its webhooks; null: this kind sends none. */
    webhookUrl: async ({ kind, domainId }: MediaServerRecord) => {
      const domain = kind === 'LIVEKIT' ? await deps.directory.byId(domainId) : null;
      return domain === null ? null : `${deps.publicUrl}/media/${encodeURIComponent(domain.name)}/livekit`;
    },
    /** What a proxy asks before it lets a connection through; null: this kind has no gate. */
    gateUrl: ({ kind }: MediaServerRecord) => (kind === 'LIVEKIT' ? `${deps.publicUrl}/media/gate` : null),
  };
}

async function within<Answer>(caller: Caller, run: (backend: Backend) => Promise<Answer>): Promise<Answer | Forbidden> {
  const backend = requireBackend(caller, 'ADMIN');
  return isRefusal(backend) ? backend : run(backend);
}

async function findCurrent(deps: MediaServerDeps, domainId: DomainId): Promise<StoredMediaServer | null> {
  const domain = await deps.directory.readNow(domainId);
  return domain?.mediaServer ? deps.storage.find(domainId, domain.mediaServer.id) : null;
}

/** Rooms on a media server that was left are to be closed there, and for that it is asked again and again. */
const maxMediaServers = 1_000;
const tooMany = [
  `cannot be connected: rooms on ${maxMediaServers} media servers that this domain had before are not closed yet. Make one of those servers`,
  'answer, or wait: each is forgotten EVENT_RETENTION_DAYS (30) after it was replaced',
].join(' ');

async function set(deps: MediaServerDeps, backend: Backend, input: MediaServerInput) {
  const checked = checkMediaServer(input, deps.policy);
  if (!checked.ok) return invalidInput(checked.issues);
  const { domainId } = backend;
  if ((await deps.storage.countHeld(domainId, maxMediaServers)) >= maxMediaServers) {
    return invalidInput([{ path: ['input'], message: tooMany }]);
  }
  const id = deps.secrets.newId<'MediaServer'>();
  const place = { purpose: 'media-server', domainId, keyId: id } as const;
  const secretSealed = deps.box.seal(Buffer.from(checked.secret), place);
  const base = { id, domainId, secretSealed, lastError: null, checkedAt: null, endedAt: null };
  const made = { ...base, createdAt: deps.clock.now() };
  const server: StoredMediaServer =
    checked.server.kind === 'LIVEKIT'
      ? { ...made, ...checked.server, gateHolds: null }
      : { ...made, ...checked.server };
  await deps.storage.insert(server, backend.key);
  await deps.domains.update(domainId, { mediaServer: { id, kind: server.kind } }, backend.key);
  await settle(deps, backend, server.kind === 'LIVEKIT' ? id : null);
  return askNow(deps, server);
}

/** What was stored, with what one question to it shows. */
async function askNow(deps: MediaServerDeps, server: StoredMediaServer): Promise<StoredMediaServer> {
  if (server.kind !== 'LIVEKIT') return server;
  const { domainId, id } = server;
  const [news] = await Promise.all([deps.ask(server), server.gate ? deps.lookAtGate(server) : undefined]);
  await deps.storage.noteAnswer(domainId, id, news);
  return (await deps.storage.find(domainId, id)) ?? server;
}

async function remove(deps: MediaServerDeps, backend: Backend) {
  const { domainId } = backend;
  const before = await deps.directory.readNow(domainId);
  if (before === null || before.mediaServer === null) return notFound();
  const after = await deps.domains.update(domainId, { mediaServer: null }, backend.key);
  await settle(deps, backend, null);
  return after ?? notFound();
}

/**
 * The domain names another media server now, or none: the rooms on the one before are closed, those with people in them are opened on the
 * new one, and everybody is told. Where none comes after it, what the one before sent has ended: each room says so at its next command. What
 * comes after it looks for that, also where nobody is inside. Where this is interrupted, the sweep does all but telling people, and clients
 * find that out.
 */
async function settle(
  deps: MediaServerDeps,
  { domainId, actor }: Backend,
  carrying: MediaServerId | null,
): Promise<void> {
  deps.directory.forget(domainId);
  // In this order: what has not been ended is found by the sweep, which opens as well.
  if (carrying !== null) await deps.mediaRooms.open(domainId, carrying);
  await deps.storage.endOthers(domainId);
  await tellRooms(deps, domainId, actor);
}

async function tellRooms({ participants, writer }: MediaServerDeps, domainId: DomainId, by: Actor): Promise<void> {
  const rooms = await participants.findRoomsOnMedia(domainId);
  await inEachRoom(rooms, (roomId) =>
    writer.submit({ domainId, roomId }, { by: null, decide: (facts) => changeMediaServer(facts, by) }),
  );
}
