import { type KnockView, showKnock } from '../room/views.ts';
import type { BackendCaller, Caller } from '../rules/caller.ts';
import type { KnockId } from '../rules/ids.ts';
import type { EventViewer } from '../rules/room-event.ts';
import type { KnockRecord } from '../storage/knock-request.ts';
import { unseenOfKnock } from '../storage/room-rows.ts';
import type { DomainLooks } from './domain-look.ts';
import { type Following, findStand, openReader, readOn, type StreamDeps } from './reader.ts';
import type { StreamScope } from './stream.ts';
import { followKey } from './stream-key.ts';

/** A room's waiting list: pending and just closed knocks, then each change, as long as the caller may see it. */
export async function* followRoomKnocks(
  deps: StreamDeps,
  caller: Caller,
  following: Following,
  scope: StreamScope,
): AsyncGenerator<KnockView, void, void> {
  const { ref } = following;
  // The reader starts at the room's version before the list is read: a change in between is seen twice, and never missed.
  const reader = openReader(deps, caller, following, following.from.version, scope);
  const shown = new Map<KnockId, number>();
  const freshOf = (records: readonly KnockRecord[]) =>
    records.filter(({ knock, version }) => isNew(shown, knock.id, version));
  const snapshot = async () =>
    freshOf((await readOn(deps, scope, () => deps.knocks.snapshot(ref.domainId, ref.roomId))) ?? []);
  for (const record of await snapshot()) yield showKnock(record);
  while (!scope.isEnded()) {
    const reading = reader.readAtHand() ?? (await readOn(deps, scope, () => reader.read()));
    if (reading === null) return;
    if (reading.kind === 'RESYNC') {
      const now = await findStand(deps, caller, following, scope);
      if (now === null || !decides(now.viewer)) return;
      reader.resync(now.stand.version, now.viewer);
      for (const record of await snapshot()) yield showKnock(record);
      // Of a room that was over by then nothing more is told.
      if (now.stand.isOver) return;
      continue;
    }
    for (const { event, knock } of reading.events) {
      if (scope.isEnded()) return;
      if (knock && isNew(shown, knock.knock.id, event.seq)) yield knock;
    }
    if (reading.kind === 'END' || !decides(reader.viewer)) return;
    if (reader.isUpToDate) await scope.more();
  }
}

function decides(viewer: EventViewer): boolean {
  return viewer.kind === 'BACKEND' || viewer.decidesKnocks;
}

/** Was this state of the knock not shown yet? */
function isNew(shown: Map<KnockId, number>, id: KnockId, version: number): boolean {
  if ((shown.get(id) ?? 0) >= version) return false;
  shown.set(id, version);
  return true;
}

/** A write is mostly there within this time after its decision, so changes are looked for this far back. Milliseconds. */
const overlapMs = 8_000;
/** A commit may take any time, as while a synchronous standby is away. So the whole list is looked at this often. Milliseconds. */
const wholeEveryMs = 10_000;

/** The waiting lists of all rooms of a domain in one stream. */
export async function* followDomainKnocks(
  deps: StreamDeps,
  looks: DomainLooks,
  caller: BackendCaller,
  scope: StreamScope,
): AsyncGenerator<KnockView, void, void> {
  const { domainId } = caller;
  followKey(deps, caller, scope);
  scope.onEnd(deps.hub.watchDomain(domainId, scope.wake));
  const { look, release } = looks.watch(domainId);
  scope.onEnd(release);
  const shown = new Map<KnockId, ShownBefore>();
  let since = deps.clock.now();
  let wholeAt = performance.now();
  const readWhole = async () => (await readOn(deps, scope, () => deps.knocks.snapshot(domainId, null))) ?? [];
  for (const record of await readWhole()) {
    shown.set(record.knock.id, shownNow(record, since));
    yield showKnock(record);
  }
  while (!scope.isEnded()) {
    await scope.more();
    if (scope.isEnded()) return;
    const readAt = deps.clock.now();
    const isWhole = performance.now() - wholeAt >= wholeEveryMs;
    if (isWhole) wholeAt = performance.now();
    // Where the database does not answer, the place is kept: what came meanwhile is found when it does.
    const from = new Date(since.getTime() - overlapMs);
    const changed = (await readOn(deps, scope, () => look.changedSince(from))) ?? [];
    const whole = isWhole ? await readWhole() : [];
    for (const record of [...changed, ...whole]) {
      if (scope.isEnded()) return;
      if (isChanged(shown, record, readAt)) yield showKnock(record);
    }
    since = readAt;
    if (isWhole) forgetOld(shown, whole, readAt.getTime() - 4 * overlapMs);
  }
}

interface ShownBefore {
  readonly version: number;
  readonly at: number;
  /** How the knock looked. A write that shows no difference, such as a heartbeat, is not a change. */
  readonly looks: string;
}

function shownNow({ knock, version }: KnockRecord, at: Date): ShownBefore {
  return { version, at: at.getTime(), looks: JSON.stringify(knock, withoutUnseen) };
}

function withoutUnseen(key: string, value: unknown): unknown {
  return unseenOfKnock.has(key) ? undefined : value;
}

/** Does the knock look otherwise than it was shown last? */
function isChanged(shown: Map<KnockId, ShownBefore>, record: KnockRecord, at: Date): boolean {
  const before = shown.get(record.knock.id);
  if (before && before.version >= record.version) return false;
  const now = shownNow(record, at);
  shown.set(record.knock.id, now);
  return before?.looks !== now.looks;
}

/** What has not changed for long and is not in the list any more will not be read again. */
function forgetOld(shown: Map<KnockId, ShownBefore>, listed: readonly KnockRecord[], before: number): void {
  const kept = new Set(listed.map(({ knock }) => knock.id));
  for (const [id, { at }] of shown) if (at < before && !kept.has(id)) shown.delete(id);
}
