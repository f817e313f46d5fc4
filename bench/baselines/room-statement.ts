import postgres from 'postgres';

/** What is read of a room: the fields that every server of P1 answers with, from one statement. */
export interface RoomRow {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
  readonly privacy: string;
  readonly version: string;
  readonly createdAt: Date;
  readonly nbf: Date | null;
  readonly exp: Date | null;
  readonly maxParticipants: number | null;
  readonly ownerPresent: boolean;
  readonly participantCount: number;
}

const text = `select r.id, r.name, d.name as domain, r.privacy, r.version, r.created_at as "createdAt", r.nbf, r.exp,
    r.max_participants as "maxParticipants",
    exists (select 1 from participants p where p.domain_id = r.domain_id and p.room_id = r.id and p.left_at is null and p.decides_knocks) as "ownerPresent",
    (select count(*)::int from participants p where p.domain_id = r.domain_id and p.room_id = r.id and p.left_at is null and not p.hidden) as "participantCount"
  from rooms r join domains d on d.id = r.domain_id
  where r.domain_id = $1::uuid and r.name = $2 and r.closed_at is null and (r.exp is null or r.exp > app_now())`;

/** The same driver with the same pool as the service has it, and one statement, prepared. */
export function openRooms(databaseUrl: string) {
  // The driver reads max_pipeline, and its types do not know it.
  const sql = postgres(databaseUrl, { max: 10, max_pipeline: 0, onnotice: () => undefined } as postgres.Options<
    Record<string, postgres.PostgresType>
  >);
  return {
    sql,
    domainId: async (): Promise<string> => {
      const [domain] = await sql<{ id: string }[]>`select id from domains limit 1`;
      if (domain === undefined) throw new Error('the service makes the domain, and starts first');
      return domain.id;
    },
    findRoom: async (domainId: string, name: string): Promise<RoomRow | null> => {
      const [row] = await sql.unsafe<RoomRow[]>(text, [domainId, name], { prepare: true });
      return row ?? null;
    },
  };
}

/** The room as it is answered. */
export function showRoom({ id, domain, version, ...room }: RoomRow) {
  return {
    ...room,
    id: `room_${id.replaceAll('-', '')}`,
    url: `http://meet.localhost/${encodeURIComponent(domain)}/${encodeURIComponent(room.name)}`,
    cursor: Buffer.from(`${id}.${version}`).toString('base64url'),
  };
}

/** The same part of the contract, for the GraphQL servers among the baselines. */
export const typeDefs = `
  scalar DateTime
  type Query { room(name: String!): Room }
  type Room {
    id: ID! name: String! url: String! privacy: String! createdAt: DateTime! nbf: DateTime exp: DateTime
    maxParticipants: Int ownerPresent: Boolean! participantCount: Int! cursor: String!
  }
`;
