import { type DocumentNode, type ExecutionResult, getOperationAST, Kind, type OperationDefinitionNode } from 'graphql';
import type { OperationGuard } from './operation-guard.ts';

/** An operation in words from closed sets: its kind, and the first field of the schema that it asks for. */
export interface ObservedOperation {
  readonly type: 'query' | 'mutation';
  readonly field: string;
}

export interface OperationWatch {
  /** Runs the operation. */
  readonly within: <T>(work: () => T) => T;
  /** @param code of the first error; null: there was none */
  readonly end: (code: string | null) => void;
}

/** Is called with each query and mutation as it begins. Must not throw. */
export type ObserveOperation = (operation: ObservedOperation) => OperationWatch;

/** Reports queries and mutations, from all doors. Subscriptions are counted where they are served. */
export function observeOperations(observe: ObserveOperation): OperationGuard {
  const seen = new WeakMap<DocumentNode, Map<string | null, ObservedOperation>>();
  return {
    around({ document, operationName = null }, run) {
      const known = seen.get(document) ?? new Map<string | null, ObservedOperation>();
      const operation = known.get(operationName) ?? describeOperation(document, operationName);
      if (operation === null) return run();
      seen.set(document, known.set(operationName, operation));
      const watch = observe(operation);
      const end = (result: ExecutionResult) => {
        watch.end(codeOf(result));
        return result;
      };
      const result = watch.within(run);
      return result instanceof Promise ? result.then(end) : end(result);
    },
  };
}

function describeOperation(document: DocumentNode, name: string | null): ObservedOperation | null {
  const operation = getOperationAST(document, name);
  if (!operation || operation.operation === 'subscription') return null;
  return { type: operation.operation, field: firstField(document, operation) };
}

/** After validation the name belongs to the schema, so that there are no more names than the schema has. */
function firstField(document: DocumentNode, { selectionSet }: Pick<OperationDefinitionNode, 'selectionSet'>): string {
  const [first] = selectionSet.selections;
  if (first?.kind === Kind.FIELD) return first.name.value;
  const fragment =
    first?.kind === Kind.FRAGMENT_SPREAD
      ? document.definitions.find((one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === first.name.value)
      : first;
  return fragment && 'selectionSet' in fragment && fragment.selectionSet
    ? firstField(document, { selectionSet: fragment.selectionSet })
    : 'unknown';
}

function codeOf({ errors }: ExecutionResult): string | null {
  const error = errors?.[0];
  if (error === undefined) return null;
  const { code } = error.extensions ?? {};
  // An error without a code of its own is masked for the client under this code.
  return typeof code === 'string' ? code : 'INTERNAL_SERVER_ERROR';
}
