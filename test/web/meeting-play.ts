import type { Room } from '@livekit/rtc-node';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { findLiveKit, type LiveKitServer, liveKitKey, startLiveKit } from '../media/livekit-server.ts';
import { type Behind, type GateProxy, startProxy } from '../media/proxies.ts';
import { connectClient } from '../media/worlds.ts';
import { closeAfterwards } from '../support/closers.ts';
import { createTestDatabase } from '../support/database.ts';
import { findProgram } from '../support/programs.ts';
import { type Caller, type RoomSeed, type Seed, seed } from '../support/seed.ts';
import { spawnServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { launchBrowser, madeUpDevices, meetingFlags } from './browser.ts';
import { buildPage } from './page-build.ts';
import type { Certificate, SecureWay } from './secure-way.ts';
import { type Visitor, type VisitorOptions, visit } from './visitor.ts';

// A meeting as it is played: browsers with a camera and a microphone that are made up, a real livekit-server, and the gate between.

const programs = { livekit: await findLiveKit(), nginx: await findProgram('nginx') };

/** Are they on this machine? `describe.skipIf(!canPlay)`. */
export const canPlay = programs.livekit !== null && programs.nginx !== null;

/** For what comes by several programs, on a machine that has other things to do. */
export const patience = { timeout: 60_000 };

/** A LiveKit, and the gate before it. */
export interface Media {
  readonly livekit: LiveKitServer;
  readonly proxy: GateProxy;
  /** What is behind the proxy. */
  readonly behind: Behind;
}

export interface MeetingHouse extends Media {
  readonly server: Pick<TestServer, 'url'>;
  readonly backend: Seed;
  readonly browser: Browser;
}

export interface HouseOptions {
  /** Which the browsers have. */
  readonly devices?: readonly string[];
  /** Everything is asked by https and wss. */
  readonly secure?: SecureWay;
}

/** A service with its page, a LiveKit that one mutation has connected, and the gate between. */
export async function openMeetingHouse({ devices = madeUpDevices, secure }: HouseOptions = {}): Promise<MeetingHouse> {
  await buildPage();
  const env = { RATE_LIMITS: 'false', ...secure?.env };
  const server = await spawnServer({ databaseUrl: (await createTestDatabase()).url, env });
  await secure?.standBefore(programs.nginx ?? '', server.url);
  const backend = seed(server);
  const media = await startMedia(server, secure?.certificate ?? null);
  await connectMedia(backend, media, secure === undefined ? 'ws' : 'wss');
  const browser = await launchBrowser([...devices, ...meetingFlags, ...(secure?.flags ?? [])]);
  closeAfterwards(() => browser.close());
  return { ...media, server, backend, browser };
}

/** A LiveKit of its own, behind a gate that asks this service. */
export async function startMedia({ url }: Pick<TestServer, 'url'>, certificate: Certificate | null): Promise<Media> {
  const livekit = await startLiveKit(programs.livekit ?? '', { webhookUrls: [`${url}/media/default/livekit`] });
  const behind = { vestibule: new URL(url).host, livekit: new URL(livekit.apiUrl).host };
  return { livekit, behind, proxy: await startProxy(programs.nginx ?? '', 'nginx', behind, certificate) };
}

/** The one mutation that connects it. */
export function connectMedia(backend: Seed, { livekit, proxy }: Media, scheme: 'ws' | 'wss'): Promise<void> {
  const where = { url: `${scheme}://${proxy.host}`, apiUrl: livekit.apiUrl, gate: true };
  return change(backend, 'setMediaServer', 'SetMediaServerInput', { kind: 'LIVEKIT', ...where, ...liveKitKey });
}

/** A LiveKit that answers, and to which no sound and no picture gets through. */
export const startUnreachable = () => startLiveKit(programs.livekit ?? '', { isReachable: false });

/** A mutation that must be done. */
export async function change(who: Pick<Caller, 'ask'>, field: string, type: string, input: object): Promise<void> {
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) { __typename ... on Refusal { code message } } }`;
  const { body } = await who.ask<Record<string, { __typename: string }>>(query, { input });
  expect(JSON.stringify(body), field).not.toMatch(/"code"|"errors"/);
}

/** Somebody at the page, with what their browser sends and receives. */
export interface Attendee extends Visitor {
  readonly name: string;
  /** The devices that are in use: what lights a lamp. */
  readonly live: () => Promise<readonly string[]>;
  /** How many pictures move and how many voices sound, of those who are somewhere else. */
  /** Who is seen and heard just now. It is known earlier where that is as expected. */
  readonly flow: (expected?: Flow) => Promise<Flow>;
  readonly control: (name: 'Microphone' | 'Camera' | 'Screen') => ReturnType<Page['getByRole']>;
}

export interface Flow {
  readonly pictures: number;
  readonly voices: number;
}

export interface ComeOptions extends VisitorOptions {
  /** Claims of the invitation. None: a guest without one. */
  readonly claims?: object;
  /** Runs in the page before its own code. */
  readonly before?: string;
  /** What the address has more. */
  readonly search?: string;
}

/** Comes to the door with a browser of their own. */
export async function comeToDoor({ browser }: MeetingHouse, room: RoomSeed, name: string, options: ComeOptions = {}) {
  const { claims, before, search = '', ...look } = options;
  const visitor = await visit(browser, 'about:blank', look);
  await visitor.page.addInitScript(watchMedia);
  if (before !== undefined) await visitor.page.addInitScript({ content: before });
  visitor.page.setDefaultTimeout(patience.timeout);
  const token = claims === undefined ? null : (await room.token({ userName: name, ...claims })).jwt;
  await visitor.page.goto(`${room.url}?name=${name}${search}${token === null ? '' : `#t=${token}`}`);
  return attendee(visitor, name);
}

/** Comes in. */
export async function join(house: MeetingHouse, room: RoomSeed, name: string, options: ComeOptions = {}) {
  const one = await comeToDoor(house, room, name, options);
  await one.button('Join').click();
  await one.button('Leave').waitFor(patience);
  return one;
}

export function attendee(visitor: Visitor, name: string): Attendee {
  const { page } = visitor;
  const labels = { Microphone: 'Microphone', Camera: 'Camera', Screen: /^(?:Screen|Share)$/ };
  return {
    ...visitor,
    name,
    live: () => page.evaluate(() => window.playedMedia.live()),
    flow: (expected) => page.evaluate((wanted) => window.playedMedia.flow(wanted), expected),
    control: (control) => page.getByRole('button', { name: labels[control], exact: true }),
  };
}

/** Waits until so many others are seen and heard. */
export async function untilFlow({ flow }: Pick<Attendee, 'flow'>, expected: Flow): Promise<void> {
  const isSo = ({ pictures, voices }: Flow) => pictures === expected.pictures && voices === expected.voices;
  await until(() => flow(expected), isSo, patience.timeout);
}

/** Waits until a control says so. */
export async function untilPressed(one: Attendee, name: 'Microphone' | 'Camera' | 'Screen', is: boolean) {
  await expect.poll(() => one.control(name).getAttribute('aria-pressed'), patience).toBe(String(is));
}

/** Connects somebody by a client that is not the page, and does what it likes. */
export async function connectBy(who: Pick<Caller, 'ask'>): Promise<Room> {
  type Answer = { viewer: { media: { url: string; token: string } } };
  const { body } = await who.ask<Answer>('{ viewer { ... on Participant { media { url token } } } }');
  const { url = '', token = '' } = body.data?.viewer.media ?? {};
  return (await connectClient(url, token)).client;
}

/** By the service's word. */
export async function idOf(room: RoomSeed, name: string): Promise<string> {
  type Answer = { room: { participants: { nodes: readonly { id: string; userName: string }[] } } };
  const query = 'query ($name: String!) { room(name: $name) { participants { nodes { id userName } } } }';
  const { body } = await room.backend.ask<Answer>(query, { name: room.name });
  const found = body.data?.room.participants.nodes.find(({ userName }) => userName === name);
  if (found === undefined) throw new Error(`nobody is called ${name}`);
  return found.id;
}

declare global {
  interface Window {
    playedMedia: {
      live: () => string[];
      used: () => string[];
      flow: (expected?: Flow) => Promise<Flow>;
      /** Somebody pulls out what is in use. Without another one, asking for one fails from now on. */
      unplug: (kind: 'audio' | 'video', hasOther: boolean) => void;
      /** The system holds back what it has given, as during a telephone call, or gives it again. */
      hold: (is: boolean) => void;
      /** Somebody ends what they share in the browser's own bar. */
      stopSharing: () => void;
    };
  }
}

/** Runs in the page: holds every track that the browser shares, and every connection. */
export function watchMedia(): void {
  // An empty page, before the one that is visited.
  if (!isSecureContext) return;
  const tracks: MediaStreamTrack[] = [];
  const connections: RTCPeerConnection[] = [];
  const screens: MediaStreamTrack[] = [];
  const gone = new Set<'audio' | 'video'>();
  const { mediaDevices } = navigator;
  for (const name of ['getUserMedia', 'getDisplayMedia'] as const) {
    const ask = mediaDevices[name].bind(mediaDevices);
    mediaDevices[name] = async (wanted) => {
      for (const kind of gone) if (wanted?.[kind]) throw new DOMException('', 'NotFoundError');
      const stream = await ask(wanted);
      tracks.push(...stream.getTracks());
      if (name === 'getDisplayMedia') screens.push(...stream.getTracks());
      return stream;
    };
  }
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(options?: RTCConfiguration) {
      super(options);
      connections.push(this);
    }
  };
  const received = async () => {
    const amounts = new Map<string, { kind: string; amount: number }>();
    for (const [index, connection] of connections.entries()) {
      if (connection.connectionState === 'closed') continue;
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== 'inbound-rtp') continue;
        const amount = report.kind === 'video' ? report.framesDecoded : report.totalAudioEnergy;
        amounts.set(`${index} ${report.id}`, { kind: report.kind, amount: amount ?? 0 });
      }
    }
    return amounts;
  };
  window.playedMedia = {
    live: () =>
      tracks
        .filter(({ readyState }) => readyState === 'live')
        .map(({ kind }) => kind)
        .toSorted(),
    unplug: (kind, hasOther) => {
      if (!hasOther) gone.add(kind);
      for (const track of tracks.filter((one) => one.kind === kind && one.readyState === 'live')) {
        track.stop();
        track.dispatchEvent(new Event('ended'));
      }
    },
    hold: (is) => {
      for (const track of tracks.filter(({ readyState }) => readyState === 'live')) {
        Object.defineProperty(track, 'muted', { value: is, configurable: true });
        track.dispatchEvent(new Event(is ? 'mute' : 'unmute'));
      }
    },
    stopSharing: () => {
      for (const track of screens.splice(0)) {
        track.stop();
        track.dispatchEvent(new Event('ended'));
      }
    },
    used: () => tracks.filter(({ readyState }) => readyState === 'live').map(({ label }) => label),
    flow: async (expected) => {
      const before = await received();
      // Longer than the pause between two sounds of the microphone that is made up.
      const endsAt = performance.now() + 1_500;
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        const now = [...(await received())];
        const growing = now.filter(([id, { amount }]) => amount > (before.get(id)?.amount ?? amount));
        const count = (kind: string) => growing.filter(([, one]) => one.kind === kind).length;
        const flow = { pictures: count('video'), voices: count('audio') };
        const isExpected = flow.pictures === expected?.pictures && flow.voices === expected.voices;
        // Where everything grows already, nothing more can begin to.
        const isSure = isExpected && growing.length > 0 && growing.length === now.length;
        if (isSure || performance.now() >= endsAt) return flow;
      }
    },
  };
}
