import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  createClient,
  createVisit,
  fillCredentials,
  type Session,
  takeHandover,
  type Visit,
  type VisitOptions,
} from '../../packages/client/src/index.ts';
import { change } from '../api/room-kit.ts';
import { closeAfterwards } from '../support/closers.ts';
import { openDomain } from '../support/domain.ts';
import { callerOf, type RoomSeed, type Seed } from '../support/seed.ts';
import type { TestServer } from '../support/server.ts';
import { createStorage, follow } from './client-kit.ts';

let server: TestServer & { readonly domain: string };
let backend: Seed;

beforeAll(async () => {
  ({ server, backend } = await openDomain());
  await connect('https://one.example');
});

// Nothing is asked of a Jitsi, so that there need be none.
async function connect(url: string): Promise<void> {
  const input = { kind: 'JITSI', url, apiKey: 'app', apiSecret: 'a-secret-of-at-least-32-characters' };
  expect((await change(backend, 'setMediaServer', input)).__typename).toBe('MediaServer');
}

const client = () => createClient({ url: server.url, domain: server.domain });

async function join(room: RoomSeed): Promise<Session> {
  const { jwt } = await room.token({ userName: 'Gustav' });
  const joining = await client().join({ roomName: room.name, token: jwt });
  if (joining.kind !== 'JOINED') throw new Error(joining.kind);
  return joining.session;
}

async function enter(room: RoomSeed, options: Partial<VisitOptions> = {}): Promise<Visit> {
  const visit = createVisit(client(), { roomName: room.name, domain: server.domain, storage: null, ...options });
  closeAfterwards(visit.hold({ userName: 'Gustav' }));
  await follow(visit.join.view).until(({ phase }) => phase === 'JOINED');
  return visit;
}

const setMeetingUrl = ({ name }: RoomSeed, meetingUrl: string | null) =>
  change(backend, 'updateRoom', { roomName: name, settings: { meetingUrl } });

describe('where the meeting takes place', () => {
  test('is told to whoever comes in, and again after a refresh, with access that is made anew', async () => {
    const room = await backend.room();
    await setMeetingUrl(room, 'https://app.example/{room}?who={participant}#{credentials}');
    const session = await join(room);
    const { media, meetingUrl, mediaGrant } = session.meeting.get();
    expect(media).toMatchObject({ kind: 'JITSI', url: 'https://one.example' });
    expect(meetingUrl).toBe(`https://app.example/${room.name}?who=${session.participant.id}#{credentials}`);
    const standing = await client().goOn(session.sessionToken);
    if (standing?.kind !== 'INSIDE') throw new Error('not inside');
    expect(standing.session.meeting.get()).toMatchObject({ meetingUrl, media: { kind: 'JITSI', room: media?.room } });
    const again = await session.readMeeting();
    expect(again.mediaGrant).not.toBe(mediaGrant);
    expect(session.meeting.get()).toBe(again);
  });

  test('is shown while one is inside, and not afterwards', async () => {
    const room = await backend.room();
    await setMeetingUrl(room, 'https://app.example/{room}');
    const visit = await enter(room);
    expect(visit.join.view.get()).toMatchObject({
      meetingUrl: `https://app.example/${room.name}`,
      media: { kind: 'JITSI' },
    });
    await visit.join.actions.leave();
    expect(visit.join.view.get()).toMatchObject({ phase: 'LEFT', meetingUrl: null, media: null });
    expect(await visit.join.actions.readMedia()).toMatchObject({ refusal: { code: 'UNAUTHENTICATED' } });
  });

  test('is read again by itself when the backend sets it while people are inside, and when it takes it away', async () => {
    const room = await backend.room();
    const visit = await enter(room);
    const join = follow(visit.join.view);
    await follow(visit.room.view).until(({ room: shown }) => shown !== null);
    await follow(visit.connection).until(({ state }) => state === 'OPEN');
    await setMeetingUrl(room, 'https://app.example/{room}');
    await join.until(({ meetingUrl }) => meetingUrl === `https://app.example/${room.name}`);
    await setMeetingUrl(room, null);
    await join.until(({ meetingUrl }) => meetingUrl === null);
  });

  test('is read again where it was set between the answer to joining and the first look at the room', async () => {
    const room = await backend.room();
    const session = await join(room);
    await setMeetingUrl(room, 'https://app.example/{room}');
    follow(session.view);
    await follow(session.meeting).until(({ meetingUrl }) => meetingUrl === `https://app.example/${room.name}`);
  });

  test('is read again by itself when another media server takes the place, and when it is asked for', async () => {
    const room = await backend.room();
    const visit = await enter(room);
    const join = follow(visit.join.view);
    await follow(visit.room.view).until(({ room: shown }) => shown !== null);
    await follow(visit.connection).until(({ state }) => state === 'OPEN');
    try {
      await connect('https://two.example');
      await join.until(({ media }) => media?.url === 'https://two.example');
    } finally {
      await connect('https://one.example');
    }
    await join.until(({ media }) => media?.url === 'https://one.example');
    const read = await visit.join.actions.readMedia();
    expect(read).toMatchObject({ isDone: true, value: { url: 'https://one.example' } });
  });
});

describe('a session that is handed over', () => {
  const page = (hash: string) => {
    const replaced: string[] = [];
    vi.stubGlobal('location', { hash, pathname: '/call', search: '?x=1' });
    vi.stubGlobal('history', {
      state: null,
      replaceState: (_state: null, _title: string, url: string) => replaced.push(url),
    });
    return replaced;
  };
  afterEach(() => vi.unstubAllGlobals());

  test('goes into the part of the address that asks for it, and comes out of it whole, once', async () => {
    const room = await backend.room();
    await setMeetingUrl(room, 'https://app.example/call?x=1#room&{credentials}');
    const session = await join(room);
    const { mediaGrant, media } = session.meeting.get();
    const address = fillCredentials(session) ?? '';
    expect(address).toMatch(/^https:\/\/app\.example\/call\?x=1#room&session=vs_[\w-]+&grant=[\w.-]+&media=[\w-]+$/);
    const replaced = page(new URL(address).hash);
    expect(takeHandover()).toEqual({ sessionToken: session.sessionToken, mediaGrant, media });
    expect(replaced).toEqual(['/call?x=1']);
  });

  test('is named nowhere where the address does not ask for it, and what is null is left out', async () => {
    const room = await backend.room();
    await setMeetingUrl(room, 'https://teams.example/{room}#x');
    const session = await join(room);
    expect(fillCredentials(session)).toBe(`https://teams.example/${room.name}#x`);
    const meeting = { get: () => ({ mediaGrant: 'g', media: null, meetingUrl: 'https://app.example/#{credentials}' }) };
    expect(fillCredentials({ ...session, sessionToken: 's&$&', meeting: { ...session.meeting, ...meeting } })).toBe(
      'https://app.example/#session=s%26%24%26&grant=g',
    );
    const twice = {
      get: () => ({ ...meeting.get(), meetingUrl: 'https://app.example/#{credentials}&back=#{credentials}' }),
    };
    expect(fillCredentials({ ...session, sessionToken: 's', meeting: { ...session.meeting, ...twice } })).toBe(
      'https://app.example/#session=s&grant=g&back=#session=s&grant=g',
    );
    await setMeetingUrl(room, null);
    expect(fillCredentials(await join(room))).toBeNull();
  });

  test.each(['', '#', '#room', '#session=', '#grant=g', '#session=%'])('is not there in %j', (hash) => {
    const replaced = page(hash);
    expect(takeHandover()).toBeNull();
    expect(replaced).toEqual([]);
  });

  test('comes with what can be read of it', () => {
    for (const media of ['!', ...['5', 'null', '[]', '{"url":"wss://x.example"}'].map((text) => btoa(text))]) {
      page(`#session=s&media=${media}&grant=%`);
      expect(takeHandover()).toEqual({ sessionToken: 's', mediaGrant: null, media: null });
    }
    vi.unstubAllGlobals();
    expect(takeHandover()).toBeNull();
  });

  test('goes on as the same participant, and after a refresh too', async () => {
    const room = await backend.waitingRoom();
    const { sessionToken, participant } = await join(room);
    const storage = createStorage();
    for (const handed of [sessionToken, undefined]) {
      const visit = createVisit(client(), {
        roomName: room.name,
        domain: server.domain,
        storage,
        ...(handed ? { sessionToken: handed } : {}),
      });
      visit.hold({ leaves: false });
      await follow(visit.join.view).until(({ phase }) => phase === 'JOINED');
      expect(visit.session.get()?.participant.id).toBe(participant.id);
    }
  });
});

describe('join', () => {
  test('asked for twice at once is one participant and one use, and leaving the first leaves nothing', async () => {
    const room = await backend.room();
    const { jwt } = await room.token({ userName: 'Gustav', maxUses: 1 });
    const asking = client();
    const input = { roomName: room.name, token: jwt };
    // As React's StrictMode does: the effect, its cleanup, and the effect again.
    const [early, late] = await Promise.all([asking.join(input), asking.join(input)]);
    if (early.kind !== 'JOINED' || late.kind !== 'JOINED') throw new Error(`${early.kind} ${late.kind}`);
    expect(late.session.participant.id).toBe(early.session.participant.id);
    expect(await early.session.leave()).toMatchObject({ isDone: true, value: { leftAt: null } });
    const { ask } = callerOf(server, late.session.sessionToken);
    const whoAmI = '{ viewer { ... on Participant { leaveReason } } }';
    expect((await ask(whoAmI)).body.data).toEqual({ viewer: { leaveReason: null } });
    await late.session.leave();
    expect((await ask(whoAmI)).body.data).toEqual({ viewer: { leaveReason: 'LEFT' } });
  });

  test('asked for again after its answer is another participant', async () => {
    const room = await backend.room();
    const asking = client();
    const ids: string[] = [];
    for (let time = 0; time < 2; time += 1) {
      const joining = await asking.join({ roomName: room.name, userName: 'Gustav' });
      if (joining.kind === 'JOINED') ids.push(joining.session.participant.id);
    }
    expect(new Set(ids).size).toBe(2);
  });

  test('a knock that is sent twice at once is one knock', async () => {
    const room = await backend.waitingRoom();
    const asking = client();
    const input = { roomName: room.name, userName: 'Nora' };
    const knocks = await Promise.all([asking.knock(input), asking.knock(input)]);
    const ids = knocks.map((knock) => (knock.isDone ? knock.value.view.get().knockRequest.id : knock.refusal.code));
    expect(new Set(ids).size).toBe(1);
  });
});

test('a domain’s look is asked for by name, or of the client’s own domain', async () => {
  await change(backend, 'updateDomain', { doorPage: { brandName: 'Acme', frameOrigins: ['https://app.example'] } });
  const looks = await Promise.all([
    client().doorPage(),
    createClient({ url: server.url }).doorPage({ domain: server.domain }),
  ]);
  for (const look of looks) expect(look).toMatchObject({ brandName: 'Acme', frameOrigins: ['https://app.example'] });
});
