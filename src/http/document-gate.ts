import { type DocumentNode, type GraphQLError, getOperationAST, type OperationTypeNode } from 'graphql';
import { processRegularResult, type YogaServerInstance } from 'graphql-yoga';
import type { DoorContext, DoorPlugin, OpenRequest } from './caller-request.ts';
import { networkOf } from './client-address.ts';
import type { DocumentQueue } from './document-queue.ts';
import type { KeptDocuments } from './kept-documents.ts';

type Enveloped = ReturnType<YogaServerInstance<DoorContext, object>['getEnveloped']>;
type GetEnveloped = (context: DoorContext) => Enveloped;

/**
 * Makes sure that a text's document is known, whether valid or not, so that `parse` and `validate` answer at once. A new document waits
 * for its turn. Null: it is known, or it is not a text, which parsing will say. Otherwise: why nobody has looked at it.
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
  /** Texts that wait for a turn. However many requests ask for one text at once, it gets one turn. */
  const waiting = new Map<string, Promise<GraphQLError | null>>();
  const bring = (text: string, openRequest: OpenRequest) => {
    const turn = queue.run(openRequest.clientAddress, () => {
      // A client that has gone no longer needs it.
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
    // If it did not become known, the other request was refused for its own reasons.
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
    // The errors of an invalid document were kept too, and everybody who sends it gets them.
    return null;
  }
}

/**
 * Runs before everything that Yoga does with an operation. The document becomes known, and the door says whether an operation of this
 * type may begin, in this form and at this moment. A refusal here has begun nothing, and is answered as JSON, whatever form was asked for.
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
