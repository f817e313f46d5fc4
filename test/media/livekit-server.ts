import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { closeAfterwards } from '../support/closers.ts';
import { findProgram } from '../support/programs.ts';
import { findFreePort } from '../support/server.ts';

/** Null where the machine has none: `describe.skipIf(livekit === null)`. */
export const findLiveKit = () => findProgram('livekit-server', 'LIVEKIT_SERVER');

/** What the API key may sign with, and what webhooks are signed with. */
export const liveKitKey = { apiKey: 'devkey', apiSecret: 'a-secret-of-at-least-32-characters' } as const;

export type LiveKitServer = {
  /** For clients: ws://127.0.0.1:… */
  readonly url: string;
  /** For calls: http://127.0.0.1:… */
  readonly apiUrl: string;
  readonly port: number;
  /** Waits for the end. SIGSTOP and SIGCONT: only sends. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again, after it was killed, on the same ports and without a memory of before. */
  restart(): Promise<void>;
  /** The last that it wrote. */
  output(): string;
};

type LiveKitOptions = {
  /** Where webhooks go. */
  readonly webhookUrls?: readonly string[];
  /** Default true, as LiveKit's own. */
  readonly autoCreate?: boolean;
  /** More keys that it knows, and signs renewed tokens with. */
  readonly moreKeys?: Readonly<Record<string, string>>;
  /** Default true. Without, it answers, and no sound and no picture gets through to it. */
  readonly isReachable?: boolean;
};

const readyWithinMs = 30_000;
const keptCharacters = 65_536;

/** Starts a real livekit-server on free ports of 127.0.0.1 that asks nobody outside, until the file's tests are over. */
export async function startLiveKit(program: string, options: LiveKitOptions = {}): Promise<LiveKitServer> {
  const [port, tcpPort, udpPort] = [await findFreePort(), await findFreePort(), await findFreePort()];
  const config = JSON.stringify(configOf(options, { port, tcpPort, udpPort }));
  const apiUrl = `http://127.0.0.1:${port}`;
  let output = '';
  let child: ChildProcess;
  const start = async () => {
    child = spawn(program, ['--config-body', config], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output = `${output}${text}`.slice(-keptCharacters);
      });
    }
    await awaitReady(apiUrl, child, () => output);
  };
  const kill = async (signal: NodeJS.Signals) => {
    if (hasEnded(child)) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await ended;
  };
  // SIGTERM would wait until everybody has left.
  closeAfterwards(() => kill('SIGKILL'));
  await start();
  return { url: `ws://127.0.0.1:${port}`, apiUrl, port, kill, restart: start, output: () => output };
}

type Ports = { readonly port: number; readonly tcpPort: number; readonly udpPort: number };

/** JSON is YAML as well. */
function configOf(options: LiveKitOptions, { port, tcpPort, udpPort }: Ports) {
  const { webhookUrls, autoCreate = true, moreKeys, isReachable = true } = options;
  // An address of documentation, where nobody is.
  const ip = isReachable ? '127.0.0.1' : '192.0.2.1';
  return {
    port,
    bind_addresses: ['127.0.0.1'],
    keys: { [liveKitKey.apiKey]: liveKitKey.apiSecret, ...moreKeys },
    rtc: {
      udp_port: udpPort,
      tcp_port: tcpPort,
      node_ip: ip,
      use_external_ip: false,
      enable_loopback_candidate: isReachable,
      ips: { includes: [`${ip}/32`] },
      // Without one, clients are told to ask public ones.
      stun_servers: ['127.0.0.1:3478'],
    },
    room: { auto_create: autoCreate, departure_timeout: 5 },
    ...(webhookUrls === undefined ? {} : { webhook: { api_key: liveKitKey.apiKey, urls: webhookUrls } }),
  };
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

async function awaitReady(url: string, child: ChildProcess, output: () => string): Promise<void> {
  for (const deadline = performance.now() + readyWithinMs; performance.now() < deadline; await pause(20)) {
    if (hasEnded(child)) throw new Error(`livekit-server ended: ${output()}`);
    const response = await fetch(url).catch(() => null);
    await response?.body?.cancel();
    if (response?.status === 200) return;
  }
  throw new Error(`livekit-server was not ready within ${readyWithinMs} ms: ${output()}`);
}
