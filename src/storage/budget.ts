import type { Database } from './postgres/database.ts';

/** Takes units of one budget, each only if as much is left as its floor says. */
export interface BudgetRequest {
  readonly key: string;
  /** How much it can hold, and how much it holds when somebody asks for the first time. */
  readonly depth: number;
  readonly initial: number;
  readonly perSecond: number;
  /** For each unit, the lowest first: how much must be left before it is taken, at least 1. */
  readonly floors: readonly number[];
}

export interface BudgetStorage {
  /** Takes units in the order of their floors, as far as the budget goes. Answers how many, and what is left. */
  readonly take: (request: BudgetRequest) => Promise<{ readonly granted: number; readonly left: number }>;
}

const levelOf = (row: string) => `least($2::float8, ${row}."left" + $4::float8 * case
    when ${row}.at > app_now() + interval '2 seconds' then $2::float8 / $4::float8
    else greatest(0, extract(epoch from app_now() - ${row}.at)) end)`;

// Whoever is refused locks and writes nothing. Where there seems to be enough, the row is locked and read again, so that the result still
// holds when it is written. If two processes ask for the first time at once, the second finds no row to lock, but one to write: it takes its
// units from that one. Where the database's clock was set back, as by a failover to a machine whose clock is behind, nobody waits until it is
// where it was: the budget is full again.
const takeText = `with seen as (select ${levelOf('b')} as level from budgets b where b.key = $1),
  found as (select b."left", b.at from budgets b
    where b.key = $1 and exists (select from seen where level >= ($5::text[]::float8[])[1]) for update),
  stand as (select coalesce((select ${levelOf('f')} from found f), (select level from seen), $3)::float8 as level),
  given as (select level, (select count(*) from unnest($5::text[]::float8[]) with ordinality as f(floor, place) where level - (place - 1) >= floor)::float8 as granted from stand),
  written as (insert into budgets as b (key, "left", at) select $1, level - granted, app_now() from given where granted > 0
    on conflict (key) do update set at = excluded.at,
      "left" = case when exists (select from found) then excluded."left" else b."left" - (select granted from given) end)
  select granted, level - granted as "left" from given`;

/** Budgets that all processes share. @throws DatabaseError */
export function createBudgetStorage(database: Database): BudgetStorage {
  return {
    take: async ({ key, depth, initial, perSecond, floors }) => {
      type Row = { readonly granted: number; readonly left: number };
      const [row] = await database.query<Row>(takeText, [key, depth, initial, perSecond, floors.map(String)]);
      return row ?? { granted: 0, left: 0 };
    },
  };
}
