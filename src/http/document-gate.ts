import { type DocumentNode, type GraphQLError, getOperationAST, type OperationTypeNode } from 'graphql';
import { processRegularResult, type YogaServerInstance } from 'graphql-yoga';
import type { OpenRequest } from './caller-request.ts';
import type { DocumentQueue } from './document-queue.ts';
import type { DoorContext, DoorPlugin } from './door-context.ts';
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
  return (text, openRequest) => {
    if (typeof text !== 'string' || kept.use(text, openRequest.clientAddress)) return null;
    return queue.run(openRequest.clientAddress, () => {
      // Another may have brought it meanwhile, and whoever has gone needs it no more.
      if (kept.find(text) === undefined && !openRequest.isOver) look(getEnveloped({ openRequest }), text);
    });
  };
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
