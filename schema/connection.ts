import type { Page } from '../src/services/page.ts';
import { builder, type Types } from './builder.ts';
import { ask } from './guard.ts';

type PageEnds = Pick<Page<unknown>, 'items' | 'hasNextPage' | 'hasPreviousPage'>;

const PageInfo = builder.objectRef<PageEnds>('PageInfo').implement({
  description: 'Where a page stands in its list, as Relay defines it.',
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', {
      description: 'True: more follow; ask again with `after: endCursor`.',
    }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', {
      description: 'True: more come before; where the field takes it, ask again with `before: startCursor`.',
    }),
    startCursor: t.string({
      nullable: true,
      description: 'Cursor of the first edge of this page; null on an empty page.',
      resolve: ({ items }) => items[0]?.cursor ?? null,
    }),
    endCursor: t.string({
      nullable: true,
      description: 'Cursor of the last edge of this page: hand it back as `after`. Null on an empty page.',
      resolve: ({ items }) => items.at(-1)?.cursor ?? null,
    }),
  }),
});

type NodeRef<T> = PothosSchemaTypes.ObjectRef<Types, T> | PothosSchemaTypes.InterfaceRef<Types, T>;
type Unmade<T> = PothosSchemaTypes.ImplementableObjectRef<Types, T>;
type Edge<T> = Page<T>['items'][number];

interface Words {
  /** What the list holds and in which order, as a sentence. */
  readonly description: string;
  /** With a field `totalCount`. */
  readonly counted?: true;
}

/** Declares `<name>Connection` and `<name>Edge` over pages of that node. */
export function connectionOf<T extends object>(
  name: string,
  node: NodeRef<T>,
  words: Words,
): PothosSchemaTypes.ObjectRef<Types, Page<T>> {
  const connection = builder.objectRef<Page<T>>(`${name}Connection`);
  const edge = builder.objectRef<Edge<T>>(`${name}Edge`);
  implementEdge(edge, node);
  implementConnection(connection, edge, node, words);
  return connection;
}

function implementEdge(edge: Unmade<Edge<object>>, node: NodeRef<object>): void {
  edge.implement({
    description: `One ${node.name} in a list, with its place there.`,
    fields: (t) => ({
      node: t.expose('item', { type: node, description: `The ${node.name} at this place.` }),
      cursor: t.exposeString('cursor', {
        description: 'The place of this edge in its list: opaque, to be handed back as `after` or `before`.',
      }),
    }),
  });
}

function implementConnection(
  connection: Unmade<Page<object>>,
  edge: Unmade<Edge<object>>,
  node: NodeRef<object>,
  { description, counted }: Words,
): void {
  connection.implement({
    description,
    fields: (t) => ({
      edges: t.expose('items', { type: [edge], description: 'This page, each with its cursor.' }),
      nodes: t.field({
        type: [node],
        description: 'This page without cursors, in the same order as `edges`.',
        resolve: ({ items }) => items.map(({ item }) => item),
      }),
      pageInfo: t.field({
        type: PageInfo,
        description: 'Whether more follow, and from where on.',
        resolve: (page) => page,
      }),
    }),
  });
  if (!counted) return;
  builder.objectField(connection, 'totalCount', (t) =>
    t.int({
      description: 'How many there are in the whole list, whatever the page. Counted only where it is selected.',
      resolve: ({ totalCount }, args, context) => ask(context, args, () => context.services.safely(totalCount)),
    }),
  );
}

type ArgBuilder = PothosSchemaTypes.InputFieldBuilder<Types, 'Arg'>;

/** The arguments of every list: how many, and from where on. */
export function pageArgs(arg: Pick<ArgBuilder, 'int' | 'string'>) {
  return {
    first: arg.int({ description: 'How many at most: 1 to 100, 50 when left out.' }),
    after: arg.string({ description: 'Only what follows this cursor: `pageInfo.endCursor` of the page before.' }),
  };
}
