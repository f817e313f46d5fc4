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

/** Runs operations by graphql-js itself. Yoga's way through its hooks comes to the same, and takes longer. */
export function createExecuteGuarded(
  guards: readonly OperationGuard[],
  maskError: (error: unknown) => GraphQLError,
): ExecuteGuarded {
  const run = runWithin(guards);
  return async (args) => {
    try {
      const result = await run(args, () => execute(args));
      return result.errors === undefined ? result : { ...result, errors: result.errors.map(maskError) };
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
