import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { readEnvironment } from './api-key.ts';
import { issueToken, joinByHand } from './floor-join.ts';
import { openRooms, showRoom } from './room-statement.ts';

// The floor: what a durable knock and a room's reading cost by hand. No GraphQL, no authorisation, no rules, no log.

const { port, databaseUrl } = readEnvironment();
const { sql, domainId: findDomainId, findRoom } = openRooms(databaseUrl);
const domainId = await findDomainId();
const watchers = new Map<string, Set<WebSocket>>();

const knockText = `with r as (update rooms set version = version + 1
    where domain_id = $1::uuid and name = $2 and closed_at is null and privacy = 'PRIVATE' and enable_knocking
    returning domain_id, id, version),
  k as (insert into knocks (domain_id, room_id, id, user_name, verified, status, requested_at, exp, token_hash, address_hash, is_return,
      connection, attached_to, seen_until, version, changed_at)
    select r.domain_id, r.id, $3::uuid, $4, false, 'PENDING', $5::timestamptz, $5::timestamptz + interval '10 minutes', $6::bytea, $7::bytea,
      false, 'CONNECTED', '[]'::jsonb, $5::timestamptz, r.version, $5::timestamptz from r),
  e as (insert into room_events (domain_id, room_id, seq, type, payload, at)
    select r.domain_id, r.id, r.version, 4, $8::text::jsonb, $5::timestamptz from r)
  select version from r`;
const addressHash = createHash('sha256').update('127.0.0.1').digest();

async function knock(roomName: string, userName: string): Promise<object | null> {
  const id = randomUUID();
  const knockToken = `vq_${randomBytes(32).toString('base64url')}`;
  const tokenHash = createHash('sha256').update(knockToken).digest();
  const requestedAt = new Date();
  const payload = { knock: { id, userName, status: 'PENDING' }, ownerPresent: true };
  const params = [domainId, roomName, id, userName, requestedAt, tokenHash, addressHash, JSON.stringify(payload)];
  const rows = await sql.unsafe(knockText, params, { prepare: true });
  if (rows.length === 0) return null;
  const shown = { id, userName, userId: null, verified: false, message: null, status: 'PENDING', requestedAt };
  // Serialised once, whoever many there are.
  const text = JSON.stringify({ type: 'next', payload: { data: { knockRequested: shown } } });
  for (const socket of watchers.get(roomName) ?? []) socket.send(text);
  return { knockRequest: shown, knockToken };
}

async function answer(url: string, body: string): Promise<object | null> {
  if (body === '') return null;
  // A trusting server, as the floor is: whoever measures it sends what it expects.
  const { roomName, userName, token }: { roomName: string; userName: string; token: string } = JSON.parse(body);
  if (url === '/knock') return knock(roomName, userName);
  if (url === '/token') return issueToken(roomName, userName);
  if (url === '/join') return joinByHand(sql, domainId, { roomName, token });
  const row = await findRoom(domainId, roomName);
  return row && { data: { room: showRoom(row) } };
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const found = await answer(request.url ?? '', Buffer.concat(chunks).toString());
  const text = JSON.stringify(found);
  response
    .writeHead(found === null ? 404 : 200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    })
    .end(text);
}

const server = createServer((request, response) => {
  handle(request, response).catch(() => response.writeHead(500).end());
});
server.keepAliveTimeout = 60_000;
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (socket, request) => {
  const roomName = request.url?.slice(1) ?? '';
  const watching = watchers.get(roomName) ?? new Set();
  watchers.set(roomName, watching.add(socket));
  socket.on('close', () => watching.delete(socket));
});
server.listen(port, '127.0.0.1');
