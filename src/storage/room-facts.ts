import type { FactKeys, TokenFact } from '../rules/fact-keys.ts';
import type { KnockId, ParticipantId } from '../rules/ids.ts';
import { admissionSeconds } from '../rules/knock-request.ts';
import { selectList } from './postgres/columns.ts';
import type { Database, Param } from './postgres/database.ts';
import { anyOf, unnest, unseen } from './postgres/gathered-reads.ts';
import {
  banColumns,
  domainColumns,
  knockColumns,
  liveStreamColumns,
  lobbyReturnColumns,
  participantColumns,
  readBan,
  readDomainDefaults,
  readKnock,
  readLiveStream,
  readLobbyReturn,
  readParticipant,
  readRoom,
  roomColumns,
} from './room-rows.ts';
import type { FactsRead, RoomRef, RoomStore } from './room-store.ts';
import { readTokens, tokenFacts, tokensParam } from './token-facts.ts';

// One statement reads the facts and their version. When two statements did, two people came into a room for one.

const list = (rows: string) => `coalesce((select jsonb_agg(to_jsonb(x)) from (${rows}) x), '[]'::jsonb)`;

const knocksWhere = (condition: string) =>
  `select ${selectList(knockColumns, 'k')} from knocks k where k.domain_id = $1::uuid and k.room_id = r.id and ${condition}`;
const peopleWhere = (condition: string) =>
  `select ${selectList(participantColumns, 'p')} from participants p where p.domain_id = $1::uuid and p.room_id = r.id and ${condition}`;

const keyedKnocks = [
  knocksWhere(`k.id = ${anyOf('$3::uuid[]')}`),
  knocksWhere(`k.idempotency_hash = any(select decode(h, 'hex') from ${unnest(['$4::text[]'])} h)`),
  knocksWhere(`${unseen('$9::boolean')} and k.status = 'ADMITTED'`),
];
const keyedPeople = [
  peopleWhere(`p.id = ${anyOf('$5::uuid[]')}`),
  peopleWhere(`p.idempotency_hash = any(select decode(h, 'hex') from ${unnest(['$6::text[]'])} h)`),
  peopleWhere(`p.knock_id = ${anyOf('$7::uuid[]')}`),
];
const living = {
  knocks: [
    knocksWhere(`k.status = 'PENDING'`),
    knocksWhere(`k.status = 'DENIED' and k.knock_again_at > (select app_now())`),
  ],
  people: [peopleWhere('p.left_at is null')],
};
const bansWhere = (condition: string) =>
  list(
    `select ${selectList(banColumns, 'b')} from bans b where b.domain_id = $1::uuid and b.room_id = r.id and ${condition}`,
  );
const livingBans = bansWhere('b.lifted_at is null');

// Who was inside as an owner, and who has an owner's token that still counts. A token for a room of this name may have no room's id.
const ownerIds = `(select coalesce(jsonb_agg(o.id), '[]'::jsonb) from ${unnest(['$10::text[]'])} as o(id)
    where exists (select 1 from participants p where p.domain_id = $1::uuid and p.room_id = r.id and p.is_owner and p.user_id = o.id)
      or exists (select 1 from meeting_tokens t where t.domain_id = $1::uuid and t.user_id = o.id and t.is_owner and t.revoked_at is null
        and (t.exp is null or t.exp > (select app_now())) and coalesce(t.room_id = r.id, t.room_name is null or t.room_name = r.name)))`;

// The rows that events after $11 name, and the rows that were written with them. If there are more events than this, everything is read.
const maxEvents = 1_000;
const since = `e as materialized (select e.payload, e.also from room_events e
    where e.domain_id = $1::uuid and e.room_id = ${unseen('$2::uuid')} and e.seq > ${unseen('$11::bigint')} order by e.seq limit ${maxEvents})`;
// An array, so that the planner finds the rows by their keys, however many it expects.
const changed = (field: string, ids: string) => `any(array(select (e.payload->'${field}'->>'id')::uuid from e
    union all select x.id::uuid from e, jsonb_array_elements_text(e.also->'${ids}') as x(id)))`;
const changedBans = bansWhere(
  `b.id = any(array(select x.id::uuid from e, jsonb_array_elements_text(e.also->'bans') as x(id)))`,
);

const returnsWhere = (condition: string) =>
  list(
    `select ${selectList(lobbyReturnColumns, 'l')} from lobby_returns l where l.domain_id = $1::uuid and l.room_id = r.id and ${condition}`,
  );
// A return is needed for as long as the admission that ended it can be taken back.
const openReturns = returnsWhere(
  `(l.admitted_at is null or l.admitted_at > (select app_now() - interval '${admissionSeconds} seconds'))`,
);
const changedReturns = returnsWhere(
  `l.id = any(array(select x.id::uuid from e, jsonb_array_elements_text(e.also->'returns') as x(id)))`,
);

const hasWebhooks =
  'exists (select 1 from webhooks w where w.domain_id = $1::uuid and w.is_active and w.deleted_at is null)';

interface FactsParts {
  readonly knocks: readonly string[];
  readonly people: readonly string[];
  readonly bans: string;
  readonly returns: string;
  readonly more?: string;
}

function factsStatement({ knocks, people, bans, returns, more = '' }: FactsParts): string {
  return `select app_now() as clock,
    (select to_jsonb(x) from (select ${selectList(roomColumns, 'r')}) x) as room,
    (select to_jsonb(x) from (select ${selectList(domainColumns, 'd')}) x) as domain,
    ${hasWebhooks} as "hasWebhooks",
    ${list(knocks.join(' union all '))} as knocks,
    ${list(people.join(' union all '))} as people,
    ${tokenFacts('$8', '$1::uuid', 'r.id')} as tokens,
    ${bans} as bans,
    ${ownerIds} as "ownerIds",
    ${returns} as returns,
    (select to_jsonb(x) from (select ${selectList(liveStreamColumns, 's')} from live_streams s
      where s.domain_id = $1::uuid and s.room_id = r.id order by s.started_at desc limit 1) x) as "liveStream"${more}
  from rooms r join domains d on d.id = $1::uuid where r.domain_id = $1::uuid and r.id = ${unseen('$2::uuid')}`;
}

const readAllText = factsStatement({
  knocks: [...living.knocks, ...keyedKnocks],
  people: [...living.people, ...keyedPeople],
  bans: livingBans,
  returns: openReturns,
});
const readSinceText = `with ${since} ${factsStatement({
  knocks: [knocksWhere(`k.id = ${changed('knock', 'knocks')}`), ...keyedKnocks],
  people: [peopleWhere(`p.id = ${changed('participant', 'participants')}`), ...keyedPeople],
  bans: changedBans,
  returns: changedReturns,
  more: ', (select count(*)::int from e) as "eventsSeen"',
})}`;

interface FactsRow {
  readonly clock: Date;
  readonly room: object;
  readonly domain: object;
  readonly hasWebhooks: boolean;
  readonly knocks: readonly object[];
  readonly people: readonly object[];
  readonly tokens: readonly TokenFact[];
  readonly bans: readonly object[];
  readonly returns: readonly object[];
  readonly ownerIds: readonly string[];
  readonly liveStream: object | null;
}

interface SinceRow extends FactsRow {
  readonly eventsSeen: number;
}

function paramsOf(ref: RoomRef, keys: FactKeys): readonly Param[] {
  const { knockIds = [], knockKeys = [], participantIds = [], participantKeys = [], tokens = [] } = keys;
  const byKnock = keys.sessionsOf ?? [];
  return [
    ref.domainId,
    ref.roomId,
    [...knockIds],
    [...knockKeys],
    [...participantIds],
    [...participantKeys],
    [...byKnock],
    tokensParam(tokens),
    keys.admissions ?? false,
    [...(keys.owners ?? [])],
  ];
}

function toRead(row: FactsRow, keys: FactKeys): FactsRead {
  const knocks = new Map<KnockId, ReturnType<typeof readKnock>>();
  for (const json of row.knocks) {
    const knock = readKnock(json);
    knocks.set(knock.id, knock);
  }
  const participants = new Map<ParticipantId, ReturnType<typeof readParticipant>>();
  for (const json of row.people) {
    const participant = readParticipant(json);
    participants.set(participant.id, participant);
  }
  return {
    keys,
    clock: row.clock,
    hasWebhooks: row.hasWebhooks,
    rows: {
      room: readRoom(row.room),
      domain: readDomainDefaults(row.domain),
      knocks,
      participants,
      bans: new Map(row.bans.map(readBan).map((ban) => [ban.id, ban])),
      returns: new Map(row.returns.map(readLobbyReturn).map((one) => [one.id, one])),
      ownerIds: new Set(row.ownerIds),
      tokens: readTokens(keys.tokens ?? [], row.tokens),
      liveStream: row.liveStream === null ? null : readLiveStream(row.liveStream),
    },
  };
}

/** Reads the facts of rooms. Null: no such room. @throws DatabaseError */
export function createFactReads(database: Database): Pick<RoomStore, 'readAll' | 'readSince'> {
  return {
    readAll: async (ref, keys) => {
      const [row] = await database.query<FactsRow>(readAllText, paramsOf(ref, keys));
      return row === undefined ? null : toRead(row, keys);
    },
    readSince: async (ref, seq, keys) => {
      const [row] = await database.query<SinceRow>(readSinceText, [...paramsOf(ref, keys), seq]);
      if (row === undefined) return null;
      const read = toRead(row, keys);
      return { ...read, isWhole: row.eventsSeen === read.rows.room.version - seq };
    },
  };
}
