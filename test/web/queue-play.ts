import type { KnockRequest } from '../../packages/client/src/index.ts';
import { after, type Happening } from '../../web/console/queue/after.ts';
import { isMeantAlone } from '../../web/console/queue/press.ts';
import {
  type Answer,
  emptyQueue,
  isOpen,
  isUndoable,
  type Queue,
  type Row,
  releaseMs,
  type Send,
  seenIn,
  selectedIn,
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
  knock: KnockRequest;
  status: 'PENDING' | 'ADMITTED' | 'DENIED' | 'WITHDREW' | 'TAKEN_BACK';
  by: string | null;
}

interface Aim {
  readonly id: string;
  /** How far down the list the pointer is. */
  readonly at: number;
  readonly kind: 'ADMIT' | 'DENY' | 'UNDO' | 'TICK';
}

/** A button for several, as it was when somebody read it. */
interface Several {
  readonly button: 'ADMIT SEEN' | 'ADMIT SELECTED' | 'DENY ALL';
  readonly ids: readonly string[];
}

/** How high a row is: each further line of words makes it higher. */
function heightOf({ knock, standing }: Row): number {
  const isLong =
    (standing.is === 'OVER' && standing.by !== null) || ('trouble' in standing && standing.trouble !== null);
  const lines = [knock.message !== '', knock.reply !== null, knock.connection !== 'CONNECTED', isLong];
  return 3 + lines.filter(Boolean).length;
}

/**
 * One host before a list, guests who come and go, another host, and a service that answers late or not at all, all by the numbers
 * from 0 to 1 that it is given. The host looks at a row, then something may happen, then the press lands on whatever row is there by then:
 * who comes, goes or writes may have moved it. Or the host reads a button for several, and presses it a little later.
 */
export class QueuePlay {
  readonly faults: string[] = [];
  readonly #draw: () => number;
  readonly #rules: { readonly isHolding: boolean; readonly isSettling: boolean };
  readonly #guests = new Map<string, Guest>();
  readonly #underway: Send[] = [];
  /** Decisions of this host whose event is still to come, or never comes. */
  readonly #untold = new Set<string>();
  /** What may have been done although its answer was lost: the list may ask for it a second time. */
  readonly #unsure = new Map<string, string>();
  /** Whom this host wants to keep out: each denial of them is a ban, until they take it back or let them in. */
  readonly #bans = new Set<string>();
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
    switch (this.#of(8)) {
      case 0:
      case 1:
        this.#somethingHappens();
        for (const id of this.#untold) if (this.#of(2) === 0) this.#tellLate(id);
        return;
      case 2:
        this.#answer();
        return;
      case 3:
        this.#wait(this.#of(3_000));
        return;
      case 4:
        this.#readAndPress();
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
      for (const id of this.#untold) if (this.#of(2) === 0) this.#tellLate(id);
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
    this.#layOut(before);
    if (before.isHeld && queue.isHeld) this.#lookForMoves(before, happening.is);
    for (const send of sends) this.#send(send);
    // What was never sent, and given up with the line, is decided anew.
    for (const row of queue.rows) if (isOpen(row) && row.unsure !== 'DENY') this.#bans.delete(row.knock.id);
  }

  /** The page is drawn, and tells which rows have another height now. */
  #layOut(before: Queue): void {
    const heights = new Map(before.rows.map((row) => [row.knock.id, heightOf(row)]));
    const ids = this.#queue.rows
      .filter((row) => heights.has(row.knock.id) && heights.get(row.knock.id) !== heightOf(row))
      .map(({ knock }) => knock.id);
    if (ids.length > 0) this.#queue = after(this.#queue, { is: 'SHIFTED', ids }, this.#now).queue;
  }

  #lookForMoves(before: Queue, what: string): void {
    const stood = before.rows.map(({ knock }) => knock.id).join();
    const stands = this.#queue.rows.slice(0, before.rows.length).map(({ knock }) => knock.id);
    if (stands.join() !== stood) this.faults.push(`moved under the pointer by ${what}`);
  }

  #send(send: Send): void {
    for (const id of send.ids) {
      const isAgain = this.#unsure.get(id) === send.send && send.ids.length === 1;
      if (this.#wanted.get(id) !== send.send && !isAgain)
        this.faults.push(`${send.send} of ${id} was not wanted, or sent twice`);
      this.#wanted.delete(id);
      if (send.send === 'DENY' && (send.denial.ban === true) !== this.#bans.has(id))
        this.faults.push(`${id} was ${this.#bans.has(id) ? 'to be' : 'not to be'} kept out`);
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
    const what = this.#of(6);
    if (one !== undefined && what > 3) {
      this.#write(one);
      return;
    }
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

  /** Somebody who waits writes, is answered, or loses their line. */
  #write(knock: KnockRequest): void {
    const guest = this.#guests.get(knock.id);
    if (guest === undefined) return;
    const isAway = knock.connection !== 'CONNECTED';
    const changes = [{ message: 'Hello?' }, { reply: 'Soon.' }, { connection: isAway ? 'CONNECTED' : 'DISCONNECTED' }];
    guest.knock = { ...knock, ...changes[this.#of(changes.length)] } as KnockRequest;
    this.#list();
  }

  #tell({ knock: { id }, status, by }: Guest): void {
    if (status === 'PENDING') return;
    const isMine = by === null && status !== 'WITHDREW' && status !== 'TAKEN_BACK';
    this.#take({ is: 'TOLD', id, outcome: status, by: isMine ? 'Olga' : by, isMine });
    const standing = this.#queue.rows.find(({ knock }) => knock.id === id)?.standing;
    if (standing?.is === 'OVER' && standing.by === 'Olga') this.faults.push(`${id}: told of oneself`);
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
      // One request for several says nothing of those who were decided before.
      const isSaid = send.ids.length === 1 || answer?.is !== 'TAKEN';
      if (!isLost && answer !== null && isSaid) answers.set(id, answer);
    }
    if (isLost) for (const id of send.ids) answers.set(id, { is: 'FAILED', trouble: 'UNSURE' });
    if (isLost && send.send !== 'RECALL') for (const id of send.ids) this.#unsure.set(id, send.send);
    // What was done is listed, then told by its event, be it before the answer is given up or after.
    const isToldFirst = isLost && isHeard && this.#of(2) === 0;
    if (isToldFirst) this.#tellOwn(send);
    this.#take({ is: 'ANSWERED', send, answers });
    if (isLost && isHeard && !isToldFirst) this.#tellOwn(send);
    else this.#list();
  }

  /** What was done although its answer was lost is told by its event, which may come late, or never. */
  #tellOwn({ send, ids }: Send): void {
    this.#list();
    const isLate = this.#of(3) === 0;
    for (const id of ids) {
      const guest = this.#guests.get(id);
      if (guest === undefined || guest.status === 'PENDING') continue;
      if (isLate && send !== 'RECALL') this.#untold.add(id);
      else this.#tell(guest);
      if (!isLate) this.#lookForUndo(guest, send);
    }
  }

  #tellLate(id: string): void {
    this.#untold.delete(id);
    const guest = this.#guests.get(id);
    if (guest !== undefined) this.#tell(guest);
  }

  /** Whom this host has let in they can take back, also where the answer was lost. */
  #lookForUndo({ knock: { id }, status, by }: Guest, send: Send['send']): void {
    if (send !== 'ADMIT' || status !== 'ADMITTED' || by !== null) return;
    const row = this.#queue.rows.find(({ knock }) => knock.id === id);
    if (row === undefined || !isUndoable(row)) this.faults.push(`${id} cannot be taken back`);
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
    const row = this.#queue.rows[this.#of(Math.max(1, this.#queue.rows.length))];
    if (row === undefined) return;
    const kind = isOpen(row) ? (['ADMIT', 'ADMIT', 'DENY', 'TICK'] as const)[this.#of(4)] : 'UNDO';
    const aim: Aim = { id: row.knock.id, at: this.#topOf(row) + this.#of(heightOf(row)), kind: kind ?? 'ADMIT' };
    this.#meanwhile();
    this.#press(aim);
    if (isMouse && this.#of(2) === 0) this.#take({ is: 'LET_GO' });
  }

  /** What changes later than this is seen by whoever is about to press. */
  #meanwhile(): void {
    for (let left = this.#of(settleMs); left > 0; left -= 50) {
      this.#now += 50;
      if (this.#of(4) === 0) this.#somethingHappens();
      if (this.#of(6) === 0) this.#answer();
      if (this.#of(6) === 0) this.#lookAtTheList();
      this.#take({ is: 'TIME' });
    }
  }

  /** The first rows are on screen. */
  #lookAtTheList(): void {
    const rows = this.#queue.rows.slice(0, 6).filter(({ knock }) => !this.#queue.seen.has(knock.id));
    if (rows.length > 0) this.#take({ is: 'SEEN', ids: rows.map(({ knock }) => knock.id) });
  }

  #topOf(row: Row): number {
    const above = this.#queue.rows.slice(0, this.#queue.rows.indexOf(row));
    return above.reduce((top, one) => top + heightOf(one), 0);
  }

  #rowAt(at: number): Row | undefined {
    return this.#queue.rows.find((row) => this.#topOf(row) <= at && at < this.#topOf(row) + heightOf(row));
  }

  /** The press lands on what is there now, and does what its button there says. */
  #press({ id, at, kind }: Aim): void {
    const under = this.#rowAt(at);
    if (under === undefined) return;
    if (kind === 'TICK') {
      this.#tick(under, id);
      return;
    }
    const does = isOpen(under) ? (kind === 'DENY' ? 'DENY' : 'ADMIT') : isUndoable(under) ? 'UNDO' : null;
    if (does === null) return;
    const ids = [under.knock.id];
    const denial = this.#of(3) === 0 ? { ban: true as const } : {};
    const isTaken =
      this.#decide(does === 'DENY' ? { is: does, ids, denial, press: 'POINTER' } : { is: does, ids, press: 'POINTER' })
        .length > 0;
    if (isTaken && (under.knock.id !== id || (does === 'UNDO') !== (kind === 'UNDO')))
      this.faults.push(`meant ${kind} of ${id}, got ${does} of ${under.knock.id}`);
  }

  #tick(under: Row, meant: string): void {
    if (!isOpen(under) || (this.#rules.isSettling && !isMeantAlone('POINTER', this.#now)(under))) return;
    const { id } = under.knock;
    this.#take({ is: 'SELECTED', id, isSelected: !under.isSelected });
    if (id !== meant) this.faults.push(`meant the tick of ${meant}, got that of ${id}`);
  }

  /** Reads a button for several, and presses it by pointer, or by key where it is still that button. */
  #readAndPress(): void {
    this.#lookAtTheList();
    const isFoot = this.#of(2) === 0;
    const read = this.#several(isFoot);
    const isDenial = this.#of(2) === 0;
    this.#meanwhile();
    const now = this.#several(isFoot);
    const isKey = this.#of(2) === 0;
    if (now.ids.length === 0 || (isKey && now.button !== read.button)) return;
    const press = isKey ? 'KEY_TOGETHER' : 'TOGETHER';
    const does = now.button === 'DENY ALL' || (now.button === 'ADMIT SELECTED' && isDenial) ? 'DENY' : 'ADMIT';
    const ids = [...now.ids];
    const taken = this.#decide(does === 'DENY' ? { is: does, ids, denial: {}, press } : { is: does, ids, press });
    const others = taken.filter((id) => !read.ids.includes(id));
    if (taken.length > 0 && (now.button !== read.button || others.length > 0))
      this.faults.push(`meant ${read.button} of ${read.ids.join()}, got ${now.button} of ${taken.join()}`);
  }

  #several(isFoot: boolean): Several {
    const selected = selectedIn(this.#queue);
    if (!isFoot) return { button: 'ADMIT SEEN', ids: seenIn(this.#queue) };
    if (selected.length > 0) return { button: 'ADMIT SELECTED', ids: selected };
    return { button: 'DENY ALL', ids: this.#queue.rows.filter(isOpen).map(({ knock }) => knock.id) };
  }

  /** Answers for whom it counted. */
  #decide(happening: Extract<Happening, { is: 'ADMIT' | 'DENY' | 'UNDO' }>): readonly string[] {
    const standings = new Map(this.#queue.rows.map(({ knock, standing }) => [knock.id, standing]));
    const wanted = new Map(this.#wanted);
    for (const id of happening.ids) {
      const wants = happening.is !== 'UNDO' ? happening.is : standings.get(id)?.is === 'ADMITTED' ? 'RECALL' : null;
      if (wants === null) this.#wanted.delete(id);
      else this.#wanted.set(id, wants);
    }
    this.#take(happening);
    const stands = new Map(this.#queue.rows.map(({ knock, standing }) => [knock.id, standing]));
    const taken = happening.ids.filter((id) => stands.get(id) !== standings.get(id));
    for (const id of taken) {
      if (happening.is !== 'DENY') this.#bans.delete(id);
      else if (happening.denial.ban === true) this.#bans.add(id);
    }
    for (const id of happening.ids) {
      if (taken.includes(id)) continue;
      const held = wanted.get(id);
      if (held === undefined) this.#wanted.delete(id);
      else this.#wanted.set(id, held);
    }
    return taken;
  }
}

/** As if nothing had moved. */
function settled(queue: Queue): Queue {
  return { ...queue, rows: queue.rows.map((row) => ({ ...row, movedAt: 0, openSince: 0 })) };
}
