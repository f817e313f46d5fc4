import {
  coerceInputValue,
  type ExecutionArgs,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  isInputType,
  type TypeNode,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql';
import type { DoorPlugin } from './caller-request.ts';
import { withoutValues } from './error-masking.ts';
import { requestError } from './protocol-error.ts';

/** So many errors are told; whoever sends more has them before the next try. */
const mostErrors = 10;

/**
 * Says what is wrong with the values of variables, before graphql-js looks at them: for each error that one writes out the whole
 * value, fifty times, and an anonymous request of 95 KB takes it 130 ms, however often it comes. Here each error costs what its
 * own part of the value does. What is not there at all graphql-js says, in as many words as the document has.
 * @param hideSuggestions leaves out suggestions, which would spell the schema out to somebody who guesses
 */
export function checkVariables(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  values: Readonly<Record<string, unknown>>,
  hideSuggestions: boolean,
): readonly GraphQLError[] {
  const errors: GraphQLError[] = [];
  const enough = new Error('enough errors');
  const check = (definition: VariableDefinitionNode) => {
    const name = definition.variable.name.value;
    const type = inputTypeOf(schema, definition.type);
    if (type === null || !Object.hasOwn(values, name) || values[name] === null) return;
    const note = (path: readonly (string | number)[], _value: unknown, { message }: GraphQLError) => {
      errors.push(
        requestError('BAD_REQUEST', `${placeIn(name, path)}: ${withoutValues(message)}`, { nodes: definition }),
      );
      if (errors.length >= mostErrors) throw enough;
    };
    coerceInputValue(values[name], type, note, hideSuggestions);
  };
  try {
    definitions.forEach(check);
  } catch (error) {
    if (error !== enough) throw error;
  }
  return errors;
}

function inputTypeOf(schema: GraphQLSchema, node: TypeNode) {
  const type = typeFromAST(schema, node);
  return isInputType(type) ? type : null;
}

function placeIn(variable: string, path: readonly (string | number)[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return `Variable "$${variable}" got an invalid value${steps === '' ? '' : ` at "${variable}${steps}"`}`;
}

/** Refuses an operation whose variables hold what they cannot. */
export function limitVariables(schema: GraphQLSchema, { hidesSchema }: { readonly hidesSchema: boolean }): DoorPlugin {
  const find = ({ document, operationName, variableValues }: ExecutionArgs): readonly GraphQLError[] => {
    const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? [];
    if (definitions.length === 0) return [];
    return checkVariables(schema, definitions, variableValues ?? {}, hidesSchema);
  };
  return {
    onExecute({ args, setResultAndStopExecution }) {
      const errors = find(args);
      if (errors.length > 0) setResultAndStopExecution({ errors });
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const errors = find(args);
      if (errors.length > 0) setResultAndStopExecution({ errors });
    },
  };
}
