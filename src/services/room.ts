import { settleCommand } from '../room/command.ts';
import type { RoomFinder } from '../room/finder.ts';
import type { WebhookOf } from '../room/group-draft.ts';
import type { RoomView } from '../room/views.ts';
import { act, type RoomWriter } from '../room/writer.ts';
import { type Backend, type Caller, requireBackend, requireRoomCaller } from '../rules/caller.ts';
import { emptyFacts, type RoomFacts } from '../rules/facts.ts';
import { conflict, invalidInput, isRefusal, notFound } from '../rules/refusal.ts';
import {
  applySettings,
  defaultRoomSettings,
  hasEnded,
  type Room,
  type RoomPrivacy,
  type RoomSettingsInput,
} from '../rules/room.ts';
import { updateRoom } from '../rules/room-changes.ts';
import { toPayload } from '../rules/room-event.ts';
import { deleteRoom } from '../rules/room-life.ts';
import { isRoomName } from '../rules/text.ts';
import type { RoomStorage } from '../storage/room.ts';
import type { Maybe } from './input.ts';
import { type PageArgs, pageOf } from './page.ts';
import { createRoomReads, type RoomReadDeps } from './room-reads.ts';
import type { Secrets } from './secrets.ts';

export interface RoomDeps extends RoomReadDeps {
  readonly rooms: RoomReadDeps['rooms'] & Pick<RoomStorage, 'insert' | 'list' | 'count'>;
  readonly finder: RoomFinder;
  readonly writer: RoomWriter;
  readonly secrets: Secrets;
  readonly webhookOf: WebhookOf;
}

export type RoomService = ReturnType<typeof createRoomService>;

interface CreateRoomInput {
  readonly name?: Maybe<string>;
  readonly settings?: Maybe<RoomSettingsInput>;
}

interface UpdateRoomInput {
  readonly roomName: string;
  readonly settings: RoomSettingsInput;
}

interface PrivacyInput {
  readonly roomName: string;
  readonly privacy: RoomPrivacy;
  readonly enableKnocking?: Maybe<boolean>;
}

type ListArgs = PageArgs & { readonly privacy?: Maybe<RoomPrivacy>; readonly nameContains?: Maybe<string> };

/** Rooms: made and deleted by the backend, changed by it and by owners who are inside. */
export function createRoomService(deps: RoomDeps) {
  return {
    create: (caller: Caller, input: CreateRoomInput) => create(deps, caller, input),
    update: (caller: Caller, { roomName, settings }: UpdateRoomInput) =>
      update(deps, caller, roomName, settings, ['input', 'settings']),
    setPrivacy: (caller: Caller, { roomName, privacy, enableKnocking }: PrivacyInput) => {
      const settings =
        enableKnocking === undefined || enableKnocking === null ? { privacy } : { privacy, enableKnocking };
      return update(deps, caller, roomName, settings, ['input']);
    },
    delete: (caller: Caller, roomName: string) => remove(deps, caller, roomName),
    list: async (caller: Caller, args: ListArgs) => {
      const backend = requireBackend(caller, 'READ');
      if (isRefusal(backend)) return backend;
      const filter = { privacy: args.privacy ?? null, nameContains: args.nameContains || null };
      return pageOf(
        args,
        (request) => deps.rooms.list(backend.domainId, filter, request),
        () => deps.rooms.count(backend.domainId, filter),
        (item) => ({ item, position: { at: item.room.createdAt, id: item.room.id } }),
      );
    },
    ...createRoomReads(deps),
  };
}

async function create(deps: RoomDeps, caller: Caller, input: CreateRoomInput) {
  const backend = requireBackend(caller, 'ROOMS');
  if (isRefusal(backend)) return backend;
  const now = deps.clock.now();
  const name = input.name ?? deps.secrets.newRoomName();
  const checked = applySettings(defaultRoomSettings, input.settings, now);
  const issues = [
    ...(isRoomName(name)
      ? []
      : [{ path: ['input', 'name'], message: 'must be 1 to 128 characters from A-Z a-z 0-9 - _' }]),
    ...(checked.ok ? [] : checked.issues),
  ];
  if (issues.length > 0 || !checked.ok) return invalidInput(issues);
  const domain = await deps.domains.byId(backend.domainId);
  if (domain === null) throw new Error('a live API key has a domain');
  const room: Room = {
    ...checked.settings,
    id: deps.secrets.newId<'Room'>(),
    domainId: domain.id,
    name,
    // Only the insert can tell for certain.
    reusesName: true,
    version: 1,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    closedBy: null,
    isOver: false,
  };
  const view: RoomView = { room, domain, ownerPresent: false, participantCount: 0 };
  const isMade =
    (await insert(deps, view, backend)) || ((await freeName(deps, room)) && (await insert(deps, view, backend)));
  return isMade ? view : conflict('NAME_TAKEN', 'A room with this name already exists. Choose another name.');
}

function insert(deps: RoomDeps, view: RoomView, { actor, key }: Backend): Promise<boolean> {
  const { room, domain } = view;
  const what = { type: 'RoomCreated', by: actor } as const;
  const event = {
    type: what.type,
    payload: toPayload(what, room, domain, false),
    webhook: deps.webhookOf(what, emptyFacts(room, domain), room.createdAt),
  };
  return deps.rooms.insert(room, event, true, key);
}

/** The name of a room whose exp has passed is free, even if the sweeper has not closed the room yet. */
async function freeName(deps: RoomDeps, { domainId, name }: Room): Promise<boolean> {
  const { facts } = await deps.clock.sync(() => deps.glanceAtEntry(domainId, name));
  if (facts.room === null || !hasEnded(facts.room, deps.clock.now())) return facts.room === null;
  const written = await deps.writer.submit({ domainId, roomId: facts.room.id }, settleCommand);
  return !isRefusal(written);
}

async function update(
  deps: RoomDeps,
  caller: Caller,
  roomName: string,
  input: RoomSettingsInput,
  path: readonly string[],
) {
  const acting = requireRoomCaller(caller, 'ROOMS');
  if (isRefusal(acting)) return acting;
  const ref = await deps.finder.refFor(acting, roomName);
  if (ref === null) return notFound();
  const keys = { admissions: input?.privacy === 'PRIVATE' || input?.exp !== undefined };
  const decide = (facts: RoomFacts, now: Date) => updateRoom(facts, { caller: acting.who, input, path }, now);
  return act(deps.writer, ref, { by: caller, keys, decide }, (_room, view) => view);
}

async function remove(deps: RoomDeps, caller: Caller, roomName: string) {
  const backend = requireBackend(caller, 'ROOMS');
  if (isRefusal(backend)) return backend;
  const ref = await deps.finder.refFor({ domainId: backend.domainId, roomId: null }, roomName);
  if (ref === null) return notFound();
  const decide = (facts: RoomFacts, now: Date) => deleteRoom(facts, backend.actor, now);
  return act(deps.writer, ref, { by: caller, keys: { admissions: true }, decide }, ({ id, name }) => ({
    roomId: id,
    roomName: name,
  }));
}
