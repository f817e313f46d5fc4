import {
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  OperationTypeNode,
} from 'graphql';
import type { Limits } from './limits.ts';
import { createCostOf } from './operation-cost.ts';
import type { OperationGuard } from './operation-guard.ts';
import { tooMany } from './protocol-error.ts';
import { Purses } from './purses.ts';

/** Who pays for an operation: the person, if it is known who asks, and everybody at the address. */
export interface Payer {
  readonly person: string | null;
  readonly address: string;
}

/** What a plain field counts, of an object that counts 1. */
const plainField = 0.1;

/** Null: whoever asks pays nothing. */
export type PayerOf = (context: unknown) => Payer | null;

/** Operations below this cost nothing: what a page asks for again and again, and above all whatever ends something. */
const smallest = 100;
/** A subscription is executed once for each event. It pays for some of them when it begins. */
const eventsPaid = 10;
/** What was asked for and not there is given back, but for this part: looking costs something too. */
const keptPart = 0.1;
/** Where the address has nothing left, whoever has taken no more than this goes on. */
const modest = { capacity: 5_000, perSecond: 100 };
const mostPurses = 50_000;

/**
 * What people read has a budget too, or a guest of a large room could ask for all of it without end and take a core. Each operation is
 * charged what it asks for, its objects and a tenth for each plain field, before it runs, and is given back what was not there. A process
 * counts by itself, in memory, so that reading writes nothing. A thousand take 13 to 30 ms. Whoever shows nothing has the budget of others
 * who show nothing there, and takes nothing from people.
 */
export function limitWork(schema: GraphQLSchema, limits: Limits, payerOf: PayerOf): OperationGuard {
  const workOf = createCostOf(schema, { ...limits, plainField });
  const { charge, waitSeconds } = createWorkPurses(limits);
  const charged = new WeakMap<ExecutionArgs, { readonly payer: Payer; readonly work: number }>();
  const giveBack = (args: ExecutionArgs, { data }: ExecutionResult): void => {
    const known = charged.get(args);
    if (known === undefined) return;
    const rest = known.work - Math.max(known.work * keptPart, workIn(data));
    if (rest > 0) charge(known.payer, -rest);
  };
  return {
    refuse(args) {
      const { document, operationName, variableValues, contextValue } = args;
      const operation = getOperationAST(document, operationName);
      if (!operation) return [];
      const isSubscription = operation.operation === OperationTypeNode.SUBSCRIPTION;
      const work = workOf(document, operation, variableValues) * (isSubscription ? eventsPaid : 1);
      const payer = work < smallest ? null : payerOf(contextValue);
      if (payer === null) return [];
      const seconds = waitSeconds(payer);
      if (seconds > 0) return [askedForMuch(seconds)];
      charge(payer, work);
      if (!isSubscription) charged.set(args, { payer, work });
      return [];
    },
    around(args, run) {
      const outcome = run();
      if (!charged.has(args)) return outcome;
      if (outcome instanceof Promise) void outcome.then((result) => giveBack(args, result)).catch(() => undefined);
      else giveBack(args, outcome);
      return outcome;
    },
  };
}

/** What everybody has left: each person, and all at an address. */
function createWorkPurses(limits: Limits) {
  const persons = new Purses({ capacity: limits.workPerPerson, perSecond: limits.workPerPersonPerSecond }, mostPurses);
  const modestOnes = new Purses(modest, mostPurses);
  const ofAll = { capacity: limits.workPerAddress, perSecond: limits.workPerAddressPerSecond };
  const addresses = new Purses(ofAll, mostPurses);
  const addressOf = ({ person, address }: Payer) => (person === null ? `nobody ${address}` : address);
  return {
    charge: (payer: Payer, work: number): void => {
      addresses.charge(addressOf(payer), work);
      if (payer.person === null) return;
      persons.charge(payer.person, work);
      modestOnes.charge(payer.person, work);
    },
    waitSeconds: (payer: Payer): number => {
      const ofAddress = addresses.debtSeconds(addressOf(payer));
      if (payer.person === null) return ofAddress;
      return Math.max(persons.debtSeconds(payer.person), Math.min(ofAddress, modestOnes.debtSeconds(payer.person)));
    },
  };
}

/** What an answer holds, as `createCostOf` counts what is asked for. */
function workIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + workIn(item), 0);
  if (typeof value !== 'object' || value === null) return plainField;
  let work = 1;
  for (const field of Object.values(value)) work += workIn(field);
  return work;
}

function askedForMuch(waitSeconds: number): GraphQLError {
  const message =
    'You, or others at this address, have asked for too many objects in a short time. Nothing was done. Wait, ask for fewer fields and smaller pages, and subscribe instead of asking again.';
  return tooMany(message, Math.ceil(waitSeconds));
}
