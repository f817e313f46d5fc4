import { type DocumentNode, type ExecutionArgs, type GraphQLError, getOperationAST, OperationTypeNode } from 'graphql';
import type { Context, ServerOptions, SubscribePayload } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Elsewhere } from '../rules/caller.ts';
import { isReadable, OpenRequest, readBearer } from './caller-request.ts';
import type { WorkSlots } from './capacity.ts';
import type { Engine } from './engine.ts';
import { Frames, type SendFrame, toPublicResult } from './frames.ts';
import type { Limits } from './limits.ts';
import type { Subscribed } from './operation-guard.ts';
import { requestError, tooMany, toPublicError, unavailable } from './protocol-error.ts';
import { findInParams } from './sent-elsewhere.ts';
import { goingAway } from './socket.ts';

/** The client of a socket, and its open operations. */
export interface SocketCaller {
  readonly socket: WebSocket;
  readonly send: SendFrame;
  readonly clientAddress: string;
  /** The credential of the upgrade's Authorization header, until `connection_init` brings one. */
  bearer: string | null;
  /** Without one: where else something came that looks like a credential. */
  sentElsewhere: Elsewhere | null;
  /** Says whether the socket has no open operation. */
  readonly setQuiet: (isQuiet: boolean) => void;
  /** By the payload that opened it. */
  readonly open: Map<SubscribePayload, { readonly request: OpenRequest; isSingle: boolean }>;
}

type InitParams = Record<string, unknown> | undefined;
type SocketContext = Context<InitParams, SocketCaller>;

/** An operation, and where its answers go. */
type AnswerTarget = { readonly request: OpenRequest; readonly id: string; readonly send: SendFrame };

export interface SocketOperationsOptions {
  readonly engine: Engine;
  readonly limits: Limits;
  readonly slots: WorkSlots;
  readonly isClosing: () => boolean;
}

/** Does this socket have a query or mutation that was not answered yet? */
export function isBusy({ open }: SocketCaller): boolean {
  return [...open.values()].some(({ isSingle }) => isSingle);
}

/** Answers what graphql-ws asks at each step of a socket's life, by the engine with all its guards. */
export function createSocketOperations(options: SocketOperationsOptions): ServerOptions<InitParams, SocketCaller> {
  const { engine, limits } = options;
  const asked = new WeakMap<ExecutionArgs, AnswerTarget>();
  return {
    connectionInitWaitTimeout: limits.connectionInitMs,
    onConnect: ({ connectionParams, extra }) => readCredential(connectionParams, extra),
    async onSubscribe(context, id, payload) {
      const refusal = refuseOperation(options, context);
      if (refusal) return [refusal];
      const { bearer, sentElsewhere, clientAddress, open, send } = context.extra;
      const request = new OpenRequest({ bearer, sentElsewhere, clientAddress, isGet: false, transport: 'ws' });
      // Whatever ends the socket or the operation now also ends the request.
      const operation = { request, isSingle: false };
      open.set(payload, operation);
      context.extra.setQuiet(false);
      const prepared = await prepare(engine, request, payload);
      if ('errors' in prepared) {
        end(context.extra, payload);
        return prepared.errors.map(engine.maskError);
      }
      operation.isSingle = prepared.isSingle;
      asked.set(prepared.args, { request, id, send });
      return prepared.args;
    },
    execute: (args) =>
      takingSlot(options.slots, asked.get(args)?.request.clientAddress ?? '', () => engine.execute(args)),
    subscribe: async (args) => answering(asked.get(args), await engine.subscribe(args)),
    // Of a query or a mutation, and of a subscription that did not begin.
    onNext: (_context, _id, _payload, _args, result) => result.errors && toPublicResult(result),
    onError: (_context, _id, _payload, errors) =>
      errors.map((error) => toPublicError(engine.maskError(error)).toJSON()),
    onComplete({ extra }, _id, payload) {
      end(extra, payload);
      // The client gets the message about it first.
      if (options.isClosing() && !isBusy(extra)) setImmediate(goingAway, extra.socket);
    },
    onClose({ extra: { open } }) {
      for (const { request } of open.values()) request.end();
      open.clear();
    },
  };
}

function end({ open, setQuiet, socket }: SocketCaller, payload: SubscribePayload): void {
  open.get(payload)?.request.end();
  open.delete(payload);
  if (open.size === 0 && socket.readyState === socket.OPEN) setQuiet(true);
}

/** Accepts every credential that can be read, valid or not: each operation checks it by itself. */
function readCredential(params: InitParams, caller: SocketCaller): boolean {
  const authorization = params?.authorization ?? params?.Authorization;
  if (authorization === undefined || authorization === null) {
    if (caller.bearer === null) caller.sentElsewhere = findInParams(params) ?? caller.sentElsewhere;
    return true;
  }
  if (typeof authorization === 'string' && isReadable(authorization)) {
    caller.bearer = readBearer(authorization);
    return true;
  }
  caller.socket.close(4400, 'authorization must have the form: Bearer <credential>');
  return false;
}

function refuseOperation({ limits, isClosing }: SocketOperationsOptions, context: SocketContext): GraphQLError | null {
  if (isClosing()) return unavailable(false);
  const running = Object.keys(context.subscriptions).length;
  return running > limits.operationsPerSocket ? tooMany('Too many operations at once on this socket.') : null;
}

type Errors = { readonly errors: readonly unknown[] };
type Prepared = Errors | { readonly args: ExecutionArgs; readonly isSingle: boolean };

async function prepare(engine: Engine, request: OpenRequest, payload: SubscribePayload): Promise<Prepared> {
  try {
    const refusal = await engine.know(payload.query, request);
    if (refusal !== null) return { errors: [refusal] };
    const document = engine.findValid(payload.query) ?? readDocument(engine, request, payload.query);
    if ('errors' in document) return document;
    holdOnce(payload, document);
    const { operationName, variables: variableValues } = payload;
    const operation = getOperationAST(document, operationName);
    if (!operation) {
      return {
        errors: [
          requestError(
            'OPERATION_RESOLUTION_FAILURE',
            'The document must contain an operation. If it contains several, operationName must name one of them.',
          ),
        ],
      };
    }
    const contextValue = await engine.createContext(request);
    return {
      args: { schema: engine.schema, document, operationName, variableValues, contextValue },
      isSingle: operation.operation !== OperationTypeNode.SUBSCRIPTION,
    };
  } catch (error) {
    return { errors: [error] };
  }
}

/** graphql-ws keeps the message that asked as long as its stream. All of them hold the text of the document that is known, and not one each. */
function holdOnce(payload: SubscribePayload, { loc }: DocumentNode): void {
  if (loc !== undefined && loc.source.body === payload.query) Object.assign(payload, { query: loc.source.body });
}

/** @throws {GraphQLError} where it cannot be parsed */
function readDocument(engine: Engine, openRequest: OpenRequest, text: string): DocumentNode | Errors {
  const { schema, parse, validate } = engine.prepare(openRequest);
  const document: DocumentNode = parse(text);
  const errors: readonly GraphQLError[] = validate(schema, document);
  return errors.length > 0 ? { errors } : document;
}

/** The stream ends with its request, and with the socket: graphql-ws knows streams by their id alone, and forgets one of two that had the same. */
function answering(asked: AnswerTarget | undefined, subscribed: Subscribed): Subscribed {
  if (asked === undefined || !(Symbol.asyncIterator in subscribed)) return subscribed;
  asked.request.holdStream(subscribed);
  return new Frames(subscribed, asked.id, asked.send);
}

async function takingSlot<T>(slots: WorkSlots, address: string, work: () => Promise<T>) {
  const full = slots.enter(address);
  if (full !== null) return { errors: [full] };
  try {
    return await work();
  } finally {
    slots.leave(address);
  }
}
