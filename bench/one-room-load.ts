import type { Service } from './ground.ts';
import { HttpClient } from './http-client.ts';
import { inParallel, range } from './pace.ts';
import { operations } from './service-client.ts';

export interface OneRoomLoad {
  readonly roomName: string;
  /** Who knocks through this process at the same time, one knock after the other. */
  readonly lanes: number;
  readonly durationMs: number;
  /** Begins the names of those who knock. */
  readonly prefix: string;
}

/** Knocks at one room for this time. The number of knocks that were answered with yes. */
export async function knockAtOneRoom(service: Service, load: OneRoomLoad): Promise<number> {
  const { roomName, lanes, durationMs, prefix } = load;
  const http = new HttpClient(service.url, lanes);
  let done = 0;
  const until = performance.now() + durationMs;
  await inParallel(range(lanes), lanes, async (lane) => {
    for (let index = 0; performance.now() < until; index += 1) {
      const input = { roomName, userName: `${prefix}-${lane}-${index}` };
      const { body } = await http.post('/graphql', JSON.stringify({ query: operations.knock, variables: { input } }));
      if (body.includes('"knockToken"')) done += 1;
    }
  });
  http.close();
  return done;
}
