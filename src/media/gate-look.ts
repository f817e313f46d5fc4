/*
 * Whether the gate stands is looked at from outside, and not believed: a proxy may have been taken away, or another way to LiveKit be open.
 * Once a minute somebody who is nobody asks to be let in where clients connect. It counts as a refusal of the gate only where the gate was
 * asked about this very look, by whichever process: a firewall's 403 or a page of errors is none. Until that is seen, rooms are watched as
 * if there were no gate.
 */
import { randomUUID } from 'node:crypto';
import type { Poster } from '../egress/poster.ts';
import type { DomainId, MediaServerId } from '../rules/ids.ts';
import type { GateSeen, MediaGateStorage } from '../storage/media-gate.ts';
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
  readonly storage: Pick<MediaGateStorage, 'claim' | 'noteSeen'>;
  readonly findServer: (domainId: DomainId, id: MediaServerId) => Promise<GatedServer | null>;
  readonly poster: Pick<Poster, 'get'>;
  readonly now: () => Date;
  readonly reports: Pick<GateReports, 'looked'>;
  readonly onError: (error: unknown) => void;
}

export interface GateWatch {
  /** Looks once, and keeps what it saw. @throws DatabaseError */
  readonly look: (server: GatedServer) => Promise<void>;
  /** Looks at all of them now, at each once a minute, whichever process it is, and at new ones within two seconds. */
  readonly start: () => void;
  readonly stop: () => Promise<void>;
}

const everySeconds = 55;
const tickMs = 2000;

export function createGateWatch({ storage, findServer, poster, now, reports, onError }: GateLookDeps): GateWatch {
  const ask = async (server: GatedServer, look: string): Promise<GateSeen> => {
    const url = validateUrlOf(server.url, signLookToken(server.apiKey, server.secret, look, now()));
    if (url === null) return 'NOTHING';
    const answer = await poster.get(url);
    if (answer.kind === 'UNREACHED') return 'NOTHING';
    return answer.status === 403 ? 'REFUSAL' : 'OTHER';
  };
  const lookAt = async (server: GatedServer) => {
    const look = randomUUID();
    const holds = await storage.noteSeen(server.domainId, server.id, look, await ask(server, look));
    reports.looked(holds === null ? 'UNREACHABLE' : holds ? 'HOLDS' : 'OPEN', server);
  };
  const lookAtAll = async (notForSeconds: number) => {
    const looks = (await storage.claim(notForSeconds)).map(async ({ domainId, id }) => {
      const server = await findServer(domainId, id);
      if (server !== null) await lookAt(server);
    });
    for (const one of await Promise.allSettled(looks)) if (one.status === 'rejected') onError(one.reason);
  };
  return { look: lookAt, ...repeat(lookAtAll, onError) };
}

function repeat(work: (notForSeconds: number) => Promise<void>, onError: (error: unknown) => void) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let isStopped = false;
  const run = (notForSeconds: number) => {
    running = work(notForSeconds)
      .catch(onError)
      .then(() => {
        if (!isStopped) timer = setTimeout(() => run(everySeconds), tickMs);
      });
  };
  return {
    start: () => run(0),
    stop: async () => {
      isStopped = true;
      await running;
      clearTimeout(timer);
    },
  };
}

/** LiveKit's page that says whether a token would let in, at the address of its sockets. */
function validateUrlOf(url: string, token: string): URL | null {
  const base = url.replace(/^ws/i, 'http').replace(/\/*$/, '/');
  return URL.parse(`rtc/validate?access_token=${token}`, base);
}
