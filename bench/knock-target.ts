import type { Service } from './ground.ts';
import { HttpClient } from './http-client.ts';
import { LiveSocket, openBareSocket } from './live-socket.ts';
import { inParallel, range } from './pace.ts';
import type { ServerProcess } from './server-process.ts';
import { operations, ServiceClient } from './service-client.ts';

/** How a knock was answered. */
export type Knocking = 'DONE' | 'REFUSED' | 'FAILED';

/** Rooms that can be knocked at, with owners who watch: the service's, or the floor's. */
export interface KnockTarget {
  readonly knock: (room: number, userName: string) => Promise<Knocking>;
  /** Ends what the load has left, so that the next round meets nobody who waits. */
  readonly close: () => Promise<void>;
}

export interface TargetOptions {
  readonly rooms: number;
  /** Owners, each with a socket, for each room. */
  readonly owners: number;
  readonly connections: number;
  /** Called for every knock that an owner is shown. */
  readonly onShown: (userName: string, owner: number) => void;
}

export type OpenTarget = (options: TargetOptions) => Promise<KnockTarget>;

const userNameForm = /"userName":"([^"]+)"/;

function tell(text: string, owner: number, onShown: TargetOptions['onShown']): void {
  const userName = userNameForm.exec(text)?.[1];
  if (userName !== undefined) onShown(userName, owner);
}

let roomsMade = 0;

function nameRooms(count: number): readonly string[] {
  roomsMade += count;
  return range(count, roomsMade).map((index) => `knocked-${index}`);
}

/**
 * The service: knocks by mutation, owners in the room by `knockRequested`.
 * @param through the processes that are asked in turns; owners are at `service`
 */
export function targetOf(service: Service, through: readonly Service[] = [service]): OpenTarget {
  return async ({ rooms, owners, connections, onShown }) => {
    const setup = new ServiceClient(service, 32);
    const names = nameRooms(rooms);
    const sockets = await inParallel(names, 16, async (name) => {
      await setup.createRoom(name);
      return Promise.all(
        range(owners).map(async (owner) => {
          const session = await setup.joinAsOwner(name);
          const socket = await LiveSocket.open(service.url, session);
          socket.subscribe(operations.knockRequested, {}, { next: (text) => tell(text, owner, onShown) });
          return socket;
        }),
      );
    });
    // A subscription says nothing when it stands; by the time that a later mutation of its room is answered, it does.
    await inParallel(names, 16, (name) => setup.createToken(name));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const doors = through.map(({ url }) => new HttpClient(url, connections));
    return {
      knock: async (room, userName) => {
        const input = { roomName: names[room % names.length], userName };
        const door = doors[Math.floor(room / names.length) % doors.length] ?? raise();
        const text = JSON.stringify({ query: operations.knock, variables: { input } });
        const { status, headers, body } = await door.post('/graphql', text);
        if (status === 200 && body.includes('"knockToken"')) return 'DONE';
        // Whoever is sent away is told when to come again; everything else is a failure.
        return /retry-?after/i.test(headers) || body.includes('"retryAfterSeconds"') ? 'REFUSED' : 'FAILED';
      },
      close: async () => {
        for (const door of doors) door.close();
        await Promise.all(sockets.flat().map((socket) => socket.close()));
        await inParallel(names, 16, (name) => setup.deleteRoom(name));
        setup.close();
      },
    };
  };
}

/** Several targets as one: each has its own rooms. */
export function besides(opens: readonly OpenTarget[]): OpenTarget {
  return async ({ rooms, ...options }) => {
    const targets = await Promise.all(opens.map((open) => open({ ...options, rooms: rooms / opens.length })));
    return {
      knock: (index, userName) => {
        const target = targets[index % targets.length] ?? raise();
        return target.knock(Math.floor(index / targets.length), userName);
      },
      close: async () => {
        for (const target of targets) await target.close();
      },
    };
  };
}

function raise(): never {
  throw new Error('there is no process to ask');
}

/** The floor: the same rooms, made by the service, and bare sockets. */
export function floorOf(floor: ServerProcess, service: Service): OpenTarget {
  return async ({ rooms, owners, connections, onShown }) => {
    const setup = new ServiceClient(service, 32);
    const names = nameRooms(rooms);
    await inParallel(names, 16, (name) => setup.createRoom(name));
    const sockets = await inParallel(names, 16, (name) =>
      Promise.all(
        range(owners).map((owner) => openBareSocket(floor.url, `/${name}`, (text) => tell(text, owner, onShown))),
      ),
    );
    const http = new HttpClient(floor.url, connections);
    return {
      knock: async (room, userName) => {
        const { status } = await http.post(
          '/knock',
          JSON.stringify({ roomName: names[room % names.length], userName }),
        );
        return status === 200 ? 'DONE' : 'FAILED';
      },
      close: async () => {
        http.close();
        for (const socket of sockets.flat()) socket.terminate();
        await inParallel(names, 16, (name) => setup.deleteRoom(name));
        setup.close();
      },
    };
  };
}
