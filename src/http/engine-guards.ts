import {
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  isIntrospectionType,
  parse,
  type ValidationRule,
} from 'graphql';
import type { DoorPlugin } from './caller-request.ts';
import { checkDocumentSize, nestingOf } from './document-size.ts';
import type { Limits } from './limits.ts';
import { createCostOf } from './operation-cost.ts';
import type { OperationGuard } from './operation-guard.ts';
import { limitExceeded, unavailable } from './protocol-error.ts';

/** The schema is not read out. What a client names itself it may ask for by name and kind, as the GraphQL-over-HTTP audits do. */
export function refuseIntrospection(): DoorPlugin {
  return { onValidate: ({ addValidationRule }) => addValidationRule(noIntrospectionRule) };
}

const harmlessFields: ReadonlySet<string> = new Set(['name', 'kind', '__typename']);

const noIntrospectionRule: ValidationRule = (context) => ({
  Field(node) {
    const name = node.name.value;
    const parent = context.getParentType();
    const isWithin = parent !== null && parent !== undefined && isIntrospectionType(parent);
    if (name !== '__schema' && !(isWithin && !harmlessFields.has(name))) return undefined;
    context.reportError(
      new GraphQLError('Introspection is switched off. Read the schema at /schema.graphql.', { nodes: node }),
    );
    return false;
  },
});

/** Checks length, nesting and tokens before parsing, and the document's size before the costly rules of validation. */
export function limitDocuments(limits: Limits): DoorPlugin {
  return {
    onParse({ params, setParseFn }) {
      if (params.source.toString().length > limits.documentCharacters) {
        throw limitExceeded('documentCharacters', limits.documentCharacters);
      }
      setParseFn((source, options) => {
        if (nestingOf(source.toString()) > limits.nesting) throw limitExceeded('nesting', limits.nesting);
        return parse(source, { ...options, maxTokens: limits.documentTokens });
      });
    },
    onValidate({ params, setResult }) {
      const excess = checkDocumentSize(params.documentAST, limits);
      if (excess.length > 0) setResult([...excess]);
    },
  };
}

/** Refuses an operation that may ask for too many objects. It runs with the variables, which validation does not know. */
export function limitCost(schema: GraphQLSchema, limits: Limits): OperationGuard {
  const costOf = createCostOf(schema, limits);
  return {
    refuse({ document, operationName, variableValues }) {
      const operation = getOperationAST(document, operationName);
      if (!operation || costOf(document, operation, variableValues) <= limits.cost) return [];
      return [limitExceeded('cost', limits.cost)];
    },
  };
}

/** Makes each request the owner of its stream from the start: the stream ends with the request, whatever a door did with it. */
export function holdStreams(): DoorPlugin {
  return {
    onSubscribe({ args: { contextValue } }) {
      return {
        onSubscribeResult({ result }) {
          if (!(Symbol.asyncIterator in result)) return;
          contextValue.openRequest.holdStream(result[Symbol.asyncIterator]());
        },
      };
    },
  };
}

/** Answers UNAVAILABLE if a query or mutation takes too long. The operation goes on; only the waiting ends. */
export function limitTime(deadlineMs: number): OperationGuard {
  return {
    around({ document, operationName }, run) {
      const result = run();
      if (!(result instanceof Promise)) return result;
      return beforeDeadline(result, deadlineMs, () => {
        const isMutation = getOperationAST(document, operationName)?.operation === 'mutation';
        return { errors: [unavailable(isMutation)] };
      });
    },
  };
}

function beforeDeadline(
  work: Promise<ExecutionResult>,
  deadlineMs: number,
  answerLate: () => ExecutionResult,
): Promise<ExecutionResult> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(answerLate()), deadlineMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
