import { isShown, mayAdminister, type Participant } from '../rules/participant.ts';
import { type EventPayload, eventTypeNumbers } from '../rules/room-event.ts';
import type { Database, Param } from './postgres/database.ts';
import { DatabaseError } from './postgres/error.ts';
import { writeKnock, writeParticipant } from './room-rows.ts';
import type { AlsoWritten, RoomStore, RoomWrite } from './room-store.ts';
import { isOverCode, writeRoom } from './room-write.ts';

type Part = 'knocks' | 'participants' | 'bans' | 'returns' | 'tokenUses' | 'liveStream';
const parts: readonly Part[] = ['knocks', 'participants', 'bans', 'returns', 'tokenUses', 'liveStream'];

function rowsOf(write: RoomWrite, part: Part): readonly object[] {
  if (part === 'liveStream') return write.rows.liveStream === undefined ? [] : [write.rows.liveStream];
  if (part === 'knocks') return write.rows.knocks.map(writeKnock);
  if (part === 'participants') return write.rows.participants.map((participant) => derive(participant, write));
  return write.rows[part];
}

/** What queries need to know about a participant without its room's settings at hand. */
function derive(participant: Participant, { after: { room, domain } }: RoomWrite): object {
  return {
    ...writeParticipant(participant),
    isShown: isShown(participant, room, domain),
    decidesKnocks: mayAdminister(participant, 'PARTICIPANTS', room, domain),
  };
}

/** In the order of the function's parameters. */
function paramsOf(write: RoomWrite): readonly Param[] {
  const also = alsoWritten(write);
  const events = write.events.map(({ type, payload, webhook }, index) => ({
    type: eventTypeNumbers[type],
    payload,
    also: index === 0 ? also : null,
    webhookEvent: webhook?.event ?? null,
    webhookData: webhook?.data ?? null,
  }));
  return [
    ...[write.ref.domainId, write.ref.roomId, write.seenVersion, write.groupId, write.validUntil],
    ...[write.seenDomainVersion, write.dueAt, write.now, write.holdsDomain, write.givesWay, write.tellsWebhooks],
    ...[write.carriedOutOn, write.watchUntil, JSON.stringify(events)],
    write.roomChanged ? JSON.stringify([write.after.room]) : null,
    ...parts.map((part) => {
      const rows = rowsOf(write, part);
      return rows.length === 0 ? null : JSON.stringify(rows);
    }),
  ];
}

const applyText = `select ${writeRoom.call} as written`;

async function apply(database: Database, write: RoomWrite): Promise<{ version: number | null; clock: Date }> {
  try {
    const [row] = await database.query<{ written: readonly [number | null, number] }>(applyText, paramsOf(write));
    if (row === undefined) throw new Error('the function that writes a room always answers');
    const [version, clockMs] = row.written;
    return { version, clock: new Date(clockMs) };
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== isOverCode) throw error;
    const [row] = await database.query<{ clock: Date }>('select app_now() as clock', []);
    if (row === undefined) throw error;
    return { version: null, clock: row.clock };
  }
}

/** Writes rooms. @throws DatabaseError */
export function createRoomApply(database: Database): Pick<RoomStore, 'apply' | 'wasWritten' | 'takeTurn'> {
  return {
    apply: (write) => apply(database, write),
    wasWritten: (write) => wasWritten(database, write),
    takeTurn: ({ roomId }) => database.takeTurn(roomId),
  };
}

const settleText = 'select version from rooms where domain_id = $1::uuid and id = $2::uuid for share';
const groupText =
  'select group_id as "group" from room_events where domain_id = $1::uuid and room_id = $2::uuid and seq = $3::bigint';

/** Waits for a write of the room that is under way, and then looks into the log with a new statement, which sees that write. */
async function wasWritten(database: Database, { ref, seenVersion, groupId }: RoomWrite): Promise<boolean> {
  await database.query(settleText, [ref.domainId, ref.roomId]);
  const [row] = await database.query<{ readonly group: string | null }>(groupText, [
    ref.domainId,
    ref.roomId,
    seenVersion + 1,
  ]);
  return row?.group === groupId;
}

/** The rows of a write that none of its events names. Null: there are none. */
function alsoWritten({ rows, events }: RoomWrite): AlsoWritten | null {
  const named = new Set(events.flatMap(({ payload }) => namedBy(payload)));
  const unnamed = (ids: readonly string[]) => ids.filter((id) => !named.has(id));
  const lists = {
    knocks: unnamed(rows.knocks.map(({ id }) => id)),
    participants: unnamed(rows.participants.map(({ id }) => id)),
    bans: rows.bans.map(({ id }) => id),
    returns: rows.returns.map(({ id }) => id),
    jtis: rows.tokenUses.map(({ jti }) => jti),
  };
  const filled = Object.entries(lists).filter(([, ids]) => ids.length > 0);
  return filled.length === 0 ? null : Object.fromEntries(filled);
}

function namedBy({ knock, participant }: EventPayload): readonly string[] {
  return [knock?.id, participant?.id].filter((id) => id !== undefined);
}
