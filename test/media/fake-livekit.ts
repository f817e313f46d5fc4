import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { TokenVerifier, type VideoGrant } from 'livekit-server-sdk';
import { closeAfterwards } from '../support/closers.ts';
import { type FakeGrant, readFakeToken, renewFakeToken } from './fake-tokens.ts';
import { FakeWebhooks } from './fake-webhooks.ts';
import { liveKitKey } from './livekit-server.ts';

// A LiveKit server as far as its API goes, which can be made to fail at will. Each rule is one that livekit-server v1.13.5 keeps, and the
// contract suite (contract.test.ts) holds it against the real one.

const allSources = ['CAMERA', 'MICROPHONE', 'SCREEN_SHARE', 'SCREEN_SHARE_AUDIO'];

type Permission = {
  can_subscribe: boolean;
  can_publish: boolean;
  can_publish_data: boolean;
  can_publish_sources: readonly string[];
  hidden: boolean;
  can_update_metadata: boolean;
};
export type FakeTrack = { sid: string; source: string; type: string; mime_type: string; muted: boolean };
export type FakePerson = {
  readonly identity: string;
  readonly sid: string;
  readonly kind: string;
  state: string;
  readonly joined_at_ms: string;
  permission: Permission;
  tracks: FakeTrack[];
};

type Body = Readonly<Record<string, unknown>>;
type Answer = { readonly status: number; readonly body: object };
type Egress = { egress_id: string; room_name: string; status: string; error: string; room_composite: object };

const done = (body: object = {}): Answer => ({ status: 200, body });
const refuse = (status: number, code: string, msg: string): Answer => ({ status, body: { code, msg } });
const notFound = refuse(404, 'not_found', 'participant does not exist');

export class FakeLiveKit {
  readonly rooms = new Map<string, Map<string, FakePerson>>();
  readonly egress: Egress[] = [];
  /** Every call that was answered, in its order. */
  readonly calls: { readonly method: string; readonly body: Body; readonly status: number; readonly at: number }[] = [];
  /** In place of an answer. Null: it answers. */
  failure: ((response: ServerResponse, method: string) => void) | null = null;
  /** What it has done is not answered. */
  isLost: (method: string) => boolean = () => false;
  /** With Redis and an egress service. */
  hasEgress = false;
  readonly webhooks: FakeWebhooks;
  now: () => number = Date.now;
  #count = 0;

  constructor(webhookUrls: readonly string[] = []) {
    this.webhooks = new FakeWebhooks(webhookUrls);
  }

  /**
   * Somebody connects, with what their token grants. Left out means allowed, an empty list of sources means all, and a second connection
   * of the same name throws the first one out.
   */
  connect(room: string, identity: string, grant: FakeGrant = {}, more: Partial<FakePerson> = {}): FakePerson {
    const canPublish = grant.canPublish ?? true;
    const person: FakePerson = {
      identity,
      sid: this.#newId('PA'),
      kind: 'STANDARD',
      state: 'ACTIVE',
      joined_at_ms: String(this.now()),
      permission: {
        can_subscribe: grant.canSubscribe ?? true,
        can_publish: canPublish,
        can_publish_data: grant.canPublishData ?? canPublish,
        can_publish_sources: (grant.canPublishSources ?? []).map((source) => source.toUpperCase()),
        hidden: grant.hidden ?? false,
        can_update_metadata: grant.canUpdateOwnMetadata ?? false,
      },
      tracks: [],
      ...more,
    };
    this.#roomOf(room).set(identity, person);
    // Who has only a socket is nobody yet.
    if (person.state === 'ACTIVE') this.#tell('participant_joined', room, person);
    return person;
  }

  /** Somebody shows a token; null: it does not let in. */
  async enter(token: string): Promise<{ readonly room: string; readonly person: FakePerson } | null> {
    const read = await readFakeToken(token);
    return read === null ? null : { room: read.room, person: this.connect(read.room, read.identity, read.grant) };
  }

  /** The last one that this person was given, with what holds for them now. */
  tokenOf(room: string, { identity, permission }: FakePerson): string {
    return renewFakeToken(room, identity, {
      canPublish: permission.can_publish,
      canPublishSources: permission.can_publish_sources.map((source) => source.toLowerCase()),
      canSubscribe: permission.can_subscribe,
      canPublishData: permission.can_publish_data,
      canUpdateOwnMetadata: permission.can_update_metadata,
      hidden: permission.hidden,
    });
  }

  leave(room: string, identity: string): boolean {
    const person = this.rooms.get(room)?.get(identity);
    if (person === undefined) return false;
    this.rooms.get(room)?.delete(identity);
    this.#tell(person.state === 'ACTIVE' ? 'participant_left' : 'participant_connection_aborted', room, person);
    return true;
  }

  #tell(event: string, room: string, person: FakePerson): void {
    this.webhooks.tell({ event, room, more: { participant: { sid: person.sid, identity: person.identity } } });
  }

  /** The server compares the declared source alone. */
  publish(person: FakePerson, source: string, type: string, mimeType: string): FakeTrack {
    const track = { sid: this.#newId('TR'), source, type, mime_type: mimeType, muted: false };
    person.tracks.push(track);
    return track;
  }

  has(room: string, identity: string): boolean {
    return this.rooms.get(room)?.has(identity) ?? false;
  }

  async answer(method: string, body: Body, authorization: string | undefined): Promise<Answer> {
    const grant = await readGrant(authorization);
    const room = String(body.room ?? body.name ?? body.room_name ?? '');
    if (grant === null || !isGranted(method, grant, room)) {
      return refuse(401, 'unauthenticated', 'invalid API key or secret');
    }
    const answer = await this.#answer(method, body, room);
    this.calls.push({ method, body, status: answer.status, at: performance.now() });
    return answer;
  }

  async #answer(method: string, body: Body, room: string): Promise<Answer> {
    const people = this.rooms.get(room);
    const person = people?.get(String(body.identity));
    switch (method) {
      case 'RoomService/CreateRoom':
        // Idempotent.
        this.#roomOf(room);
        return done({ name: room, sid: 'RM_1' });
      case 'RoomService/ListRooms':
        return done({ rooms: namesOf(this.rooms, body.names).map((name) => ({ name })) });
      case 'RoomService/DeleteRoom':
        return this.#close(room) ? done() : refuse(404, 'not_found', 'requested room does not exist');
      case 'RoomService/ListParticipants':
        // A room that is not there is an empty list.
        return done({ participants: [...(people?.values() ?? [])] });
      case 'RoomService/RemoveParticipant':
        return this.leave(room, String(body.identity)) ? done() : notFound;
      case 'RoomService/UpdateParticipant':
        return person === undefined ? notFound : this.#allow(person, body.permission as Partial<Permission>);
      case 'RoomService/MutePublishedTrack':
        return this.#mute(person, body);
      default:
        return this.#answerEgress(method, body, room);
    }
  }

  /** The whole is replaced: what is left out is taken away. Tracks that may not be sent any more are gone at once. */
  #allow(person: FakePerson, permission: Partial<Permission>): Answer {
    person.permission = {
      can_subscribe: permission.can_subscribe ?? false,
      can_publish: permission.can_publish ?? false,
      can_publish_data: permission.can_publish_data ?? false,
      can_publish_sources: permission.can_publish_sources ?? [],
      hidden: permission.hidden ?? false,
      can_update_metadata: permission.can_update_metadata ?? false,
    };
    const { can_publish: may, can_publish_sources: listed } = person.permission;
    const sources = listed.length === 0 ? [...allSources, 'UNKNOWN'] : listed;
    person.tracks = person.tracks.filter(({ source }) => may && sources.includes(source));
    return done(person);
  }

  /** Somebody absent costs time, an unknown track is no error, and nobody is unmuted from here. */
  async #mute(person: FakePerson | undefined, body: Body): Promise<Answer> {
    if (person === undefined) {
      await pause(20);
      return refuse(503, 'unavailable', 'no response from servers');
    }
    if (body.muted !== true) return refuse(412, 'failed_precondition', 'remote unmute not enabled');
    const track = person.tracks.find(({ sid }) => sid === body.track_sid);
    if (track !== undefined) track.muted = true;
    return done(track === undefined ? {} : { track });
  }

  #answerEgress(method: string, body: Body, room: string): Answer {
    if (!this.hasEgress) return refuse(500, 'internal', 'egress not connected (redis required)');
    if (method === 'Egress/ListEgress') return done({ items: this.egress.filter((one) => one.room_name === room) });
    if (method === 'Egress/StartRoomCompositeEgress') {
      if (!this.rooms.has(room)) return refuse(404, 'not_found', 'requested room does not exist');
      const outputs = { room_name: room, stream_outputs: body.stream_outputs };
      const started = { egress_id: this.#newId('EG'), room_name: room, status: 'EGRESS_STARTING', error: '' };
      this.egress.push({ ...started, room_composite: outputs });
      return done(this.egress.at(-1) ?? {});
    }
    const found = this.egress.find(({ egress_id: id }) => id === body.egress_id);
    if (found === undefined) return refuse(404, 'not_found', 'egress does not exist');
    found.status = 'EGRESS_ENDING';
    return done(found);
  }

  /** The worker has come so far with every stream of this room, and tells it. */
  work(room: string, status: string, error = ''): void {
    for (const one of this.egress.filter(({ room_name: name }) => name === room)) Object.assign(one, { status, error });
    this.webhooks.tell({ event: status === 'EGRESS_ACTIVE' ? 'egress_updated' : 'egress_ended', room });
  }

  #close(name: string): boolean {
    for (const identity of this.rooms.get(name)?.keys() ?? []) this.leave(name, identity);
    if (!this.rooms.delete(name)) return false;
    this.webhooks.tell({ event: 'room_finished', room: name });
    return true;
  }

  #roomOf(name: string): Map<string, FakePerson> {
    const there = this.rooms.get(name);
    if (there !== undefined) return there;
    const room = new Map<string, FakePerson>();
    this.rooms.set(name, room);
    this.webhooks.tell({ event: 'room_started', room: name });
    return room;
  }

  #newId(prefix: string): string {
    this.#count += 1;
    return `${prefix}_${this.#count}`;
  }
}

/** All of them, or those that are asked for. */
function namesOf(rooms: ReadonlyMap<string, unknown>, asked: unknown): readonly string[] {
  return [...rooms.keys()].filter((name) => !Array.isArray(asked) || asked.includes(name));
}

async function readGrant(authorization: string | undefined): Promise<VideoGrant | null> {
  const token = authorization?.replace(/^Bearer /, '') ?? '';
  const verifier = new TokenVerifier(liveKitKey.apiKey, liveKitKey.apiSecret);
  const claims = await verifier.verify(token).catch(() => null);
  return claims?.video ?? null;
}

function isGranted(method: string, grant: VideoGrant, room: string): boolean {
  if (method.startsWith('Egress/')) return grant.roomRecord === true;
  if (method === 'RoomService/ListRooms') return grant.roomList === true;
  if (method === 'RoomService/CreateRoom' || method === 'RoomService/DeleteRoom') return grant.roomCreate === true;
  return grant.roomAdmin === true && grant.room === room;
}

/** Starts it on a free port of 127.0.0.1, until the file's tests are over. */
export async function startFakeLiveKit(
  webhookUrls: readonly string[] = [],
): Promise<{ readonly fake: FakeLiveKit; readonly url: string }> {
  const fake = new FakeLiveKit(webhookUrls);
  const server = createServer((request, response) => void serve(fake, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeAfterwards(() => {
    server.closeAllConnections();
    server.close();
  });
  // A server that listens on TCP has such an address.
  return { fake, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function serve(fake: FakeLiveKit, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const method = (request.url ?? '').replace('/twirp/livekit.', '');
  if (fake.failure !== null) return fake.failure(response, method);
  const { status, body } = await fake.answer(
    method,
    JSON.parse(Buffer.concat(chunks).toString()),
    request.headers.authorization,
  );
  if (fake.isLost(method)) return void response.destroy();
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
