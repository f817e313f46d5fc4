import type { Service } from '../ground.ts';
import { knockAtOneRoom } from '../one-room-load.ts';
import { inParallel } from '../pace.ts';
import { ServiceClient } from '../service-client.ts';
import { sum } from '../statistics.ts';

/** What so many processes answered that all wrote to one room. */
export interface OneRoom {
  readonly processes: number;
  /** Knocks in each second, of all processes together. */
  readonly knocksPerSecond: number;
  /** What part of them each process answered. They add up to 1. */
  readonly shares: readonly number[];
}

/** Who knocks at the same time, through all processes together. */
const clients = 64;
const warmUpMs = 1_000;

/** A new room, and everybody knocks at it: through as many processes as there are, as many people through each. */
export async function knockAtOne(services: readonly [Service, ...Service[]], seconds: number): Promise<OneRoom> {
  const [first] = services;
  const roomName = `written-by-${services.length}`;
  const setup = new ServiceClient(first);
  await setup.createRoom(roomName);
  setup.close();
  const lanes = clients / services.length;
  const knockFor = (durationMs: number, prefix: string) =>
    inParallel(services, services.length, (service, index) =>
      knockAtOneRoom(service, { roomName, lanes, durationMs, prefix: `${prefix}-${index}` }),
    );
  await knockFor(warmUpMs, 'warm');
  const beganAt = performance.now();
  const done = await knockFor(seconds * 1_000, 'counted');
  const total = sum(done);
  const perSecond = total / ((performance.now() - beganAt) / 1_000);
  return { processes: services.length, knocksPerSecond: perSecond, shares: done.map((count) => count / total) };
}
