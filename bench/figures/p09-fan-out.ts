import { against, type Figure, type Findings } from '../figure.ts';
import type { Ground, Service } from '../ground.ts';
import { HttpClient } from '../http-client.ts';
import { LiveSocket, openBareSocket } from '../live-socket.ts';
import { inParallel, range, until } from '../pace.ts';
import type { ServerProcess } from '../server-process.ts';
import { operations, ServiceClient } from '../service-client.ts';
import { median } from '../statistics.ts';

/** One event to 1,000 participants who follow their room, from the request that causes it until the last of them has it. */
export const fanOut: Figure = { name: 'P9', measure };

const subscribers = 1_000;

/** Causes one event; settles with the milliseconds until the last subscriber had it. */
type Cause = (mark: string) => Promise<number>;

async function measure(ground: Ground): Promise<Findings> {
  const databaseUrl = await ground.createDatabase();
  const service = await ground.startService(databaseUrl);
  const floor = await ground.startBaseline('floor', databaseUrl);
  const client = new ServiceClient(service);
  const faults: string[] = [];
  const ours = await openOurs(service, client, faults);
  await client.createRoom('hall-of-the-floor');
  const bare = await openFloor(floor, faults);
  const [mine, theirs]: [number[], number[]] = [[], []];
  const [cpu, floorCpu]: [number[], number[]] = [[], []];
  const rounds = ground.isQuick ? 6 : 25;
  for (const round of range(rounds)) {
    const before = [service.cpuMs(), floor.cpuMs()] as const;
    const took = await ours(`mark-${round}`);
    const floorTook = await bare(`mark-${round}`);
    if (round < 3) continue;
    mine.push(took);
    theirs.push(floorTook);
    cpu.push(service.cpuMs() - before[0]);
    floorCpu.push(floor.cpuMs() - before[1]);
  }
  client.close();
  await floor.stop();
  await service.stop();
  const mean = (all: readonly number[]) => (all.reduce((a, b) => a + b, 0) / all.length) * (1000 / subscribers);
  return {
    rows: [
      against(
        'P9',
        'one event to 1,000 subscribers of a room: the last one has it',
        { ours: median(mine), floor: median(theirs), unit: 'ms' },
        { atMost: 1.2 },
      ),
      against(
        'P9',
        'server CPU for each delivery',
        { ours: mean(cpu), floor: mean(floorCpu), unit: 'µs' },
        { atMost: 1.5 },
      ),
    ],
    faults,
  };
}

async function openOurs(service: Service, client: ServiceClient, faults: string[]): Promise<Cause> {
  const roomName = 'hall';
  await client.createRoom(roomName, { privacy: 'PUBLIC' });
  const tally = new Tally(faults, 'ours');
  await inParallel(range(subscribers), 32, async (index) => {
    const { sessionToken } = await client.join({ roomName, userName: `guest-${index}` });
    const socket = await LiveSocket.open(service.url, sessionToken);
    socket.subscribe(operations.roomEvents, {}, { next: (text) => tally.take(index, text) });
  });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const update =
    'mutation ($input: UpdateRoomInput!) { updateRoom(input: $input) { __typename ... on Refusal { code message } } }';
  return (mark) =>
    tally.time(mark, () =>
      client.post(update, { input: { roomName, settings: { lobbyMessage: mark } } }, service.apiKey),
    );
}

async function openFloor(floor: ServerProcess, faults: string[]): Promise<Cause> {
  const roomName = 'hall-of-the-floor';
  const tally = new Tally(faults, 'floor');
  await inParallel(range(subscribers), 32, (index) =>
    openBareSocket(floor.url, `/${roomName}`, (text) => tally.take(index, text)),
  );
  const http = new HttpClient(floor.url, 1);
  return (mark) => tally.time(mark, () => http.post('/knock', JSON.stringify({ roomName, userName: mark })));
}

/** Who has had the event with the current mark. */
class Tally {
  readonly #faults: string[];
  readonly #name: string;
  #mark = '';
  #lastAt = 0;
  readonly #times = new Map<number, number>();

  constructor(faults: string[], name: string) {
    this.#faults = faults;
    this.#name = name;
  }

  take(index: number, text: string): void {
    if (this.#mark === '' || !text.includes(`"${this.#mark}"`)) return;
    this.#times.set(index, (this.#times.get(index) ?? 0) + 1);
    this.#lastAt = performance.now();
  }

  async time(mark: string, cause: () => Promise<unknown>): Promise<number> {
    this.#times.clear();
    this.#mark = mark;
    const beganAt = performance.now();
    await cause();
    const isWhole = await until(() => this.#times.size === subscribers, 10_000);
    if (!isWhole) this.#faults.push(`${this.#name}: ${subscribers - this.#times.size} subscribers missed ${mark}`);
    if ([...this.#times.values()].some((times) => times > 1)) this.#faults.push(`${this.#name}: ${mark} came twice`);
    return this.#lastAt - beganAt;
  }
}
