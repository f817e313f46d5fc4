import { loadModule, parsePlPgSQLSync, parseSync } from 'libpg-query';

// What a statement may be, so that the tables can be spread over machines by domain: each rule stands for something that a
// PostgreSQL of many machines refuses, or does on all of them. Statements are read by PostgreSQL's own parser.

export type Rule =
  /** A table is read or written without `domain_id = $n` beside it: that asks every machine. */
  | 'NAMES_NO_DOMAIN'
  /** A volatile function in a WHERE or ON: each machine would have an answer of its own, so it is refused. */
  | 'VOLATILE_WHERE'
  /** A volatile function in a SET, also in that of ON CONFLICT: refused for the same reason. In a subquery it is asked once, before. */
  | 'VOLATILE_SET'
  /** LIMIT in a lateral subquery of a statement that names no domain: each machine has only some of the rows that it counts. */
  | 'LIMIT_IN_LATERAL'
  /** A recursive query that names no domain: it steps from row to row, and the next one may be on another machine. */
  | 'RECURSIVE_ACROSS'
  /** Rows are locked by a statement that names no domain: that is refused, since several machines would have to be waited for. */
  | 'LOCKS_ACROSS'
  /** `jsonb_to_record`, whose row type is not known on the other machine; `jsonb_to_recordset` brings its own. */
  | 'UNTYPED_RECORD'
  /**
   * `domains` or `api_keys`, which every machine has, written together with rows that one machine has: the copies would differ. And
   * written by a statement that looks at such rows: that is refused.
   */
  | 'SHARED_WRITE'
  /**
   * A row of such a table is held for share, or one is inserted by a query that asks such tables. Both lock whole tables there, and a second
   * time in another way: two who have the first lock would wait for each other with the second.
   */
  | 'SHARED_UPGRADE'
  /**
   * The version of a domain moves on, and not by `next_version`: what rests on the domain may be under way, and would be written after it was
   * answered that the domain has changed.
   */
  | 'UNHELD_VERSION';

export interface Tables {
  /** Spread by domain. */
  readonly ofDomain: ReadonlySet<string>;
  /** The same on every machine. */
  readonly shared: ReadonlySet<string>;
}

/** The volatile functions that statements call, the service's own and PostgreSQL's: a test finds them in the catalog. */
export const volatileFunctions: ReadonlySet<string> = new Set([
  'app_now',
  'gen_random_uuid',
  'pg_advisory_xact_lock_shared',
  'pg_try_advisory_xact_lock_shared',
  'pg_current_wal_lsn',
]);

type Tree = Readonly<Record<string, unknown>>;

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every node of this kind below, in the order of the text; what is below one of `closed` is left out. */
function findAll(below: unknown, kind: string, closed: readonly string[] = []): readonly Tree[] {
  if (Array.isArray(below)) return below.flatMap((one) => findAll(one, kind, closed));
  if (!isTree(below)) return [];
  return Object.entries(below).flatMap(([key, value]) => {
    const own = key === kind && isTree(value) ? [value] : [];
    return closed.includes(key) ? own : [...own, ...findAll(value, kind, closed)];
  });
}

/** The two sides of a UNION are selects of their own. */
const statementKinds = ['SelectStmt', 'larg', 'rarg', 'InsertStmt', 'UpdateStmt', 'DeleteStmt'] as const;

/** Has to be awaited once before statements are read. */
export const loadParser = loadModule;

/** Which rules a statement breaks. @throws where it is no SQL */
export function findBreaches(text: string, { ofDomain, shared }: Tables): ReadonlySet<Rule> {
  const tree: unknown = parseSync(text);
  const named = new Set(findAll(tree, 'CommonTableExpr').map(({ ctename }) => ctename));
  const breaches = new Set<Rule>();
  const levels = statementKinds.flatMap((kind) => findAll(tree, kind).map((level) => ({ kind, level })));
  for (const { kind, level } of levels) {
    const isOfDomain = ({ relname }: Tree) => ofDomain.has(String(relname)) && !named.has(relname);
    if (kind === 'InsertStmt') {
      if (isOfDomain(relationOf(level)) && !insertsOneDomain(level)) breaches.add('NAMES_NO_DOMAIN');
      if (isOfDomain(relationOf(level)) && isVolatile(level.onConflictClause)) breaches.add('VOLATILE_SET');
      continue;
    }
    const sources = sourcesOf(level);
    const conditions = conditionsOf(level);
    const isAlone = sources.length === 1;
    for (const source of sources.filter(isOfDomain)) {
      if (!conditions.some((condition) => namesDomain(condition, aliasOf(source), isAlone)))
        breaches.add('NAMES_NO_DOMAIN');
    }
    if (isVolatile(conditions)) breaches.add('VOLATILE_WHERE');
    if (kind === 'UpdateStmt' && isOfDomain(relationOf(level)) && isVolatile(level.targetList))
      breaches.add('VOLATILE_SET');
  }
  for (const rule of breachesAcross(tree, breaches.has('NAMES_NO_DOMAIN'))) breaches.add(rule);
  if (functionsIn(tree).includes('jsonb_to_record')) breaches.add('UNTYPED_RECORD');
  const writesShared = levels.some(({ level }) => shared.has(String(relationOf(level).relname)));
  const asked = findAll(tree, 'RangeVar').map(({ relname }) => String(relname));
  const written = levels.map(({ level }) => String(relationOf(level).relname));
  if (writesShared && [...asked, ...written].some((table) => ofDomain.has(table) && !named.has(table)))
    breaches.add('SHARED_WRITE');
  if (levels.some((level) => upgradesShared(level, shared))) breaches.add('SHARED_UPGRADE');
  if (levels.some(movesOnUnheld)) breaches.add('UNHELD_VERSION');
  return breaches;
}

interface Level {
  readonly kind: (typeof statementKinds)[number];
  readonly level: Tree;
}

function upgradesShared({ kind, level }: Level, shared: Tables['shared']): boolean {
  const isShared = ({ relname }: Tree) => shared.has(String(relname));
  if (kind === 'InsertStmt') return isShared(relationOf(level)) && findAll(level.selectStmt, 'RangeVar').some(isShared);
  const strengths = findAll(level.lockingClause, 'LockingClause').map(({ strength }) => String(strength));
  return strengths.some((strength) => strength.endsWith('SHARE')) && sourcesOf(level).some(isShared);
}

function movesOnUnheld({ kind, level }: Level): boolean {
  if (kind !== 'UpdateStmt' || relationOf(level).relname !== 'domains') return false;
  const targets = Array.isArray(level.targetList) ? level.targetList : [];
  const versions = findAll(targets, 'ResTarget').filter(({ name }) => name === 'version');
  return versions.some((target) => !functionsIn(target).includes('next_version'));
}

/** What only a statement for one domain may do. */
function breachesAcross(tree: unknown, isAcross: boolean): readonly Rule[] {
  const isLimited = findAll(tree, 'RangeSubselect').some(
    ({ lateral, subquery }) => lateral === true && hasLimit(subquery),
  );
  const isRecursive = findAll(tree, 'withClause').some(({ recursive }) => recursive === true);
  const found: readonly (readonly [Rule, boolean])[] = [
    ['LIMIT_IN_LATERAL', isLimited],
    ['RECURSIVE_ACROSS', isRecursive],
    ['LOCKS_ACROSS', findAll(tree, 'LockingClause').length > 0],
  ];
  return isAcross ? found.flatMap(([rule, isBroken]) => (isBroken ? [rule] : [])) : [];
}

/** Is a volatile function called here, and not in a subquery of its own? One that looks at a column is asked again for each row. */
function isVolatile(below: unknown): boolean {
  const isCalled = (within: unknown, closed: readonly string[]) =>
    functionsIn(within, closed).some((name) => volatileFunctions.has(name));
  const ofRow = findAll(below, 'subselect').filter(
    (subselect) => findAll(subselect, 'RangeVar').length === 0 && findAll(subselect, 'ColumnRef').length > 0,
  );
  return isCalled(below, ['SubLink']) || isCalled(ofRow, []);
}

/** The functions that are called. */
export function functionsIn(below: unknown, closed: readonly string[] = []): readonly string[] {
  return findAll(below, 'FuncCall', closed).map(({ funcname }) => namesIn(funcname).at(-1) ?? '');
}

function namesIn(nodes: unknown): readonly string[] {
  return findAll(nodes, 'String').map(({ sval }) => String(sval));
}

function relationOf({ relation }: Tree): Tree {
  return isTree(relation) ? relation : {};
}

function aliasOf({ alias, relname }: Tree): string {
  return String(isTree(alias) ? alias.aliasname : relname);
}

/** The tables of this level alone, joined or listed: subqueries have levels of their own. */
function sourcesOf(level: Tree): readonly Tree[] {
  const listed = [level.fromClause, level.usingClause].flatMap((from) =>
    findAll(from, 'RangeVar', ['RangeSubselect', 'SubLink']),
  );
  return isTree(level.relation) ? [level.relation, ...listed] : listed;
}

/** What must all hold, of WHERE and of every ON. */
function conditionsOf(level: Tree): readonly unknown[] {
  const joins = [level.fromClause, level.usingClause].flatMap((from) =>
    findAll(from, 'JoinExpr', ['RangeSubselect', 'SubLink']),
  );
  return [level.whereClause, ...joins.map(({ quals }) => quals)].flatMap(conjuncts);
}

function conjuncts(condition: unknown): readonly unknown[] {
  if (!isTree(condition)) return [];
  const { BoolExpr } = condition;
  if (isTree(BoolExpr) && BoolExpr.boolop === 'AND_EXPR' && Array.isArray(BoolExpr.args))
    return BoolExpr.args.flatMap(conjuncts);
  return [condition];
}

/** `alias.domain_id = $1`, cast or not, either way round; without the alias where there is only one table. */
function namesDomain(condition: unknown, alias: string, isAlone: boolean): boolean {
  const equation = isTree(condition) ? condition.A_Expr : null;
  if (!isTree(equation) || equation.kind !== 'AEXPR_OP' || namesIn(equation.name).join() !== '=') return false;
  const isDomainId = (side: unknown) => {
    const column = isTree(side) && isTree(side.ColumnRef) ? namesIn(side.ColumnRef.fields) : [];
    return column.at(-1) === 'domain_id' && (column.length === 1 ? isAlone : column.at(-2) === alias);
  };
  const { lexpr, rexpr } = equation;
  return (isDomainId(lexpr) && isParameter(rexpr)) || (isDomainId(rexpr) && isParameter(lexpr));
}

function isParameter(value: unknown): boolean {
  if (!isTree(value)) return false;
  if (isTree(value.TypeCast)) return isParameter(value.TypeCast.arg);
  return isTree(value.ParamRef);
}

/** Is the domain of every row that is inserted the one parameter? */
function insertsOneDomain({ cols, selectStmt }: Tree): boolean {
  const place = findAll(cols, 'ResTarget').findIndex(({ name }) => name === 'domain_id');
  const select = isTree(selectStmt) && isTree(selectStmt.SelectStmt) ? selectStmt.SelectStmt : {};
  if (Array.isArray(select.valuesLists)) {
    return select.valuesLists.every((row: unknown) => {
      const items = isTree(row) && isTree(row.List) && Array.isArray(row.List.items) ? row.List.items : [];
      return isParameter(items[place]);
    });
  }
  const target: unknown = Array.isArray(select.targetList) ? select.targetList[place] : null;
  return isTree(target) && isTree(target.ResTarget) && isParameter(target.ResTarget.val);
}

function hasLimit(subquery: unknown): boolean {
  return findAll(subquery, 'SelectStmt').some(({ limitCount }) => limitCount !== undefined);
}

/** The tables that a statement writes. */
export function writtenBy(text: string): readonly string[] {
  const tree: unknown = parseSync(text);
  return ['InsertStmt', 'UpdateStmt', 'DeleteStmt'].flatMap((kind) =>
    findAll(tree, kind).map((level) => String(relationOf(level).relname)),
  );
}

/** The statements and expressions of a PL/pgSQL function, each as a statement in which `p_domain` is the first parameter. */
export function statementsIn(ddl: string): readonly string[] {
  return findAll(parsePlPgSQLSync(ddl), 'PLpgSQL_expr').map(({ query, parseMode }) => {
    const text = String(query).replaceAll(/\bp_domain\b/g, '$1::uuid');
    return parseMode === 0 ? text : `select ${text.replace(/^[^:]*:=/, '')}`;
  });
}

/** A text as it is compared: how it is broken into lines says nothing. */
export function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
