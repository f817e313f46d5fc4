import { createHash } from 'node:crypto';

/*
 * Functions of ours in the database. A change that writes several tables is one call of one of these: the call goes whole to the machine
 * that has the domain's rows, each statement in it names the domain, and the clock is asked between them, after the locks. What a function
 * does is part of its name, so that code of two versions beside each other calls each its own; migrations make them
 * (drizzle-functions.config.ts).
 */

export interface StoredFunction {
  /** With the beginning of the hash of its text. */
  readonly name: string;
  /** `uuid, text, …`, as a catalog has it. */
  readonly signature: string;
  readonly ddl: string;
  /** It writes rows of its domain alone, so that the machine that has them runs it. False: it writes what all machines have besides. */
  readonly isOfDomain: boolean;
  /** `name($1::uuid, …)`: the parameters in their order. */
  readonly call: string;
}

export interface FunctionText {
  readonly name: string;
  readonly isOfDomain: boolean;
  /** Names and types. The first is `p_domain`. A parameter of type jsonb is given as a text. */
  readonly params: Readonly<Record<`p_${string}`, string>> & { readonly p_domain: 'uuid' };
  readonly returns: string;
  /** Variables: names and types. */
  readonly declare?: readonly string[];
  /** PL/pgSQL, what stands between begin and end. */
  readonly body: string;
}

export function storedFunction({
  name,
  isOfDomain,
  params,
  returns,
  declare = [],
  body,
}: FunctionText): StoredFunction {
  const list = Object.entries(params).map(([param, type]) => `${param} ${type}`);
  const variables = declare.map((variable) => `  ${variable};\n`).join('');
  const text = `(${list.join(', ')}) returns ${returns} language plpgsql volatile as $$
#variable_conflict use_column
declare
${variables}begin
${body.trim()}
end $$`;
  const fullName = `${name}_${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
  const types = Object.values(params);
  const given = types.map((type, index) => `$${index + 1}::${type === 'jsonb' ? 'text::jsonb' : type}`);
  return {
    name: fullName,
    signature: types.join(', '),
    ddl: `create or replace function ${fullName}${text}`,
    isOfDomain,
    call: `${fullName}(${given.join(', ')})`,
  };
}

/** Does this statement call one of them? Then it writes, although it begins as a read does. */
export function callsFunction(text: string): boolean {
  return /\b\w+_[0-9a-f]{8}\(\$1::uuid/.test(text);
}

/**
 * Holds the domain until the transaction ends: what its decisions rest on changes before it or after it, and never in between. Nobody who holds it
 * waits for another who does. `next_version` is the other side.
 */
export const holdDomain = 'perform pg_advisory_xact_lock_shared(hashtextextended(p_domain::text, 1));';

/** For `set` of an update of `domains`: its version moves on, as soon as nobody holds the domain. */
export const movesOn = 'version = next_version(id, version)';

/**
 * Goes on only while the API key in `p_by` is good, or none was given: until the transaction ends it is not revoked. It asks the clock after that.
 * @param held `DOMAIN`: by many at once, in functions of a domain. `KEY`: by one at a time, in what writes tables that all machines have: their rows
 *   are not held for share, since a cluster locks such a table as a whole, and lets two hold it who then wait for each other
 * @param otherwise what is done where it is not, and returns
 */
export function onlyWhileGood(held: 'DOMAIN' | 'KEY', otherwise: string): string {
  return `if p_by is not null then${held === 'DOMAIN' ? `\n    ${holdDomain}` : ''}
    select k.exp into v_exp from api_keys k
    where k.domain_id = p_domain and k.id = p_by and k.revoked_at is null${held === 'KEY' ? ' for no key update' : ''};
    if not found or v_exp <= app_now() then ${otherwise} end if;
  end if;`;
}

/** The variable of `onlyWhileGood`. */
export const keyVariable = 'v_exp timestamptz';
