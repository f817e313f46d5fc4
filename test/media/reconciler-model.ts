import type { Poster } from '../../src/egress/poster.ts';
import { createMediaHealth } from '../../src/media/health.ts';
import { createLiveKit } from '../../src/media/livekit.ts';
import { lookAtRoom, type MediaReconcilerOptions } from '../../src/media/reconciler.ts';
import type { AskedServer } from '../../src/media/servers.ts';
import type { RoomCommand } from '../../src/room/command.ts';
import type { RoomWriter } from '../../src/room/writer.ts';
import { type Changes, inside, type RoomFacts } from '../../src/rules/facts.ts';
import { encodeId } from '../../src/rules/ids.ts';
import { mediaLookAfter, oldTokenMs } from '../../src/rules/media-look.ts';
import { areWithin, type MediaRights, mediaRightsOf } from '../../src/rules/media-rights.ts';
import type { ClaimedMediaRoom, MediaRoomStorage } from '../../src/storage/media-room.ts';
import { domain, factsAfter, factsOf, idOf, longAgo, roomOf, now as start } from '../rules/facts-kit.ts';
import { FakeLiveKit } from './fake-livekit.ts';
import { liveKitKey } from './livekit-server.ts';

// The whole reconciler with everything around it held still: a room's facts, its row, a media server that keeps LiveKit's rules, and a
// clock. Whatever may happen between two calls happens where a tape says so, so that each run can be played again.

const serverId = idOf<'MediaServer'>('livekit');
const carried = { ...domain, mediaServer: { id: serverId, kind: 'LIVEKIT' as const } };

type Row = Omit<ClaimedMediaRoom, 'leasedUntil' | 'isTakenOver'> & {
  readonly lookAt: number;
  readonly leasedUntil: number | null;
};

/** REQUEST: it never arrives. ANSWER: it is carried out, and nobody hears of it. BUSY: 503. DATABASE: the next statement fails. */
export type Fault = 'REQUEST' | 'ANSWER' | 'BUSY' | 'DATABASE';
export type OldToken = { readonly identity: string; readonly rights: MediaRights };

/** As long as a proxy takes at most between the gate's word and the media server's ear. Milliseconds. */
const onTheWayMs = 9_000;

export class ReconcilerModel {
  readonly fake = new FakeLiveKit();
  readonly room = encodeId('Room', roomOf().id);
  facts: RoomFacts = factsOf({ room: roomOf(), domain: carried });
  clock = start.getTime();
  row: Row | null = null;
  readonly faults: Fault[] = [];
  /** Every token that anybody was ever given. */
  readonly tokens: OldToken[] = [];
  /** Who was put out although they might be in, and stay seen. */
  readonly wronged: string[] = [];
  readonly #isGated: boolean;
  readonly #onTheWay: { readonly token: OldToken; readonly state: string; readonly until: number }[] = [];
  #process = { isDead: false, health: createMediaHealth(100, () => this.clock) };
  #read: ReadonlyMap<string, MediaRights> = new Map();
  readonly #meanwhile: () => void;

  /** @param meanwhile is called wherever something may come between */
  constructor(isGated: boolean, meanwhile: (model: ReconcilerModel) => void) {
    this.#isGated = isGated;
    this.fake.now = () => this.clock;
    this.#meanwhile = () => meanwhile(this);
  }

  now = () => new Date(this.clock);

  /** Who may be in, and what they may do. */
  wanted(): ReadonlyMap<string, MediaRights> {
    const { room } = this.facts;
    return new Map(
      inside(this.facts).map((one) => [encodeId('Participant', one.id), mediaRightsOf(one, room, carried)]),
    );
  }

  /** Something is decided, and the row moves with it, as one statement does both. */
  change(changes: Omit<Changes, 'events'>): void {
    const whole = { ...changes, events: [{ type: 'Internal', by: null } as const] };
    const look = mediaLookAfter(this.facts, whole);
    this.facts = factsAfter(this.facts, whole);
    for (const [identity, rights] of this.wanted()) this.tokens.push({ identity, rights });
    if (look !== 'NONE') this.#moveWanted(look === 'LOSES' ? this.clock + oldTokenMs : 0);
  }

  /** Somebody asks to connect with a token, whosever it is: a gate lets nobody pass with more than holds now. */
  setOut(token: OldToken, state: string): void {
    const may = this.wanted().get(token.identity);
    if (this.#isGated && (may === undefined || !areWithin(token.rights, may))) return;
    this.#onTheWay.push({ token, state, until: this.clock + onTheWayMs });
  }

  /** Whoever has set out first arrives. */
  arrive(): void {
    const first = this.#onTheWay.shift();
    if (first === undefined || first.until < this.clock) return;
    const { identity, rights } = first.token;
    const { canUpdateMetadata: _never, sources, ...grant } = rights;
    this.fake.connect(this.room, identity, { ...grant, canPublishSources: sources }, { state: first.state });
  }

  /** How many are on the way. */
  get onTheWay(): number {
    return this.#onTheWay.length;
  }

  /** A webhook, however late. */
  lookNow(): void {
    if (this.row !== null) this.#moveWanted(0);
  }

  #moveWanted(watchUntil: number): void {
    const { row } = this;
    const watched = Math.max(row?.watchUntil?.getTime() ?? 0, watchUntil);
    const { id: roomId, domainId } = this.facts.room;
    this.row = {
      ...(row ?? { domainId, roomId, mediaServerId: serverId, done: 0, removedAt: null, leasedUntil: null }),
      wanted: (row?.wanted ?? 0) + 1,
      lookAt: Math.min(row?.lookAt ?? this.clock, this.clock),
      watchUntil: watched === 0 ? null : new Date(watched),
    };
  }

  /** The process dies at its next step, and another one starts. */
  die(): void {
    this.#process.isDead = true;
    this.#process = { isDead: false, health: createMediaHealth(100, () => this.clock) };
  }

  /** When there is something to do next; null: never. */
  dueAt(): number | null {
    return this.row === null ? null : Math.max(this.row.lookAt, this.row.leasedUntil ?? 0);
  }

  /** Looks if it is time. What a process that died was about to do does not happen. */
  async look(): Promise<void> {
    const claimed = this.#claim();
    if (claimed === null) return;
    const process = this.#process;
    await lookAtRoom(claimed, this.#optionsFor(process), process.health).catch(() => undefined);
  }

  #claim(): ClaimedMediaRoom | null {
    const { row } = this;
    if (row === null || row.lookAt > this.clock || (row.leasedUntil ?? 0) > this.clock) return null;
    const leasedUntil = this.clock + 1_000;
    this.row = { ...row, leasedUntil };
    return { ...row, isTakenOver: row.leasedUntil !== null, leasedUntil: new Date(leasedUntil) };
  }

  #optionsFor(process: { readonly isDead: boolean }): Parameters<typeof lookAtRoom>[1] {
    const step = () => {
      this.#meanwhile();
      if (process.isDead) throw new Error('this process is dead');
    };
    const statement = () => {
      step();
      if (this.#takeFault(['DATABASE'])) throw new Error('the database is away');
    };
    const asked = this.#askedThrough(step);
    const ignore = () => undefined;
    return {
      ...{ now: this.now, rooms: this.#rooms(statement), writer: this.#writer(statement) },
      servers: { find: async () => asked, list: async () => [asked] },
      storage: { noteAnswer: async () => undefined },
      lookout: { isOnDuty: () => true, passOn: ignore },
      uptime: { since: () => longAgo },
      box: { open: () => Buffer.from('[]') },
      reports: { called: ignore, passed: ignore, offended: ignore, changed: ignore, lagged: ignore, troubled: ignore },
      onAnswer: (_server, { outcome }) => {
        if (this.#process.health.answered(serverId, outcome)) this.lookNow();
      },
    };
  }

  #takeFault(kinds: readonly Fault[]): Fault | undefined {
    const at = this.faults.findIndex((fault) => kinds.includes(fault));
    return at < 0 ? undefined : this.faults.splice(at, 1)[0];
  }

  #askedThrough(step: () => void): AskedServer {
    const post: Poster['post'] = async ({ url, headers, body, onData }) => {
      step();
      const fault = this.#takeFault(['REQUEST', 'ANSWER', 'BUSY']);
      if (fault === 'REQUEST') return { kind: 'UNREACHED', reason: 'ECONNREFUSED' };
      if (fault === 'BUSY') return { kind: 'ANSWERED', status: 503, isWhole: true, headers: {} };
      const method = url.pathname.replace('/twirp/livekit.', '');
      const input = JSON.parse(body);
      const may = this.#read.get(String(input.identity));
      if (method === 'RoomService/RemoveParticipant' && may !== undefined && !may.hidden)
        this.wronged.push(input.identity);
      const answer = await this.fake.answer(method, input, headers.authorization);
      // Cut on the way back, or nobody is left to hear it.
      step();
      if (fault === 'ANSWER') return { kind: 'UNREACHED', reason: 'TIMEOUT' };
      onData?.(Buffer.from(JSON.stringify(answer.body)));
      return { kind: 'ANSWERED', status: answer.status, isWhole: true, headers: {} };
    };
    const poster: Poster = {
      findProblem: () => null,
      post,
      get: (url) => post({ url, headers: {}, body: '{}', maxAnswerBytes: 0 }),
    };
    const key = liveKitKey;
    return {
      ...{ key, media: createLiveKit({ ...key, url: 'http://media.test', poster }) },
      record: {
        ...{
          id: serverId,
          domainId: domain.id,
          kind: 'LIVEKIT',
          url: 'ws://media.test',
          apiUrl: null,
          apiKey: key.apiKey,
        },
        ...{ gate: this.#isGated, gateHolds: this.#isGated, state: 'OK', lastError: null, checkedAt: null },
        ...{ createdAt: start, endedAt: null },
      },
    };
  }

  #writer(statement: () => void): RoomWriter {
    return {
      submit: async <Answer>(_ref: object, { decide }: RoomCommand<Answer>) => {
        statement();
        this.#read = this.wanted();
        const { answer, changes } = decide(this.facts, this.now());
        if (changes !== undefined) this.change(changes);
        const { room } = this.facts;
        return {
          answer,
          room: { room, domain: carried, ownerPresent: false, participantCount: inside(this.facts).length },
        };
      },
    };
  }

  #rooms(statement: () => void): MediaReconcilerOptions['rooms'] {
    const mine = ({ leasedUntil }: ClaimedMediaRoom) => {
      statement();
      return this.row !== null && this.row.leasedUntil === leasedUntil.getTime() ? this.row : null;
    };
    const unused = () => Promise.reject(new Error('nobody calls this here'));
    const rooms: MediaRoomStorage = {
      ...{
        claim: unused,
        renew: async () => null,
        lookNow: unused,
        watchAll: unused,
        open: unused,
        closeAgain: unused,
        lagSeconds: unused,
      },
      finish: async (claimed, { isDone, lookAfterMs, watchUntil, removedAt }) => {
        const row = mine(claimed);
        if (row === null) return false;
        const isMoved = row.wanted > claimed.wanted;
        const watched = Math.max(isMoved ? (row.watchUntil?.getTime() ?? 0) : 0, watchUntil?.getTime() ?? 0);
        this.row = {
          ...row,
          ...{ removedAt, leasedUntil: null, done: isDone ? claimed.wanted : row.done },
          watchUntil: watched === 0 ? null : new Date(watched),
          lookAt: isMoved ? this.clock : this.clock + lookAfterMs,
        };
        return true;
      },
      forget: async (claimed) => {
        const row = mine(claimed);
        if (row === null) return false;
        const isMoved = row.wanted > claimed.wanted;
        this.row = isMoved ? { ...row, leasedUntil: null, lookAt: this.clock } : null;
        return !isMoved;
      },
    };
    return rooms;
  }
}
