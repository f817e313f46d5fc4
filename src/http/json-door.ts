import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  getOperationAST,
  type OperationDefinitionNode,
} from 'graphql';
import { processRegularResult } from 'graphql-yoga';
import type { OpenRequest } from './caller-request.ts';
import type { Engine } from './engine.ts';
import type { MediaType } from './media-type.ts';

/**
 * Answers a plain JSON request. Null: this request is for Yoga, and nothing of it was executed. An error: nobody looked at its document.
 */
export type JsonDoor = (
  mediaType: MediaType | null,
  body: string,
  openRequest: OpenRequest,
) => Promise<Response | GraphQLError | null>;

interface OperationParams {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>> | null | undefined;
  readonly operationName: string | null | undefined;
}

/**
 * The thin door answers nearly all requests, without the detour of Yoga's request and response. It answers exactly as Yoga does, and leaves
 * everything unusual to Yoga: other JSON, unknown parameters, documents that are not valid, an unclear operation, subscriptions.
 */
export function createJsonDoor(engine: Engine): JsonDoor {
  return async (mediaType, body, openRequest) => {
    const params = mediaType === null ? null : readParams(body);
    if (mediaType === null || params === null) return null;
    const refusal = await engine.know(params.query, openRequest);
    if (refusal !== null) return refusal;
    const document = engine.findValid(params.query);
    if (document === null) return null;
    const asked = findSingle(document, params);
    if (asked === null) return null;
    // The operation may be executed now, so whatever happens is answered here.
    const result = await execute(engine, openRequest, { document, asked, params });
    return processRegularResult(result, engine.yoga.fetchAPI, mediaType);
  };
}

/** The operation that is meant, if that is clear and it has a single answer. */
function findSingle(document: DocumentNode, { operationName }: OperationParams): OperationDefinitionNode | null {
  const operation = getOperationAST(document, operationName) ?? null;
  return operation?.operation === 'subscription' ? null : operation;
}

interface Single {
  readonly document: DocumentNode;
  readonly asked: OperationDefinitionNode;
  readonly params: OperationParams;
}

async function execute(
  engine: Engine,
  openRequest: OpenRequest,
  { document, asked, params }: Single,
): Promise<ExecutionResult> {
  const { schema, maskError } = engine;
  const { variables: variableValues, operationName } = params;
  try {
    const contextValue = await engine.createContext(openRequest, asked);
    return await engine.execute({ schema, document, contextValue, variableValues, operationName });
  } catch (error) {
    return { errors: [maskError(error)] };
  }
}

function readParams(body: string): OperationParams | null {
  let params: unknown;
  try {
    params = JSON.parse(body);
  } catch {
    return null;
  }
  if (!isObject(params)) return null;
  const { query, variables, operationName, extensions, ...rest } = params;
  if (Object.keys(rest).length > 0 || typeof query !== 'string' || query === '') return null;
  if (!isObjectOrLeftOut(variables) || !isObjectOrLeftOut(extensions)) return null;
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') return null;
  return { query, variables, operationName };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isObjectOrLeftOut(value: unknown): value is Record<string, unknown> | null | undefined {
  return value === undefined || value === null || isObject(value);
}
