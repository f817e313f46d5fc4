import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findFreePort } from '../src/free-port.ts';

/** A livekit-server on this machine, which asks nobody outside. */
export interface LiveKitProcess {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const readyWithinMs = 30_000;

/** Null: `LIVEKIT_SERVER` and PATH name none. */
export async function startLiveKit(apiKey: string, apiSecret: string): Promise<LiveKitProcess | null> {
  const program = await findProgram();
  if (program === null) return null;
  const [port, tcpPort, udpPort] = [await freePort(), await freePort(), await freePort()];
  const rtc = { udp_port: udpPort, tcp_port: tcpPort, node_ip: '127.0.0.1', use_external_ip: false };
  const local = {
    enable_loopback_candidate: true,
    ips: { includes: ['127.0.0.1/32'] },
    stun_servers: ['127.0.0.1:3478'],
  };
  const config = { port, bind_addresses: ['127.0.0.1'], keys: { [apiKey]: apiSecret }, rtc: { ...rtc, ...local } };
  const child = spawn(program, ['--config-body', JSON.stringify(config)], { stdio: 'ignore' });
  await awaitReady(`http://127.0.0.1:${port}`, child);
  return { url: `ws://127.0.0.1:${port}`, stop: () => stop(child) };
}

const freePort = () => findFreePort('127.0.0.1');

async function findProgram(): Promise<string | null> {
  const { LIVEKIT_SERVER: named, PATH = '' } = process.env;
  const places = named === undefined ? PATH.split(delimiter).map((folder) => join(folder, 'livekit-server')) : [named];
  for (const place of places) {
    const isThere = await access(place).then(
      () => true,
      () => false,
    );
    if (isThere) return place;
  }
  return null;
}

async function awaitReady(url: string, child: ChildProcess): Promise<void> {
  for (const deadline = performance.now() + readyWithinMs; performance.now() < deadline; await pause(20)) {
    if (child.exitCode !== null) break;
    const answer = await fetch(url).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.status === 200) return;
  }
  throw new Error('livekit-server did not become ready');
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
