import type { TokenMatch } from '../rules/ejection.ts';
import type { AskedToken, TokenEnd } from '../rules/fact-keys.ts';
import type { DomainId, MeetingTokenId, RoomId } from '../rules/ids.ts';
import type { MeetingToken } from '../rules/meeting-token.ts';
import { type ActingKey, requireGoodKey } from './acting-key.ts';
import { columnsOf, readRow, recordShape, recordValues, selectList } from './postgres/columns.ts';
import type { Database, Param } from './postgres/database.ts';
import { type PageRequest, type PageRows, pageClause, toPage } from './postgres/page.ts';
import { keyVariable, movesOn, onlyWhileGood, storedFunction } from './postgres/stored-function.ts';
import { createRoomList, roomsOf } from './room-list.ts';
import { meetingTokens } from './tables/index.ts';
import { askedShape, endOf } from './token-facts.ts';

export interface TokenFilter {
  readonly roomId: RoomId | null;
  readonly roomName: string | null;
  readonly userId: string | null;
}

export interface MeetingTokenStorage {
  /** Records a token. False: its room has closed, or its jti exists already. Nothing was written. */
  readonly insert: (token: MeetingToken, by: ActingKey) => Promise<boolean>;
  readonly findById: (domainId: DomainId, id: MeetingTokenId) => Promise<MeetingToken | null>;
  readonly findByJti: (domainId: DomainId, jti: string) => Promise<MeetingToken | null>;
  /** Why a token ended before its time. The token may never have been recorded. Null: it has not ended. */
  readonly findEnd: (domainId: DomainId, token: AskedToken) => Promise<TokenEnd | null>;
  /** Newest first. */
  readonly list: (domainId: DomainId, filter: TokenFilter, request: PageRequest) => Promise<PageRows<MeetingToken>>;
  /** Revokes recorded tokens, and notes what was revoked for tokens that may come later; bumps the domain. Returns how many were recorded. */
  readonly revoke: (domainId: DomainId, match: TokenMatch, at: Date, by: ActingKey) => Promise<number>;
  /** Marks as revoked what the service itself has signed so far, a thousand tokens in a statement. */
  readonly revokeOwn: (domainId: DomainId, at: Date) => Promise<void>;
  /** Rooms in which somebody is inside who joined with one of these tokens. */
  readonly findRoomsEnteredWith: (domainId: DomainId, match: TokenMatch) => Promise<readonly RoomId[]>;
}

const columns = columnsOf(meetingTokens);
const view = `${selectList(columns, 't')},
  coalesce((select sum(u.uses)::int from token_uses u where u.domain_id = $1::uuid and u.jti = t.jti), 0) as uses`;
const read = readRow<MeetingToken>(columns, 'uses');

/** Records a token, while its room is open. False: nothing was written. */
export const insertToken = storedFunction({
  name: 'insert_token',
  isOfDomain: true,
  params: { p_domain: 'uuid', p_by: 'uuid', p_token: 'jsonb' },
  returns: 'boolean',
  declare: ['u record', keyVariable],
  body: `
  ${onlyWhileGood('DOMAIN', 'return false;')}
  select * into u from jsonb_to_recordset(p_token) as u(${recordShape(columns)});
  if u."roomId" is not null then
    perform from rooms r where r.domain_id = p_domain and r.id = u."roomId" and r.closed_at is null;
    if not found then return false; end if;
  end if;
  insert into meeting_tokens (${columns.columns.map(({ name }) => `"${name}"`).join(', ')})
  values (${recordValues(columns, 'u').replace('u."domainId"', 'p_domain')})
  on conflict (domain_id, jti) do nothing;
  return found;`,
});
const insertText = `select ${insertToken.call} as "isMade"`;
const filterText = `where t.domain_id = $1::uuid and ($2::uuid is null or t.room_id = $2::uuid)
  and ($3::text is null or t.room_name = $3::text) and ($4::text is null or t.user_id = $4::text)`;
const order = { at: 't.created_at', id: 't.id', newestFirst: true };
/** Is the recorded token of the room and user that are given to the function? */
const isOfGiven = (t: string) =>
  `(p_room_name is null or ${t}.room_name = p_room_name) and (p_user_id is null or ${t}.user_id = p_user_id)`;

// Recorded tokens are marked as revoked, and so remember it themselves for as long as they count. Self-signed tokens that nobody has seen
// yet are refused by the note in `revocations`, and so are those whose jti is on record of another room or user: a backend may use one
// twice. The newest note on the same thing covers all that the ones before it covered.
// Domains are written first, as everywhere: a room write that holds the domain is waited for here, and never the other way round.
export const revokeTokens = storedFunction({
  name: 'revoke_tokens',
  isOfDomain: false,
  params: {
    ...{ p_domain: 'uuid', p_jtis: 'text[]', p_room_name: 'text', p_user_id: 'text', p_at: 'timestamptz' },
    p_by: 'uuid',
  },
  returns: 'integer',
  declare: [keyVariable, 'v_count integer', 'v_unseen text[]'],
  body: `
  ${onlyWhileGood('KEY', 'return null;')}
  update domains set ${movesOn} where id = p_domain;
  if not found then return null; end if;
  delete from revocations o where o.domain_id = p_domain and o.revoked_at <= p_at
    and o.room_name is not distinct from p_room_name and o.user_id is not distinct from p_user_id
    and case when p_jtis is null then o.jti is null else o.jti = any (p_jtis) end;
  if p_jtis is null then
    insert into revocations (domain_id, id, jti, room_name, user_id, revoked_at)
    values (p_domain, gen_random_uuid(), null, p_room_name, p_user_id, p_at);
  else
    v_unseen := array(select m.jti from unnest(p_jtis) as m(jti)
      except select r.jti from meeting_tokens r where r.domain_id = p_domain and r.jti = any (p_jtis)
        and ${isOfGiven('r')});
    insert into revocations (domain_id, id, jti, room_name, user_id, revoked_at)
    select p_domain, gen_random_uuid(), m.jti, p_room_name, p_user_id, p_at from unnest(v_unseen) as m(jti);
  end if;
  update meeting_tokens t set revoked_at = p_at
  where t.domain_id = p_domain and t.revoked_at is null and (p_jtis is null or t.jti = any (p_jtis))
    and ${isOfGiven('t')};
  get diagnostics v_count = row_count;
  return v_count;`,
});
const revokeText = `select ${revokeTokens.call} as revoked`;
const ownAtOnce = 1_000;
const revokeOwnText = `update meeting_tokens t set revoked_at = $2::timestamptz where t.domain_id = $1::uuid and t.id in (
    select m.id from meeting_tokens m where m.domain_id = $1::uuid and not m.self_signed and m.revoked_at is null
      and m.created_at <= $2::timestamptz and (m.exp is null or m.exp > $2::timestamptz) limit ${ownAtOnce})
  returning 1 as one`;
const endText = `select ${endOf('t', '$1::uuid')} as ended from jsonb_to_recordset($2::text::jsonb) as t(${askedShape})`;
const enteredText = `select distinct p.room_id as "roomId" from participants p where p.domain_id = $1::uuid and p.left_at is null
  and p.token is not null and ($2::text[] is null or p.token->>'jti' = any ($2::text[]))
  and ($3::text is null or p.token->>'roomName' = $3::text) and ($4::text is null or p.token->>'userId' = $4::text)`;

const matchParams = ({ jtis, roomName, userId }: TokenMatch): readonly Param[] => [jtis && [...jtis], roomName, userId];

/** Recorded meeting tokens, and revocations. The key `by` guards each change. @throws DatabaseError, CredentialEnded */
export function createMeetingTokenStorage(database: Database): MeetingTokenStorage {
  const findOne = async (where: string, params: readonly Param[]) => {
    const [row] = await database.query<object>(
      `select ${view} from meeting_tokens t where t.domain_id = $1::uuid and ${where}`,
      params,
    );
    return row === undefined ? null : read(row);
  };
  const ofRoom = createRoomList(database, {
    select: view,
    from: 'from meeting_tokens t',
    where: 'where t.domain_id = $1::uuid and t.room_id = asked.room_id',
    order,
    params: () => [],
    read,
  });
  return {
    insert: async (token, by) => {
      const params = [token.domainId, by, JSON.stringify([token])];
      const [row] = await database.query<{ readonly isMade: boolean }>(insertText, params);
      const isMade = row?.isMade ?? false;
      if (!isMade) await requireGoodKey(database, token.domainId, by);
      return isMade;
    },
    findById: (domainId, id) => findOne('t.id = $2::uuid', [domainId, id]),
    findByJti: (domainId, jti) => findOne('t.jti = $2', [domainId, jti]),
    findEnd: async (domainId, token) => {
      const [row] = await database.query<{ ended: TokenEnd | null }>(endText, [domainId, JSON.stringify([token])]);
      return row?.ended ?? null;
    },
    list: async (domainId, { roomId, roomName, userId }, request) => {
      if (roomId !== null && roomName === null && userId === null)
        return ofRoom.page({ domainId, roomId, filter: null, request });
      const { sql, params } = pageClause(request, order, [domainId, roomId, roomName, userId]);
      const rows = await database.query<object>(`select ${view} from meeting_tokens t ${filterText} ${sql}`, params);
      return toPage(rows.map(read), request);
    },
    revoke: async (domainId, match, at, by) => {
      const params = [domainId, ...matchParams(match), at, by];
      const [row] = await database.query<{ readonly revoked: number | null }>(revokeText, params);
      if (row?.revoked == null) await requireGoodKey(database, domainId, by);
      return row?.revoked ?? 0;
    },
    revokeOwn: (domainId, at) => revokeOwn(database, domainId, at),
    findRoomsEnteredWith: async (domainId, match) =>
      roomsOf(await database.query(enteredText, [domainId, ...matchParams(match)])),
  };
}

async function revokeOwn({ query }: Pick<Database, 'query'>, domainId: DomainId, at: Date): Promise<void> {
  let revoked = ownAtOnce;
  while (revoked === ownAtOnce) revoked = (await query(revokeOwnText, [domainId, at])).length;
}
