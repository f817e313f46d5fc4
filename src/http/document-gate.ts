import { type DocumentNode, type GraphQLError, getOperationAST, type OperationTypeNode } from 'graphql';
import { processRegularResult, type YogaServerInstance } from 'graphql-yoga';
import type { DoorContext, DoorPlugin, OpenRequest } from './caller-request.ts';
import { networkOf } from './client-address.ts';
import type { DocumentQueue } from './document-queue.ts';
import type { KeptDocuments } from './kept-documents.ts';

type Enveloped = ReturnType<YogaServerInstance<DoorContext, object>['getEnveloped']>;
type GetEnveloped = (context: DoorContext) => Enveloped;

/**
 * Sees to it that a text's document is known, good or not: `parse` and `validate` then answer at once. Where it is new it waits
 * for its turn. Null: it is known, or is no text, which parsing says. Otherwise why nobody has looked at it.
 */
export type KnowDocument = (
  text: unknown,
  openRequest: OpenRequest,
) => Promise<GraphQLError | null> | GraphQLError | null;

export function createKnowDocument(
  kept: KeptDocuments,
  queue: DocumentQueue,
  getEnveloped: GetEnveloped,
): KnowDocument {
  /** Of those that wait for a turn: however many ask for one text at once, it has one. */
  const waiting = new Map<string, Promise<GraphQLError | null>>();
  const bring = (text: string, openRequest: OpenRequest) => {
    const turn = queue.run(openRequest.clientAddress, () => {
      // Whoever has gone needs it no more.
      if (!openRequest.isOver) look(getEnveloped({ openRequest }), text);
    });
    if (turn === null) return null;
    const settled = turn.finally(() => waiting.delete(text));
    waiting.set(text, settled);
    return settled;
  };
  const know: KnowDocument = (text, openRequest) => {
    if (typeof text !== 'string' || kept.use(text, networkOf(openRequest.clientAddress))) return null;
    const turn = waiting.get(text);
    // Where it did not come to be known, that was the other's affair.
    if (turn !== undefined) return turn.then(() => know(text, openRequest));
    return queue.refuse(openRequest.clientAddress) ?? bring(text, openRequest);
  };
  return know;
}

function look({ schema, parse, validate }: Enveloped, text: string): DocumentNode | null {
  try {
    const document: DocumentNode = parse(text);
    return validate(schema, document).length === 0 ? document : null;
  } catch {
    // Why it is none was kept, and is said to whoever asks for it.
    return null;
  }
}

/**
 * Stands before all that Yoga does with an operation: its document becomes known, and its door says whether one of this type may
 * begin, in this form and at this moment. What is refused here has begun nothing, and is answered as JSON whatever was asked for.
 */
export function gateOperations(know: KnowDocument, getEnveloped: GetEnveloped): DoorPlugin {
  const refused = new WeakSet<Request>();
  return {
    async onParams({ params, request, context, setResult }) {
      const { openRequest, begin } = context;
      const typeOf = (): OperationTypeNode | undefined => {
        const document = look(getEnveloped({ openRequest }), String(params.query));
        return document === null ? undefined : getOperationAST(document, params.operationName)?.operation;
      };
      const unknown = await know(params.query, openRequest);
      const type = unknown === null && typeof params.query === 'string' ? typeOf() : undefined;
      const refusal = unknown ?? (type === undefined ? null : (begin?.(type) ?? null));
      if (refusal === null) return;
      refused.add(request);
      setResult({ errors: [refusal] });
    },
    onResultProcess({ request, setResultProcessor }) {
      if (refused.has(request)) setResultProcessor(processRegularResult, 'application/json');
    },
  };
}
