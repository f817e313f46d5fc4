import { acrossRounds, type Figure, type Findings, type Row } from '../figure.ts';
import type { Ground } from '../ground.ts';
import { HttpClient } from '../http-client.ts';
import { inParallel, range } from '../pace.ts';
import type { ServerProcess } from '../server-process.ts';
import { operations, ServiceClient } from '../service-client.ts';
import { warmUntilSteady } from '../warming.ts';

/** `room(name)` as JSON POST with an API key: processor time of the server alone, for each request. */
export const roomQuery: Figure = { name: 'P1', measure };

const concurrency = 8;
const rooms = 200;

interface Contender {
  readonly name: string;
  readonly server: ServerProcess;
  readonly ask: (client: HttpClient, roomName: string) => Promise<{ readonly status: number; readonly body: string }>;
}

async function measure(ground: Ground): Promise<Findings> {
  const databaseUrl = await ground.createDatabase();
  const service = await ground.startService(databaseUrl);
  const client = new ServiceClient(service);
  const names = range(rooms).map((index) => `room-${index}`);
  await inParallel(names, 8, (name) => client.createRoom(name));
  const graphql = (http: HttpClient, name: string) =>
    http.post('/graphql', JSON.stringify({ query: operations.room, variables: { name } }), service.apiKey);
  const contenders: Contender[] = [{ name: 'ours', server: service, ask: graphql }];
  for (const name of ['floor', 'mercurius', 'apollo', 'yoga'] as const) {
    const server = await ground.startBaseline(name, databaseUrl);
    const ask =
      name === 'floor'
        ? (http: HttpClient, roomName: string) => http.post('/room', JSON.stringify({ roomName }), service.apiKey)
        : graphql;
    contenders.push({ name, server, ask });
  }
  const perRequest = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  const faults: string[] = [];
  const [rounds, requests] = ground.isQuick ? [2, 1500] : [5, 4000];
  for (const contender of contenders) {
    await warmUntilSteady(() => load(contender, names, requests, faults), warmRequests / requests);
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of contenders) {
      perRequest.get(contender.name)?.push(await load(contender, names, requests, faults));
    }
  }
  client.close();
  for (const { server } of contenders) await server.stop();
  return { rows: rowsOf(perRequest), faults };
}

/** At most so many requests before it is measured. */
const warmRequests = 24_000;

/** Microseconds of the server's processor for each request. */
async function load(
  { name, server, ask }: Contender,
  names: readonly string[],
  requests: number,
  faults: string[],
): Promise<number> {
  const http = new HttpClient(server.url, concurrency);
  const before = server.cpuMs();
  let wrong = 0;
  await inParallel(range(requests), concurrency, async (index) => {
    const roomName = names[index % names.length] ?? '';
    const { status, body } = await ask(http, roomName);
    if (status !== 200 || !body.includes(`"name":"${roomName}"`)) wrong += 1;
  });
  const used = server.cpuMs() - before;
  http.close();
  if (wrong > 0) faults.push(`${name} answered ${wrong} of ${requests} wrongly`);
  return (used * 1000) / requests;
}

function rowsOf(perRequest: ReadonlyMap<string, readonly number[]>): readonly Row[] {
  const of = (name: string) => perRequest.get(name) ?? [];
  const row = (name: string, atMost: number) =>
    acrossRounds(
      'P1',
      `room(name): server CPU per request, against ${name}`,
      { ours: of('ours'), floor: of(name), unit: 'µs' },
      { atMost },
    );
  return [row('floor', 1.5), row('mercurius', 1.3), row('apollo', 0.58), row('yoga', 0.45)];
}
