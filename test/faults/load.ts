import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { parseId } from '../../src/rules/ids.ts';
import type { TestDatabase } from '../support/database.ts';
import { type Attempt, anybodyAt, attempt, backendOf, chanceFrom, mutations } from './fault-kit.ts';

/** What the clients were told, to be held against what is stored. */
export type Ledger = {
  /** Each knock that was acknowledged, with every verdict that anybody was told. */
  readonly verdicts: Map<string, Set<string>>;
  /** Knocks by how many were told that they decided it. */
  readonly winners: Map<string, number>;
  /** Knocks of which one decider got no answer, so that it may be the winner. */
  readonly unsure: Set<string>;
  lost: number;
  /** Calls that no retry got through before the end. */
  givenUp: number;
  slowestMs: number;
};

const told = z.looseObject({ id: z.string(), status: z.string() });

export type LoadOptions = {
  readonly roomNames: readonly string[];
  /** Whom one may ask at this moment. */
  readonly urls: () => readonly string[];
  readonly clients: number;
  readonly seed: number;
  readonly isOver: (soFar: Ledger) => boolean;
};

/** Clients that knock, and decide each knock twice at once through different processes, until it is over. What gets no answer is tried again. */
export async function keepBusy({ roomNames, urls, clients, seed, isOver }: LoadOptions): Promise<Ledger> {
  const ledger: Ledger = {
    verdicts: new Map(),
    winners: new Map(),
    unsure: new Set(),
    lost: 0,
    givenUp: 0,
    slowestMs: 0,
  };
  const client = async (index: number) => {
    const chance = chanceFrom(seed + index);
    const pick = <Item>(items: readonly Item[]): Item => {
      const item = items[Math.floor(chance() * items.length)];
      if (item === undefined) throw new Error('there is nothing to choose from');
      return item;
    };
    const insist = (document: string, variables: Record<string, unknown>) =>
      insistOn(ledger, () =>
        attempt((document === mutations.knock ? anybodyAt : backendOf)({ url: pick(urls()) }), document, variables),
      );
    while (!isOver(ledger)) {
      const idempotencyKey = randomBytes(24).toString('base64url');
      const input = { roomName: pick(roomNames), userName: `Client ${index}`, idempotencyKey };
      const { outcome } = await insist(mutations.knock, { input });
      if (outcome === 'LOST') continue;
      const { id } = z.object({ knockRequest: told }).parse(outcome).knockRequest;
      ledger.verdicts.set(id, new Set());
      const deciders = [mutations.admit, mutations.deny].map(async (document) =>
        note(ledger, id, await insist(document, { id })),
      );
      await Promise.all(deciders);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, index) => client(index)));
  return ledger;
}

type Insisted = { readonly outcome: Attempt; readonly tries: number };

async function insistOn(ledger: Ledger, ask: () => Promise<Attempt>): Promise<Insisted> {
  const giveUpAt = performance.now() + 25_000;
  for (let tries = 1; ; tries += 1) {
    const begun = performance.now();
    const outcome = await ask();
    ledger.slowestMs = Math.max(ledger.slowestMs, performance.now() - begun);
    if (outcome !== 'LOST') return { outcome, tries };
    ledger.lost += 1;
    if (performance.now() > giveUpAt) {
      ledger.givenUp += 1;
      return { outcome, tries };
    }
    await pause(20 + 10 * Math.min(tries, 10));
  }
}

function note(ledger: Ledger, id: string, { outcome, tries }: Insisted): void {
  if (tries > 1) ledger.unsure.add(id);
  if (outcome === 'LOST') return;
  const isWinner = outcome.__typename === 'KnockRequest';
  if (!isWinner && outcome.__typename !== 'KnockAlreadyDecided')
    throw new Error(`a decision about ${id} was answered with ${JSON.stringify(outcome)}`);
  const { status } = isWinner ? told.parse(outcome) : z.object({ knockRequest: told }).parse(outcome).knockRequest;
  ledger.verdicts.get(id)?.add(status);
  if (isWinner) ledger.winners.set(id, (ledger.winners.get(id) ?? 0) + 1);
}

export type Audit = {
  readonly acknowledged: number;
  readonly missing: number;
  readonly contradictory: number;
  readonly decidedTwice: number;
  readonly wonTwice: number;
  readonly withoutWinner: number;
};

/** Holds what was told against what is stored. */
export async function auditLedger(sql: TestDatabase['sql'], ledger: Ledger): Promise<Audit> {
  const rows = await sql<{ id: string; status: string; decisions: number }[]>`
    select k.id, k.status, (select count(*)::int from room_events e where e.domain_id = k.domain_id and e.room_id = k.room_id
      and e.payload->'knock'->>'id' = k.id::text and e.payload->'knock'->>'status' <> 'PENDING') as decisions from knocks k`;
  const stored = new Map(rows.map((row) => [row.id, row]));
  const all = [...ledger.verdicts].map(([id, verdicts]) => ({ id, verdicts, row: stored.get(parseId(id)?.id ?? '') }));
  return {
    acknowledged: all.length,
    missing: all.filter(({ row }) => row === undefined).length,
    contradictory: all.filter(({ verdicts, row }) => [...verdicts].some((verdict) => verdict !== row?.status)).length,
    decidedTwice: rows.filter(({ decisions }) => decisions > 1).length,
    wonTwice: [...ledger.winners.values()].filter((winners) => winners > 1).length,
    withoutWinner: all.filter(
      ({ id, verdicts }) => verdicts.size > 0 && !ledger.winners.has(id) && !ledger.unsure.has(id),
    ).length,
  };
}

/** What an audit says when all is well. */
export const nothingWrong = { missing: 0, contradictory: 0, decidedTwice: 0, wonTwice: 0, withoutWinner: 0 } as const;
