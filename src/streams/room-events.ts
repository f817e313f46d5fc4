import type { EventView, ResyncView } from '../room/views.ts';
import type { Caller } from '../rules/caller.ts';
import type { Cursor } from '../rules/ids.ts';
import { type EventReader, type Following, openReader, readOn, type StreamDeps } from './reader.ts';
import type { StreamScope } from './stream.ts';

/** A room's events: those after the cursor, then each as it happens, as long as the caller may see them. */
export async function* followRoomEvents(
  deps: StreamDeps,
  caller: Caller,
  following: Following,
  cursor: Cursor | null,
  scope: StreamScope,
): AsyncGenerator<EventView | ResyncView, void, void> {
  const { version } = following.from;
  const reader = openReader(deps, caller, following, cursor?.seq ?? version, scope);
  if (cursor !== null && (cursor.roomId !== following.ref.roomId || cursor.seq > version)) {
    yield await resync(deps, following, reader, scope);
  }
  while (!scope.isEnded()) {
    const reading = await readOn(deps, scope, () => reader.read());
    if (reading === null) return;
    if (reading.kind === 'RESYNC') {
      yield await resync(deps, following, reader, scope);
      continue;
    }
    for (const event of reading.events) {
      if (scope.isEnded()) return;
      yield event;
    }
    if (reading.kind === 'END') return;
    if (reading.events.length === 0) await scope.more();
  }
}

/** Says that events were missed, and continues from the room's current version. */
async function resync(
  deps: StreamDeps,
  { ref, from }: Following,
  reader: EventReader,
  scope: StreamScope,
): Promise<ResyncView> {
  const now = await readOn(deps, scope, () => deps.rooms.findById(ref.domainId, ref.roomId));
  const { id, name, version } = now?.room ?? from;
  reader.resync(version);
  return { resync: true, at: deps.clock.now(), room: { id, name, version } };
}
