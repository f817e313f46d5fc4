import type { Service } from '../ground.ts';
import { HttpClient } from '../http-client.ts';
import type { OpenTarget } from '../knock-target.ts';
import { LiveSocket } from '../live-socket.ts';
import { inParallel, range } from '../pace.ts';
import { operations, ServiceClient } from '../service-client.ts';

let opened = 0;

/**
 * Rooms whose owner watches on one process while everybody knocks at the next one: every event crosses from process to process.
 * With a single process both are the same.
 */
export function crossingTarget(services: readonly [Service, ...Service[]]): OpenTarget {
  return async ({ rooms, connections, onShown }) => {
    opened += 1;
    const [first] = services;
    const setup = new ServiceClient(first, 16);
    const names = range(rooms).map((index) => `crossed-${opened}-${index}`);
    const sockets = await inParallel(names, 8, async (name, index) => {
      await setup.createRoom(name);
      const session = await setup.joinAsOwner(name);
      const watchedAt = services[index % services.length] ?? first;
      const socket = await LiveSocket.open(watchedAt.url, session);
      socket.subscribe(operations.knockRequested, {}, { next: (text) => tell(text, onShown) });
      return socket;
    });
    // A subscription says nothing when it stands.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const clients = services.map(({ url }) => new HttpClient(url, Math.ceil(connections / services.length)));
    return {
      knock: async (room, userName) => {
        const index = room % names.length;
        const client = clients[(index + 1) % clients.length];
        const input = { roomName: names[index], userName };
        const answer = await client?.post(
          '/graphql',
          JSON.stringify({ query: operations.knock, variables: { input } }),
        );
        if (answer?.body.includes('"knockToken"')) return 'DONE';
        return answer?.body.includes('"retryAfterSeconds"') ? 'REFUSED' : 'FAILED';
      },
      close: async () => {
        for (const client of clients) client.close();
        await Promise.all(sockets.map((socket) => socket.close()));
        await inParallel(names, 8, (name) => setup.deleteRoom(name));
        setup.close();
      },
    };
  };
}

function tell(text: string, onShown: (userName: string, owner: number) => void): void {
  const userName = /"userName":"([^"]+)"/.exec(text)?.[1];
  if (userName !== undefined) onShown(userName, 0);
}
