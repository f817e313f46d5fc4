/*
 * Whether the gate stands is looked at from outside, and not believed: a proxy may have been taken away, or another way to LiveKit be open.
 * Once a minute somebody who is nobody asks to be let in by each way on which clients connect. It counts as a refusal of the gate only where
 * the gate was asked about this very look, by whichever process: a firewall's 403 or a page of errors is none. Until that is seen on all of
 * them, rooms are watched as if there were no gate.
 */
import { randomUUID } from 'node:crypto';
import type { Poster } from '../egress/poster.ts';
import type { DomainId, MediaServerId } from '../rules/ids.ts';
import type { MediaGateStorage } from '../storage/media-gate.ts';
import type { GateReports } from './gate-reports.ts';
import { signLookToken } from './gate-token.ts';

/** A media server with a gate, and what is needed to look at it. */
export interface GatedServer {
  readonly id: MediaServerId;
  readonly domainId: DomainId;
  /** Where clients connect. */
  readonly url: string;
  readonly apiKey: string;
  readonly secret: string;
}

export interface GateLookDeps {
  readonly storage: MediaGateStorage;
  readonly findServer: (domainId: DomainId, id: MediaServerId) => Promise<GatedServer | null>;
  readonly poster: Pick<Poster, 'get'>;
  /** Is it this process that looks through all domains for gates? */
  readonly isOnDuty: () => boolean;
  readonly now: () => Date;
  readonly reports: Pick<GateReports, 'looked'>;
  readonly onError: (error: unknown) => void;
}

export interface GateWatch {
  /** Looks once, and keeps what it saw. @throws DatabaseError */
  readonly look: (server: GatedServer) => Promise<void>;
  /** Looks at all of them now, at each once a minute, whichever process it is, and at new ones within two seconds. */
  readonly start: () => void;
  /** Waits for no look on its way. */
  readonly stop: () => Promise<void>;
}

const everySeconds = 55;
const tickMs = 2000;

/** Where LiveKit lets in whoever shows a token: a gate before some of them is none. */
const ways = ['rtc', 'rtc/v1', 'rtc/validate', 'rtc/v1/validate'] as const;
/** By this way nobody of ours comes, and the gate is not asked. What LiveKit answers there means that it can be reached. */
const wayAround = 'whip/v1';
const isOfLiveKit = (status: number) => (status >= 200 && status < 300) || status === 401;

export function createGateWatch(deps: GateLookDeps): GateWatch {
  const { storage, findServer, reports, onError } = deps;
  const lookAt = async (server: GatedServer, withinMs: number) => {
    const holds = await inTime(findHolding(server, deps), withinMs);
    await storage.noteSeen(server.domainId, server.id, holds);
    reports.looked(holds === null ? 'UNREACHABLE' : holds ? 'HOLDS' : 'OPEN', server);
  };
  const lookAtAll = async (notForSeconds: number) => {
    const looks = (await storage.claim(notForSeconds)).map(async ({ domainId, id }) => {
      const server = await findServer(domainId, id);
      if (server !== null) await lookAt(server, distantMs);
    });
    for (const one of await Promise.allSettled(looks)) if (one.status === 'rejected') onError(one.reason);
  };
  const look = async (server: GatedServer) => {
    await storage.begin(server.domainId, server.id);
    await lookAt(server, lookMs);
  };
  const lookInTurn = async () => {
    if (deps.isOnDuty()) await lookAtAll(everySeconds);
  };
  return { look, ...repeat(() => lookAtAll(0), lookInTurn, onError) };
}

/** For one look by all ways. Whoever connects a media server waits for it. Milliseconds. */
const lookMs = 5_000;
/** The same for a look that nobody waits for: the media server may be on another continent, and each way is a connection of its own. */
const distantMs = 9_000;

async function inTime(look: Promise<boolean | null>, withinMs: number): Promise<boolean | null> {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => late.resolve(null), withinMs);
  try {
    return await Promise.race([look, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Null: it is not reached from here. */
async function findHolding(server: GatedServer, deps: GateLookDeps): Promise<boolean | null> {
  for (const way of ways) {
    // Somebody else may look at the same moment, so that the gate was asked about theirs meanwhile.
    const first = await isRefusedAt(way, server, deps);
    const holds = first === false ? await isRefusedAt(way, server, deps) : first;
    if (holds !== true) return holds;
  }
  const status = await askAt(wayAround, server, randomUUID(), deps);
  return status === null ? null : !isOfLiveKit(status);
}

async function isRefusedAt(way: string, server: GatedServer, deps: GateLookDeps): Promise<boolean | null> {
  const look = randomUUID();
  const status = await askAt(way, server, look, deps);
  if (status === null) return null;
  return status === 403 && deps.storage.wasAsked(server.domainId, server.id, look);
}

/** The status of the answer; null: there was none. */
async function askAt(
  way: string,
  { id: serverId, url, apiKey, secret }: GatedServer,
  look: string,
  { poster, now }: Pick<GateLookDeps, 'poster' | 'now'>,
): Promise<number | null> {
  const address = addressOf(url, way, signLookToken(apiKey, secret, { serverId, look }, now()));
  const answer = address === null ? null : await poster.get(address);
  return answer?.kind === 'ANSWERED' ? answer.status : null;
}

function repeat(first: () => Promise<void>, then: () => Promise<void>, onError: (error: unknown) => void) {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const run = (work: () => Promise<void>) => {
    void work()
      .catch((error: unknown) => (isStopped ? undefined : onError(error)))
      .then(() => {
        if (!isStopped) timer = setTimeout(() => run(then), tickMs);
      });
  };
  return {
    start: () => run(first),
    // Nobody needs a look on its way, which may take longer than a stop.
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

function addressOf(url: string, way: string, token: string): URL | null {
  const base = url.replace(/^ws/i, 'http').replace(/\/*$/, '/');
  return URL.parse(`${way}?access_token=${token}`, base);
}
