import { createHash, generateKeyPairSync, randomBytes, randomUUID, sign, verify } from 'node:crypto';
import type { Sql } from 'postgres';

// Coming in with a meeting token, by hand: the room looked up, the token verified, one guarded write, a grant signed. No GraphQL, no
// authorisation, no rules; the tokens are its own.

const joinText = `with r as (update rooms set version = version + 1
    where domain_id = $1::uuid and id = $2::uuid and closed_at is null and version < $3::bigint
    returning domain_id, id, version),
  p as (insert into participants (domain_id, room_id, id, user_name, user_id, verified, is_owner, hidden, joined_at, audio, video,
      screen_share, session_hash, address_hash, connection, attached_to, seen_until, is_shown, decides_knocks)
    select r.domain_id, r.id, $4::uuid, $5, $6, true, false, false, $7::timestamptz, false, false, false, $8::bytea, $9::bytea,
      'CONNECTED', '[]'::jsonb, $7::timestamptz, true, false from r),
  e as (insert into room_events (domain_id, room_id, seq, type, payload, at)
    select r.domain_id, r.id, r.version, 7, $10::text::jsonb, $7::timestamptz from r)
  select version from r`;
const findText =
  'select id, version::int, max_participants as places from rooms where domain_id = $1::uuid and name = $2 and closed_at is null';
const addressHash = createHash('sha256').update('127.0.0.1').digest();
const { privateKey, publicKey } = generateKeyPairSync('ed25519');

interface FoundRoom {
  readonly id: string;
  readonly version: number;
  readonly places: number;
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function signed(claims: object): string {
  const text = `${encode({ alg: 'EdDSA', kid: 'floor' })}.${encode(claims)}`;
  return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`;
}

/** A token for whoever measures the floor. */
export function issueToken(roomName: string, userName: string): object {
  const seconds = Math.floor(Date.now() / 1000);
  return { jwt: signed({ room: roomName, sub: userName, name: userName, iat: seconds, exp: seconds + 3_600 }) };
}

/** Null: the token is not good for this room. */
function readToken(token: string, roomName: string): { readonly sub: string; readonly name: string } | null {
  const end = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  if (!verify(null, Buffer.from(token.slice(0, end)), publicKey, signature)) return null;
  const claims = JSON.parse(Buffer.from(token.slice(token.indexOf('.') + 1, end), 'base64url').toString());
  return claims.room === roomName && claims.exp > Date.now() / 1000 ? claims : null;
}

/** Whoever comes first to a room sees its version before anybody is in it: from there on, versions count who came in. */
const emptyAt = new Map<string, number>();

export async function joinByHand(
  sql: Sql,
  domainId: string,
  { roomName, token }: { readonly roomName: string; readonly token: string },
): Promise<object | null> {
  const [room] = await sql.unsafe<FoundRoom[]>(findText, [domainId, roomName], { prepare: true });
  const claims = readToken(token, roomName);
  if (room === undefined || claims === null) return null;
  const empty = emptyAt.get(room.id) ?? room.version;
  emptyAt.set(room.id, empty);
  const [id, joinedAt, sessionToken] = [randomUUID(), new Date(), `vs_${randomBytes(32).toString('base64url')}`];
  const participant = { id, userName: claims.name, userId: claims.sub, isOwner: false };
  const rows = await sql.unsafe(
    joinText,
    [
      ...[domainId, room.id, empty + room.places, id, claims.name, claims.sub, joinedAt],
      ...[createHash('sha256').update(sessionToken).digest(), addressHash, JSON.stringify({ participant })],
    ],
    { prepare: true },
  );
  if (rows.length === 0) return { code: 'ROOM_FULL' };
  const mediaGrant = signed({ room: roomName, sub: id, name: claims.name, exp: Math.floor(Date.now() / 1000) + 120 });
  return { participant, sessionToken, mediaGrant };
}
