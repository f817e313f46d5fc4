import { type ExecutionArgs, type GraphQLError, type GraphQLSchema, getOperationAST, OperationTypeNode } from 'graphql';
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

/** Null: whoever asks pays nothing. */
export type PayerOf = (context: unknown) => Payer | null;

/** Operations below this cost nothing: what a page asks for again and again, and above all whatever ends something. */
const smallest = 100;
/** A subscription is executed once for each event. It pays for some of them when it begins. */
const eventsPaid = 10;
const mostPurses = 50_000;

/**
 * What people read has a budget too, or a guest of a large room could ask for all of it without end and take a core. Each operation is
 * charged what it asks for, its objects and a tenth for each plain field, before it runs. A process counts by itself, in memory, so that
 * reading writes nothing. A thousand take 13 to 30 ms.
 */
export function limitWork(schema: GraphQLSchema, limits: Limits, payerOf: PayerOf): OperationGuard {
  const workOf = createCostOf(schema, { ...limits, plainField: 0.1 });
  const persons = new Purses({ capacity: limits.workPerPerson, perSecond: limits.workPerPersonPerSecond }, mostPurses);
  const addresses = new Purses(
    { capacity: limits.workPerAddress, perSecond: limits.workPerAddressPerSecond },
    mostPurses,
  );
  const charge = ({ person, address }: Payer, work: number): readonly GraphQLError[] => {
    const ofPerson = person === null ? 0 : persons.debtSeconds(person);
    const waitSeconds = Math.max(ofPerson, addresses.debtSeconds(address));
    if (waitSeconds > 0) return [askedForMuch(waitSeconds)];
    if (person !== null) persons.charge(person, work);
    addresses.charge(address, work);
    return [];
  };
  return {
    refuse({ document, operationName, variableValues, contextValue }: ExecutionArgs) {
      const operation = getOperationAST(document, operationName);
      if (!operation) return [];
      const once = workOf(document, operation, variableValues);
      const work = operation.operation === OperationTypeNode.SUBSCRIPTION ? once * eventsPaid : once;
      const payer = work < smallest ? null : payerOf(contextValue);
      return payer === null ? [] : charge(payer, work);
    },
  };
}

function askedForMuch(waitSeconds: number): GraphQLError {
  const message =
    'You, or others at this address, have asked for too many objects in a short time. Nothing was done. Wait, ask for fewer fields and smaller pages, and subscribe instead of asking again.';
  return tooMany(message, Math.ceil(waitSeconds));
}
