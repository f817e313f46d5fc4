import type { Page } from '../src/services/page.ts';
import { builder, type Types } from './builder.ts';
import { ask } from './guard.ts';

type PageEnds = Pick<Page<unknown>, 'items' | 'hasNextPage' | 'hasPreviousPage'>;

const PageInfo = builder.objectRef<PageEnds>('PageInfo').implement({
  description: 'The position of a page in its list, as Relay defines it.',
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', {
      description: 'True: there are more after this page. To read them, send `after: endCursor`.',
    }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', {
      description:
        'True: there are more before this page. To read them, send `before: startCursor` if the field has that argument.',
    }),
    startCursor: t.string({
      nullable: true,
      description: 'Cursor of the first edge of this page. Null on an empty page.',
      resolve: ({ items }) => items[0]?.cursor ?? null,
    }),
    endCursor: t.string({
      nullable: true,
      description:
        'Cursor of the last edge of this page. Send it as `after` to get the next page. Null on an empty page.',
      resolve: ({ items }) => items.at(-1)?.cursor ?? null,
    }),
  }),
});

type NodeRef<T> = PothosSchemaTypes.ObjectRef<Types, T> | PothosSchemaTypes.InterfaceRef<Types, T>;
type Unmade<T> = PothosSchemaTypes.ImplementableObjectRef<Types, T>;
type Edge<T> = Page<T>['items'][number];

interface ListWords {
  /** What the list holds and in which order, as a sentence. */
  readonly description: string;
  /** With a field `totalCount`. */
  readonly counted?: true;
}

/** Declares `<name>Connection` and `<name>Edge` over pages of that node. */
export function connectionOf<T extends object>(
  name: string,
  node: NodeRef<T>,
  words: ListWords,
): PothosSchemaTypes.ObjectRef<Types, Page<T>> {
  const connection = builder.objectRef<Page<T>>(`${name}Connection`);
  const edge = builder.objectRef<Edge<T>>(`${name}Edge`);
  implementEdge(edge, node);
  implementConnection(connection, edge, node, words);
  return connection;
}

function implementEdge(edge: Unmade<Edge<object>>, node: NodeRef<object>): void {
  edge.implement({
    description: `One ${node.name} in a list, with its cursor.`,
    fields: (t) => ({
      node: t.expose('item', { type: node, description: `The ${node.name} itself.` }),
      cursor: t.exposeString('cursor', {
        description: 'The position of this edge in its list. It is opaque; send it back as `after` or `before`.',
      }),
    }),
  });
}

function implementConnection(
  connection: Unmade<Page<object>>,
  edge: Unmade<Edge<object>>,
  node: NodeRef<object>,
  { description, counted }: ListWords,
): void {
  connection.implement({
    description,
    fields: (t) => ({
      edges: t.expose('items', { type: [edge], description: 'The items of this page, each with its cursor.' }),
      nodes: t.field({
        type: [node],
        description: 'The items of this page without cursors, in the same order as `edges`.',
        resolve: ({ items }) => items.map(({ item }) => item),
      }),
      pageInfo: t.field({
        type: PageInfo,
        description: 'Whether there are more pages, and the cursors to read them.',
        resolve: (page) => page,
      }),
    }),
  });
  if (!counted) return;
  builder.objectField(connection, 'totalCount', (t) =>
    t.int({
      description: 'The number of items in the whole list. The service counts them only if you select this field.',
      resolve: ({ totalCount }, args, context) => ask(context, args, totalCount),
    }),
  );
}

type ArgBuilder = PothosSchemaTypes.InputFieldBuilder<Types, 'Arg'>;

/** The arguments of every list: how many items, and after or before which one. */
export function pageArgs(arg: Pick<ArgBuilder, 'int' | 'string'>) {
  return {
    first: arg.int({ description: 'The maximum number of items: 1 to 100. Default: 50.' }),
    after: arg.string({ description: 'Only items after this cursor: `pageInfo.endCursor` of the previous page.' }),
  };
}
