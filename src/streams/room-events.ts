import type { EventView, ResyncView } from '../room/views.ts';
import type { Caller } from '../rules/caller.ts';
import type { Cursor } from '../rules/ids.ts';
import {
  type EventReader,
  type Following,
  findStand,
  openReader,
  readOn,
  type Stand,
  type StreamDeps,
} from './reader.ts';
import type { StreamScope } from './stream.ts';

/** A room's events: those after the cursor, then each as it happens, as long as the caller may see them. */
export async function* followRoomEvents(
  deps: StreamDeps,
  caller: Caller,
  following: Following,
  cursor: Cursor | null,
  scope: StreamScope,
): AsyncGenerator<EventView | ResyncView, void, void> {
  let stand = following.from;
  const reader = openReader(deps, caller, following, cursor?.seq ?? stand.version, scope);
  let hasMissed = cursor !== null && (cursor.roomId !== following.ref.roomId || cursor.seq > stand.version);
  while (!scope.isEnded()) {
    if (hasMissed) {
      const now = await resync(deps, caller, following, reader, scope);
      if (now === null) return;
      stand = now;
      hasMissed = false;
      yield { resync: true, at: deps.clock.now(), room: stand };
    }
    const reading = reader.readAtHand() ?? (await readOn(deps, scope, () => reader.read()));
    if (reading === null) return;
    if (reading.kind === 'RESYNC') {
      hasMissed = true;
      continue;
    }
    for (const event of reading.events) {
      if (scope.isEnded()) return;
      yield event;
    }
    if (reading.kind === 'END') return;
    // Of a room that was over before there is no more than its record. One that has closed goes on while people stay inside.
    if (stand.isOver && reader.place >= stand.version) return;
    if (reader.isUpToDate) await scope.more();
  }
}

/** Continues from the room's current version. Null: the caller's right ended within the gap. */
async function resync(
  deps: StreamDeps,
  caller: Caller,
  following: Following,
  reader: EventReader,
  scope: StreamScope,
): Promise<Stand | null> {
  const now = await findStand(deps, caller, following, scope);
  if (now === null) return null;
  reader.resync(now.stand.version, now.viewer);
  return now.stand;
}
