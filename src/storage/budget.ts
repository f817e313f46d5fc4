import type { Database } from './database.ts';

/** Takes `amount` of a budget that holds `capacity` and fills up by `perSecond`. */
export interface BudgetRequest {
  readonly key: string;
  readonly capacity: number;
  readonly perSecond: number;
  readonly amount: number;
}

export interface BudgetStorage {
  /** Takes what is there of each. Answers the budgets that had too little, with what was left in them. */
  readonly take: (
    requests: readonly BudgetRequest[],
  ) => Promise<readonly { readonly key: string; readonly left: number }[]>;
}

const takeText = `with asked as (select * from jsonb_to_recordset($1::text::jsonb) as a(key text, capacity float8, "perSecond" float8, amount float8)),
  taken as (insert into budgets as b (key, "left", at) select a.key, a.capacity - a.amount, app_now() from asked a order by a.key
    on conflict (key) do update set at = app_now(),
      "left" = (select least(a.capacity, b."left" + a."perSecond" * greatest(0, extract(epoch from app_now() - b.at))) - a.amount from asked a where a.key = excluded.key)
      where (select least(a.capacity, b."left" + a."perSecond" * greatest(0, extract(epoch from app_now() - b.at))) >= a.amount from asked a where a.key = excluded.key)
    returning b.key)
  select a.key, coalesce((select b."left" + a."perSecond" * extract(epoch from app_now() - b.at) from budgets b where b.key = a.key), 0)::float8 as "left"
  from asked a where a.key not in (select key from taken)`;

/** Budgets that all processes share. @throws DatabaseError */
export function createBudgetStorage(database: Database): BudgetStorage {
  return {
    take: (requests) => database.query(takeText, [JSON.stringify(requests)]),
  };
}
