import { countPlaces, type TokenUse } from '../rules/facts.ts';
import type { DomainId, KnockId, ParticipantId } from '../rules/ids.ts';
import type { Denial } from '../rules/knocking.ts';
import { selectList } from './columns.ts';
import type { Database, Param } from './database.ts';
import { coversSignedAt } from './revocation.ts';
import {
  banColumns,
  domainColumns,
  knockColumns,
  liveStreamColumns,
  participantColumns,
  readBan,
  readDomainDefaults,
  readKnock,
  readLiveStream,
  readParticipant,
  readRoom,
  roomColumns,
  shownRoomColumns,
} from './room-rows.ts';
import type { EntryQuery, EntryRead, FactKeys, FactsRead, RoomRef, RoomStore } from './room-store.ts';
import { createRoomToEnter, isFoundBy, latestOfName } from './room-to-enter.ts';
import { anyOf, unnest, unseen } from './unseen.ts';

// Facts and their version are read in one statement: read apart, a room for one held two.

const list = (rows: string) => `coalesce((select jsonb_agg(to_jsonb(x)) from (${rows}) x), '[]'::jsonb)`;

const knocksWhere = (condition: string) =>
  `select ${selectList(knockColumns, 'k')} from knocks k where k.domain_id = r.domain_id and k.room_id = r.id and ${condition}`;
const peopleWhere = (condition: string) =>
  `select ${selectList(participantColumns, 'p')} from participants p where p.domain_id = r.domain_id and p.room_id = r.id and ${condition}`;

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
    `select ${selectList(banColumns, 'b')} from bans b where b.domain_id = r.domain_id and b.room_id = r.id and ${condition}`,
  );
const livingBans = bansWhere('b.lifted_at is null');

const ownerIds = `(case when $10::boolean then (select coalesce(jsonb_agg(distinct p.user_id), '[]'::jsonb) from participants p
    where p.domain_id = r.domain_id and p.room_id = r.id and p.is_owner and p.user_id is not null) end)`;

// What events after $11 name, and what they say was written beside it. More of them than this: everything is read.
const maxEvents = 1_000;
const since = `e as materialized (select e.payload, e.also from room_events e
    where e.domain_id = $1::uuid and e.room_id = $2::uuid and e.seq > ${unseen('$11::bigint')} order by e.seq limit ${maxEvents})`;
// An array, so that rows are found by key however few or many the planner takes them for.
const changed = (field: string, ids: string) => `any(array(select (e.payload->'${field}'->>'id')::uuid from e
    union all select x.id::uuid from e, jsonb_array_elements_text(e.also->'${ids}') as x(id)))`;
const changedJtis = `array(select x.jti from e, jsonb_array_elements_text(e.also->'jtis') as x(jti))`;
const changedBans = bansWhere(
  `b.id = any(array(select x.id::uuid from e, jsonb_array_elements_text(e.also->'bans') as x(id)))`,
);

// A token's uses count in the room that it was used in: only a token of one room can be limited.
const tokenUses = (tokens: string, alsoJtis = "'{}'::text[]") =>
  list(`select u.jti, u.uses, u.in_lobby as "inLobby" from token_uses u where u.domain_id = r.domain_id and u.room_id = r.id
   and (u.in_lobby or u.jti = any(array(select t.jti from jsonb_to_recordset(${tokens}::text::jsonb) as t(jti text))) or u.jti = any(${alsoJtis}))`);
const revoked = (tokens: string) =>
  list(`select m.jti from meeting_tokens m
     where m.domain_id = r.domain_id and m.revoked_at is not null
       and m.jti = any(array(select t.jti from jsonb_to_recordset(${tokens}::text::jsonb) as t(jti text)))
   union
   select t.jti from jsonb_to_recordset(${tokens}::text::jsonb) as t(jti text, "roomName" text, "userId" text, iat timestamptz, "selfSigned" boolean)
     join revocations v on v.domain_id = r.domain_id
       and (v.jti is null or v.jti = t.jti) and (v.room_name is null or v.room_name = t."roomName")
       and (v.user_id is null or v.user_id = t."userId") and ${coversSignedAt('v', 't.iat')}
     where t."selfSigned"`);

const hasWebhooks =
  'exists (select 1 from webhooks w where w.domain_id = r.domain_id and w.is_active and w.deleted_at is null)';

interface FactsParts {
  readonly knocks: readonly string[];
  readonly people: readonly string[];
  readonly bans: string;
  readonly uses: string;
  readonly more?: string;
}

function factsStatement({ knocks, people, bans, uses, more = '' }: FactsParts): string {
  return `select app_now() as clock,
    (select to_jsonb(x) from (select ${selectList(roomColumns, 'r')}) x) as room,
    (select to_jsonb(x) from (select ${selectList(domainColumns, 'd')}) x) as domain,
    ${hasWebhooks} as "hasWebhooks",
    ${list(knocks.join(' union all '))} as knocks,
    ${list(people.join(' union all '))} as people,
    ${uses} as "tokenUses",
    ${revoked('$8')} as revoked,
    ${bans} as bans,
    ${ownerIds} as "ownerIds",
    (select to_jsonb(x) from (select ${selectList(liveStreamColumns, 's')} from live_streams s
      where s.domain_id = r.domain_id and s.room_id = r.id order by s.started_at desc limit 1) x) as "liveStream"${more}
  from rooms r join domains d on d.id = r.domain_id where r.domain_id = $1::uuid and r.id = $2::uuid`;
}

const readAllText = factsStatement({
  knocks: [...living.knocks, ...keyedKnocks],
  people: [...living.people, ...keyedPeople],
  bans: livingBans,
  uses: tokenUses('$8'),
});
const readSinceText = `with ${since} ${factsStatement({
  knocks: [knocksWhere(`k.id = ${changed('knock', 'knocks')}`), ...keyedKnocks],
  people: [peopleWhere(`p.id = ${changed('participant', 'participants')}`), ...keyedPeople],
  bans: changedBans,
  uses: tokenUses('$8', changedJtis),
  more: ', (select count(*)::int from e) as "eventsSeen"',
})}`;

interface FactsRow {
  readonly clock: Date;
  readonly room: object;
  readonly domain: object;
  readonly hasWebhooks: boolean;
  readonly knocks: readonly object[];
  readonly people: readonly object[];
  readonly tokenUses: readonly TokenUse[];
  readonly revoked: readonly { readonly jti: string }[];
  readonly bans: readonly object[];
  readonly ownerIds: readonly string[] | null;
  readonly liveStream: object | null;
}

interface SinceRow extends FactsRow {
  readonly eventsSeen: number;
}

type AskedToken = NonNullable<FactKeys['tokens']>[number];

function askedToken({ jti, roomName, userId, iat, selfSigned }: AskedToken): AskedToken {
  return { jti, roomName, userId, iat, selfSigned };
}

function paramsOf(ref: RoomRef, keys: FactKeys): readonly Param[] {
  const { knockIds = [], knockKeys = [], participantIds = [], participantKeys = [], tokens = [] } = keys;
  const byKnock = keys.sessionsOf ?? [];
  const asked = tokens.map(askedToken);
  return [
    ref.domainId,
    ref.roomId,
    [...knockIds],
    [...knockKeys],
    [...participantIds],
    [...participantKeys],
    [...byKnock],
    JSON.stringify(asked),
    keys.admissions ?? false,
    keys.owners ?? false,
  ];
}

function toFacts(row: FactsRow, keys: FactKeys): FactsRead {
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
    clock: row.clock,
    hasWebhooks: row.hasWebhooks,
    facts: {
      room: readRoom(row.room),
      domain: readDomainDefaults(row.domain),
      knocks,
      participants,
      bans: new Map(row.bans.map(readBan).map((ban) => [ban.id, ban])),
      tokenUses: new Map(row.tokenUses.map((use) => [use.jti, use])),
      revokedJtis: new Set(row.revoked.map(({ jti }) => jti)),
      liveStream: row.liveStream === null ? null : readLiveStream(row.liveStream),
      placesTaken: countPlaces(participants.values()),
      hasAdmissions: keys.admissions ?? false,
      ownerIds: row.ownerIds === null ? null : new Set(row.ownerIds),
    },
  };
}

/** Reads rooms' facts. Null: no such room. @throws DatabaseError */
export function createFactReads(database: Database): Pick<RoomStore, 'readAll' | 'readSince' | 'findEntry'> {
  const findToEnter = createRoomToEnter(database);
  return {
    readAll: async (ref, keys) => {
      const [row] = await database.query<FactsRow>(readAllText, paramsOf(ref, keys));
      return row === undefined ? null : toFacts(row, keys);
    },
    readSince: async (ref, seq, keys) => {
      const [row] = await database.query<SinceRow>(readSinceText, [...paramsOf(ref, keys), seq]);
      if (row === undefined) return null;
      const read = toFacts(row, keys);
      return { ...read, isWhole: row.eventsSeen === read.facts.room.version - seq };
    },
    findEntry: (domainId, name, ask) =>
      ask.isAnswer
        ? findEntry(database, domainId, name, ask)
        : findToEnter({ domainId, name, hasCredential: ask.hasCredential }),
  };
}

// Of those alone that may concern whoever asks: a flood of denials is not read by everybody who looks at the door.
const denials =
  list(`select k.id, k.status, k.user_id as "userId", encode(k.address_hash, 'hex') as "addressHash", k.knock_again_at as "knockAgainAt"
  from knocks k where k.domain_id = r.domain_id and k.room_id = r.id and k.status = 'DENIED' and k.knock_again_at > (select app_now())
    and (k.address_hash = decode($5::text, 'hex') or k.user_id = $6::text or k.id = $7::uuid)`);

const findText = `select app_now() as clock, ${selectList(shownRoomColumns, 'r')},
    (select to_jsonb(x) from (select ${selectList(domainColumns, 'd')}) x) as "ofDomain",
    exists (select 1 from participants p where p.domain_id = r.domain_id and p.room_id = r.id and p.left_at is null and p.decides_knocks) as "ownerPresent",
    (select count(*)::int from participants p where p.domain_id = r.domain_id and p.room_id = r.id and p.left_at is null and not p.hidden) as "placesTaken",
    ${livingBans} as bans,
    ${denials} as denials,
    (case when $3::boolean then ${tokenUses('$4')} else '[]'::jsonb end) as "tokenUses",
    (case when $3::boolean then ${revoked('$4')} else '[]'::jsonb end) as revoked
  from (${latestOfName('$1::uuid', '$2')}) r
    join domains d on d.id = r.domain_id
  where ${isFoundBy('$3::boolean')}`;

interface EntryRow {
  readonly clock: Date;
  readonly ofDomain: object;
  readonly ownerPresent: boolean;
  readonly placesTaken: number;
  readonly bans: readonly object[];
  readonly denials: readonly (Omit<Denial, 'knockAgainAt'> & { readonly knockAgainAt: string })[];
  readonly tokenUses: readonly TokenUse[];
  readonly revoked: readonly { readonly jti: string }[];
}

async function findEntry(
  database: Database,
  domainId: DomainId,
  name: string,
  ask: EntryQuery,
): Promise<EntryRead | null> {
  const asker = ask.asker ?? { addressHash: null, userId: null, knockId: null };
  const params = [
    domainId,
    name,
    ask.hasCredential,
    JSON.stringify(ask.tokens.map(askedToken)),
    asker.addressHash,
    asker.userId,
    asker.knockId,
  ];
  const [row] = await database.query<EntryRow>(findText, params);
  if (row === undefined) return null;
  const { clock, ofDomain, ownerPresent, placesTaken, bans, denials, tokenUses, revoked, ...room } = row;
  return {
    clock,
    ownerPresent,
    denials: denials.map((denial) => ({ ...denial, knockAgainAt: new Date(denial.knockAgainAt) })),
    facts: {
      room: readRoom(room),
      domain: readDomainDefaults(ofDomain),
      placesTaken,
      bans: new Map(bans.map(readBan).map((ban) => [ban.id, ban])),
      tokenUses: new Map(tokenUses.map((use) => [use.jti, use])),
      revokedJtis: new Set(revoked.map(({ jti }) => jti)),
    },
  };
}
