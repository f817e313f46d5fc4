import { type EventView, type KnockView, showKnock } from '../room/views.ts';
import type { KnockerCaller } from '../rules/caller.ts';
import { opens, tokensOfKnock } from '../rules/credentials.ts';
import type { EventViewer } from '../rules/room-event.ts';
import { positionMs } from './knock-queue.ts';
import { openReader, readOn, type Stand, type StreamDeps } from './reader.ts';
import type { StreamScope } from './stream.ts';

/** The knocker's own knock: as it is now, each change, and the position in the queue. It ends after the final status. */
export async function* followOwnKnock(
  deps: StreamDeps,
  caller: KnockerCaller,
  from: Stand,
  scope: StreamScope,
): AsyncGenerator<KnockView, void, void> {
  // It reads as a viewer who sees every knock, and hands over only its own.
  const viewer: EventViewer = { kind: 'BACKEND', seesKnocks: true };
  const following = { ref: caller, from, viewer };
  const reader = openReader(deps, caller, following, from.version, scope);
  const { queue, release } = deps.queues.watch(caller, scope.wake);
  scope.onEnd(release);
  const pace = createPace(scope);
  const own = await readOn(deps, scope, async () => readOwn(deps, caller, await queue.rankOf(caller.id)));
  if (own === null) return;
  // What the reader finds up to here was read already, and may be older than what was read.
  const { version } = own;
  let last = own.view;
  pace.told();
  yield last;
  while (!scope.isEnded() && !isFinal(last)) {
    const reading = reader.readAtHand() ?? (await readOn(deps, scope, () => reader.read()));
    if (reading === null) return;
    if (reading.kind === 'RESYNC') {
      const room = await readOn(deps, scope, () => deps.rooms.findById(caller.domainId, caller.roomId));
      reader.resync(room?.room.version ?? from.version, viewer);
      const { position = null } = last;
      const now = await readOn(deps, scope, () => readOwn(deps, caller, position));
      if (now === null) return;
      // Somebody before it may have been decided in the part that was missed.
      queue.soon();
      last = now.view;
      yield last;
      continue;
    }
    if (reading.events.some(({ knock }) => knock !== null)) queue.soon();
    for (const { event, knock, room } of reading.events) {
      const before: KnockView = last;
      const isOwn = knock?.knock.id === caller.id;
      if (isOwn && event.seq <= version) continue;
      if (isOwn && !isOpenedBy(knock, caller)) return;
      last = isOwn ? changed(last, knock) : around(last, event, room);
      if (!isSame(before, last)) yield last;
      if (isFinal(last)) return;
    }
    const position: number | null = last.knock.status === 'PENDING' ? queue.known(caller.id) : null;
    if (position !== last.position && pace.mayTell()) {
      last = { ...last, position };
      pace.told();
      yield last;
    } else if (reader.isUpToDate) await scope.more();
  }
}

function changed({ position }: KnockView, knock: KnockView): KnockView {
  return { ...knock, position: knock.knock.status === 'PENDING' ? (position ?? null) : null };
}

/** From events of others, the knocker learns only how the room looks from outside. */
function around(
  last: KnockView,
  { payload: { ownerPresent } }: EventView['event'],
  room: EventView['room'],
): KnockView {
  return { ...last, ownerPresent, lobbyMessage: room === null ? last.lobbyMessage : room.room.lobbyMessage };
}

/** ADMITTED is not final: it may be taken back. */
function isFinal({ knock }: KnockView): boolean {
  return knock.status !== 'PENDING' && knock.status !== 'ADMITTED';
}

function isSame(a: KnockView, b: KnockView): boolean {
  return a.knock === b.knock && a.ownerPresent === b.ownerPresent && a.lobbyMessage === b.lobbyMessage;
}

/** Does the token that came with the stream open the knock still? */
function isOpenedBy({ knock }: Pick<KnockView, 'knock'>, { credential }: KnockerCaller): boolean {
  return opens(tokensOfKnock(knock), credential);
}

/** Null: it does not exist any more, or only other tokens open it. */
async function readOwn(deps: StreamDeps, caller: KnockerCaller, position: number | null) {
  const record = await deps.knocks.findById(caller.domainId, caller.id);
  if (record === null || !isOpenedBy(record, caller)) return null;
  const view: KnockView = { ...showKnock(record), position: record.knock.status === 'PENDING' ? position : null };
  return { view, version: record.version };
}

/** Says when the position in the queue may be sent again. If it is asked too early, it wakes the stream then. */
function createPace(scope: StreamScope) {
  let toldAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | null = null;
  scope.onEnd(() => {
    if (timer !== null) clearTimeout(timer);
  });
  return {
    told: () => {
      toldAt = performance.now();
    },
    mayTell: (): boolean => {
      const waitMs = toldAt + positionMs - performance.now();
      if (waitMs <= 0) return true;
      timer ??= setTimeout(() => {
        timer = null;
        scope.wake();
      }, waitMs);
      return false;
    },
  };
}
