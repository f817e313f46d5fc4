import type { EventView, ResyncView } from '../room/views.ts';
import type { Caller } from '../rules/caller.ts';
import type { Cursor } from '../rules/ids.ts';
import { type EventReader, type Following, findStand, openReader, readOn, type StreamDeps } from './reader.ts';
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
    const missed = await resync(deps, caller, following, reader, scope);
    if (missed === null) return;
    yield missed;
  }
  while (!scope.isEnded()) {
    const reading = reader.readAtHand() ?? (await readOn(deps, scope, () => reader.read()));
    if (reading === null) return;
    if (reading.kind === 'RESYNC') {
      const missed = await resync(deps, caller, following, reader, scope);
      if (missed === null) return;
      yield missed;
      continue;
    }
    for (const event of reading.events) {
      if (scope.isEnded()) return;
      yield event;
    }
    if (reading.kind === 'END') return;
    // Of a room that had closed before there is no more than its record.
    if (following.from.closedAt !== null && reader.place >= following.from.version) return;
    if (reader.isUpToDate) await scope.more();
  }
}

/** Says that events were missed, and continues from the room's current version. Null: the caller's right ended within the gap. */
async function resync(
  deps: StreamDeps,
  caller: Caller,
  following: Following,
  reader: EventReader,
  scope: StreamScope,
): Promise<ResyncView | null> {
  const now = await findStand(deps, caller, following, scope);
  if (now === null) return null;
  const { id, name, version } = now.stand;
  reader.resync(version, now.viewer);
  return { resync: true, at: deps.clock.now(), room: { id, name, version } };
}
