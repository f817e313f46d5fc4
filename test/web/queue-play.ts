import type { KnockRequest } from '../../packages/client/src/index.ts';
import { after, type Happening } from '../../web/console/queue/after.ts';
import {
  type Answer,
  emptyQueue,
  isOpen,
  isUndoable,
  type Queue,
  releaseMs,
  type Send,
  settleMs,
  undoTimes,
} from '../../web/console/queue/queue.ts';

const [undoMs] = undoTimes;

export function knockOf(name: string, place: number): KnockRequest {
  return {
    ...{ id: name, roomName: 'room', userName: name, userId: null, verified: false, message: '', reply: null },
    ...{ status: 'PENDING', reason: null, connection: 'CONNECTED', position: null, ownerPresent: true, exp: null },
    ...{ lobbyMessage: null, decidedAt: null, decidedBy: null, knockAgainAt: null },
    requestedAt: new Date(Date.UTC(2026, 0, 1) + place * 1_000).toISOString(),
  };
}

interface Guest {
  readonly knock: KnockRequest;
  status: 'PENDING' | 'ADMITTED' | 'DENIED' | 'WITHDREW' | 'TAKEN_BACK';
  by: string | null;
}

interface Aim {
  readonly id: string;
  readonly place: number;
  readonly kind: 'ADMIT' | 'DENY' | 'UNDO';
}

/**
 * One host before a list, guests who come and go, another host, and a service that answers late or not at all, all by the numbers
 * from 0 to 1 that it is given. The host looks at a row, then something may happen, then the press lands on whatever row is at that place.
 */
export class QueuePlay {
  readonly faults: string[] = [];
  readonly #draw: () => number;
  readonly #rules: { readonly isHolding: boolean; readonly isSettling: boolean };
  readonly #guests = new Map<string, Guest>();
  readonly #underway: Send[] = [];
  /** What this host was understood to want of each: at most one decision is sent for each time. */
  readonly #wanted = new Map<string, string>();
  #queue: Queue = emptyQueue;
  #now = 1_000_000;
  #count = 0;

  constructor(draw: () => number, rules = { isHolding: true, isSettling: true }) {
    this.#draw = draw;
    this.#rules = rules;
  }

  turn(): void {
    switch (this.#of(6)) {
      case 0:
      case 1:
        this.#somethingHappens();
        return;
      case 2:
        this.#answer();
        return;
      case 3:
        this.#wait(this.#of(3_000));
        return;
      default:
        this.#aimAndPress();
    }
  }

  /** All that is under way comes to its end, and the list shows who waits, in order. */
  end(): void {
    this.#take({ is: 'LET_GO' });
    for (let round = 0; round < 4; round++) {
      while (this.#underway.length > 0) this.#answer();
      this.#wait(undoMs + releaseMs);
    }
    const shown = this.#queue.rows.map(({ knock }) => knock.id);
    const pending = this.#pending().map(({ id }) => id);
    if (shown.join() !== pending.join()) this.faults.push(`shown ${shown.join()}, waiting ${pending.join()}`);
  }

  #of(count: number): number {
    return Math.floor(this.#draw() * count);
  }

  #pending(): readonly KnockRequest[] {
    return [...this.#guests.values()]
      .filter(({ status }) => status === 'PENDING')
      .map(({ knock }) => knock)
      .toSorted((one, other) => (one.requestedAt < other.requestedAt ? -1 : 1));
  }

  #take(happening: Happening): void {
    const before = this.#queue;
    const { queue, sends } = after(this.#rules.isSettling ? before : settled(before), happening, this.#now);
    this.#queue = queue;
    if (before.isHeld && queue.isHeld) this.#lookForMoves(before, happening.is);
    for (const send of sends) this.#send(send);
  }

  #lookForMoves(before: Queue, what: string): void {
    const stood = before.rows.map(({ knock }) => knock.id).join();
    const stands = this.#queue.rows.slice(0, before.rows.length).map(({ knock }) => knock.id);
    if (stands.join() !== stood) this.faults.push(`moved under the pointer by ${what}`);
  }

  #send(send: Send): void {
    for (const id of send.ids) {
      if (this.#wanted.get(id) !== send.send) this.faults.push(`${send.send} of ${id} was not wanted, or sent twice`);
      this.#wanted.delete(id);
    }
    this.#underway.push(send);
  }

  #wait(milliseconds: number): void {
    this.#now += milliseconds;
    this.#take({ is: 'TIME' });
  }

  #somethingHappens(): void {
    const pending = this.#pending();
    const one = pending[this.#of(Math.max(1, pending.length))];
    const what = this.#of(4);
    if (what < 2 || one === undefined) {
      this.#count += 1;
      // Now and then somebody who waited before is sent back to the line.
      const knock = knockOf(`guest ${this.#count}`, this.#of(8) === 0 ? this.#count - 20 : this.#count);
      this.#guests.set(knock.id, { knock, status: 'PENDING', by: null });
      this.#list();
      return;
    }
    if (what === 2) this.#become(one.id, 'WITHDREW', null);
    else this.#become(one.id, this.#of(2) === 0 ? 'ADMITTED' : 'DENIED', 'Mara');
    this.#list();
    // An event may be lost with the line: then only the list is read again.
    const guest = this.#guests.get(one.id);
    if (guest !== undefined && guest.status !== 'PENDING' && this.#of(4) > 0) this.#tell(guest);
  }

  #tell({ knock: { id }, status, by }: Guest): void {
    if (status === 'PENDING') return;
    this.#take({ is: 'TOLD', id, outcome: status, by, isMine: by === null && status !== 'WITHDREW' });
  }

  #become(id: string, status: Guest['status'], by: string | null): void {
    const guest = this.#guests.get(id);
    if (guest === undefined) return;
    guest.status = status;
    guest.by = by;
  }

  #list(): void {
    this.#take({ is: 'LISTED', waiting: this.#pending() });
  }

  #answer(): void {
    const send = this.#underway.shift();
    if (send === undefined) return;
    const isLost = this.#of(6) === 0;
    const isHeard = !isLost || this.#of(2) === 0;
    const answers = new Map<string, Answer>();
    for (const id of send.ids) {
      const answer = isHeard ? this.#carryOut(send, id) : null;
      if (!isLost && answer !== null) answers.set(id, answer);
    }
    if (isLost) for (const id of send.ids) answers.set(id, { is: 'FAILED', trouble: 'UNSURE' });
    this.#take({ is: 'ANSWERED', send, answers });
    this.#list();
    if (isLost && isHeard) this.#tellOwn(send);
  }

  /** What was done although its answer was lost is told by its event. */
  #tellOwn({ ids }: Send): void {
    for (const id of ids) {
      const guest = this.#guests.get(id);
      if (guest !== undefined && guest.status !== 'PENDING') this.#tell(guest);
    }
  }

  #carryOut({ send }: Send, id: string): Answer {
    const guest = this.#guests.get(id);
    if (guest === undefined) return { is: 'FAILED', trouble: 'REFUSED' };
    if (send === 'RECALL') {
      if (guest.status === 'ADMITTED') guest.status = 'TAKEN_BACK';
      return { is: 'DONE' };
    }
    if (guest.status !== 'PENDING') return { is: 'TAKEN', outcome: guest.status, by: guest.by };
    guest.status = send === 'ADMIT' ? 'ADMITTED' : 'DENIED';
    return { is: 'DONE' };
  }

  #aimAndPress(): void {
    const isMouse = this.#rules.isHolding && this.#of(2) === 0;
    if (isMouse) this.#take({ is: 'HELD' });
    const place = this.#of(Math.max(1, this.#queue.rows.length));
    const row = this.#queue.rows[place];
    if (row === undefined) return;
    const kind = isOpen(row) ? (this.#of(3) === 0 ? 'DENY' : 'ADMIT') : 'UNDO';
    const aim: Aim = { id: row.knock.id, place, kind };
    // What moves later than this is seen by whoever is about to press.
    for (let left = this.#of(settleMs); left > 0; left -= 50) {
      this.#now += 50;
      if (this.#of(4) === 0) this.#somethingHappens();
      if (this.#of(6) === 0) this.#answer();
      this.#take({ is: 'TIME' });
    }
    this.#press(aim);
    if (isMouse && this.#of(2) === 0) this.#take({ is: 'LET_GO' });
  }

  /** The press lands on what is at that place now, and does what its button there says. */
  #press({ id, place, kind }: Aim): void {
    const under = this.#queue.rows[place];
    if (under === undefined) return;
    const does = isOpen(under) ? (kind === 'DENY' ? 'DENY' : 'ADMIT') : isUndoable(under) ? 'UNDO' : null;
    if (does === null) return;
    const before = under.standing;
    const wants = does === 'UNDO' ? (before.is === 'ADMITTED' ? 'RECALL' : null) : does;
    const held = this.#wanted.get(under.knock.id);
    if (wants === null) this.#wanted.delete(under.knock.id);
    else this.#wanted.set(under.knock.id, wants);
    const ids = [under.knock.id];
    this.#take(does === 'DENY' ? { is: does, ids, denial: {}, press: 'POINTER' } : { is: does, ids, press: 'POINTER' });
    const now = this.#queue.rows.find(({ knock }) => knock.id === under.knock.id)?.standing;
    const isTaken = now !== before;
    if (isTaken && (under.knock.id !== id || (does === 'UNDO') !== (kind === 'UNDO')))
      this.faults.push(`meant ${kind} of ${id}, got ${does} of ${under.knock.id}`);
    if (isTaken) return;
    if (held === undefined) this.#wanted.delete(under.knock.id);
    else this.#wanted.set(under.knock.id, held);
  }
}

/** As if nothing had moved. */
function settled(queue: Queue): Queue {
  return { ...queue, rows: queue.rows.map((row) => ({ ...row, movedAt: 0 })) };
}
