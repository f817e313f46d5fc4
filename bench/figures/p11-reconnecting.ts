import { alone, type Figure, type Findings } from '../figure.ts';
import type { Ground, Service } from '../ground.ts';
import { LiveSocket } from '../live-socket.ts';
import { atRate, inParallel, range, until } from '../pace.ts';
import { operations, ServiceClient } from '../service-client.ts';
import { percentile } from '../statistics.ts';

/** 2,000 owner consoles lose their sockets at once, something happens meanwhile, and all come back within 5 s with their cursors. */
export const reconnecting: Figure = { name: 'P11', measure };

const roomCount = 200;
const backWithinSeconds = 5;

async function measure(ground: Ground): Promise<Findings> {
  const perRoom = ground.isQuick ? 2 : 10;
  const service = await ground.startService(await ground.createDatabase());
  const client = new ServiceClient(service);
  const names = range(roomCount).map((index) => `console-${index}`);
  await inParallel(names, 8, (name) => client.createRoom(name));
  const consoles = await inParallel(
    names.flatMap((name) => range(perRoom).map(() => name)),
    16,
    async (roomName) => new Console(service, roomName, await client.joinAsOwner(roomName)),
  );
  await inParallel(consoles, 64, (console) => console.connect());
  const knockEverywhere = async (userName: string) => {
    await inParallel(names, 8, (name) => client.knock(name, userName));
  };
  await knockEverywhere('before');
  const faults: string[] = [];
  const sawAll = (userName: string) =>
    until(() => consoles.every((console) => console.sawAt(userName) !== null), 15_000);
  if (!(await sawAll('before'))) faults.push('not every console saw the knock before the sockets were lost');
  for (const console of consoles) console.cut();
  await knockEverywhere('meanwhile');
  const beganAt = performance.now();
  await atRate(consoles.length / backWithinSeconds, backWithinSeconds, (_dueAt, index) => {
    consoles[index]
      ?.connect()
      .catch((error: unknown) => faults.push(`a console could not come back: ${String(error)}`));
  });
  await sawAll('meanwhile');
  await knockEverywhere('afterwards');
  await sawAll('afterwards');
  const liveAfter = consoles.map((console) => (console.sawAt('meanwhile') ?? Number.POSITIVE_INFINITY) - beganAt);
  faults.push(...consoles.flatMap((console) => console.faults()));
  for (const console of consoles) console.cut();
  client.close();
  await service.stop();
  const what = `${consoles.length} consoles reconnect within ${backWithinSeconds} s`;
  return {
    rows: [
      alone('P11', `${what}: the last one is live after`, Math.max(...liveAfter) / 1000, 's', { atMost: 10 }),
      alone('P11', 'half of them are live after', percentile(liveAfter, 0.5) / 1000, 's', null),
      alone('P11', 'consoles that missed or doubled something', faults.length, '', { atMost: 0 }),
    ],
    faults: faults.slice(0, 5),
  };
}

/** An owner console that follows its room and keeps the cursor of the last event that it saw. */
class Console {
  readonly #service: Service;
  readonly #roomName: string;
  readonly #session: string;
  readonly #seen = new Map<string, { readonly at: number; times: number }>();
  #cursor: string | null = null;
  #hadToResync = false;
  #socket: LiveSocket | null = null;

  constructor(service: Service, roomName: string, session: string) {
    this.#service = service;
    this.#roomName = roomName;
    this.#session = session;
  }

  async connect(): Promise<void> {
    const socket = await LiveSocket.open(this.#service.url, this.#session);
    this.#socket = socket;
    socket.subscribe(operations.roomEvents, { after: this.#cursor }, { next: (text) => this.#take(text) });
  }

  cut(): void {
    this.#socket?.cut();
    this.#socket = null;
  }

  sawAt(userName: string): number | null {
    return this.#seen.get(userName)?.at ?? null;
  }

  faults(): readonly string[] {
    const missed = ['before', 'meanwhile', 'afterwards'].filter((userName) => !this.#seen.has(userName));
    const doubled = [...this.#seen].filter(([, { times }]) => times > 1).map(([userName]) => userName);
    return [
      ...missed.map((userName) => `a console of ${this.#roomName} missed "${userName}"`),
      ...doubled.map((userName) => `a console of ${this.#roomName} saw "${userName}" twice`),
      ...(this.#hadToResync ? [`a console of ${this.#roomName} had to read its room again`] : []),
    ];
  }

  #take(text: string): void {
    this.#cursor = /"cursor":"([^"]+)"/.exec(text)?.[1] ?? this.#cursor;
    if (text.includes('"Resync"')) this.#hadToResync = true;
    if (!text.includes('"KnockRequested"')) return;
    const userName = /"userName":"([^"]+)"/.exec(text)?.[1] ?? '';
    const known = this.#seen.get(userName);
    if (known) known.times += 1;
    else this.#seen.set(userName, { at: performance.now(), times: 1 });
  }
}
