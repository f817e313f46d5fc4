import { type ExecutionArgs, type ExecutionResult, execute, type GraphQLError } from 'graphql';
import type { DoorPlugin } from './caller-request.ts';

/** What an operation comes to, now or later. */
export type Execution = ExecutionResult | Promise<ExecutionResult>;

/** What stands before, or around, each operation of a valid document, whichever door it came through. */
export interface OperationGuard {
  /** Why it does not run. Nothing: it may. */
  readonly refuse?: (args: ExecutionArgs) => readonly GraphQLError[];
  /** Runs a query or mutation. Of several guards the first is the outermost. */
  readonly around?: (args: ExecutionArgs, run: () => Execution) => Execution;
}

/** A query or mutation of a valid document, with all guards, and errors as the client may see them. Never throws. */
export type ExecuteGuarded = (args: ExecutionArgs) => Promise<ExecutionResult>;

/** A subscription's answers, or why there are none. */
export type Subscribed = AsyncIterableIterator<ExecutionResult> | ExecutionResult;

/** Begins a subscription of a valid document, with all guards that refuse. Never throws. */
export type SubscribeGuarded = (args: ExecutionArgs) => Promise<Subscribed>;

/** What a client may see of a result. */
export type MaskResult = (result: ExecutionResult) => ExecutionResult;

export function createMaskResult(maskError: (error: unknown) => GraphQLError): MaskResult {
  return (result) => (result.errors === undefined ? result : { ...result, errors: result.errors.map(maskError) });
}

/** Runs operations by graphql-js itself. Yoga's way through its hooks comes to the same, and takes longer. */
export function createExecuteGuarded(
  guards: readonly OperationGuard[],
  maskError: (error: unknown) => GraphQLError,
): ExecuteGuarded {
  const run = runWithin(guards);
  const maskResult = createMaskResult(maskError);
  return async (args) => {
    try {
      return maskResult(await run(args, () => execute(args)));
    } catch (error) {
      return { errors: [maskError(error)] };
    }
  };
}

/** @param subscribe gives answers whose errors are masked */
export function createSubscribeGuarded(
  guards: readonly OperationGuard[],
  maskError: (error: unknown) => GraphQLError,
  subscribe: (args: ExecutionArgs) => Promise<Subscribed>,
): SubscribeGuarded {
  return async (args) => {
    const errors = refusalOf(guards, args);
    if (errors.length > 0) return { errors: errors.map(maskError) };
    try {
      return await subscribe(args);
    } catch (error) {
      return { errors: [maskError(error)] };
    }
  };
}

/** The same guards for what Yoga runs. */
export function guardOperations(guards: readonly OperationGuard[]): DoorPlugin {
  const run = runWithin(guards);
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn((args) => run(args, () => executeFn(args)));
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const errors = refusalOf(guards, args);
      if (errors.length > 0) setResultAndStopExecution({ errors });
    },
  };
}

function runWithin(guards: readonly OperationGuard[]) {
  return (args: ExecutionArgs, work: () => Execution): Execution => {
    const guarded = () => {
      const errors = refusalOf(guards, args);
      return errors.length > 0 ? { errors } : work();
    };
    return guards.reduceRight<() => Execution>(
      (inner, { around }) => (around === undefined ? inner : () => around(args, inner)),
      guarded,
    )();
  };
}

function refusalOf(guards: readonly OperationGuard[], args: ExecutionArgs): readonly GraphQLError[] {
  for (const { refuse } of guards) {
    const errors = refuse?.(args) ?? [];
    if (errors.length > 0) return errors;
  }
  return [];
}
