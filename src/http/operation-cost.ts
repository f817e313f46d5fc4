import {
  type ConstValueNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  type InlineFragmentNode,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Limits } from './limits.ts';

type Variables = Readonly<Record<string, unknown>> | null | undefined;
interface Sizes extends Pick<Limits, 'listSize' | 'pageSize' | 'lookupCost'> {
  /** What a plain field counts, of an object that counts 1. */
  readonly plainField?: number;
}

/**
 * Counts how many objects an operation of a valid document may ask for. A connection counts as many as `first` or `last` says, or `pageSize`
 * without them. A list of given `ids` counts the ids, each with a look-up. Any other list counts `listSize`. Introspection costs nothing:
 * graphql-js limits it itself.
 */
export function createCostOf(schema: GraphQLSchema, sizes: Sizes) {
  const fixed = new WeakMap<OperationDefinitionNode, number>();
  return (document: DocumentNode, operation: OperationDefinitionNode, variables: Variables): number => {
    const known = fixed.get(operation);
    if (known !== undefined) return known;
    const walk = new CostWalk(schema, sizes, document, operation, variables);
    const root = schema.getRootType(operation.operation);
    const cost = root === undefined || root === null ? 0 : walk.costOfSet(operation.selectionSet, root, null);
    // A page's size may come from a variable. If none does, every later call costs the same.
    if (!walk.readsVariables) fixed.set(operation, cost);
    return cost;
  };
}

class CostWalk {
  readsVariables = false;
  readonly #schema: GraphQLSchema;
  readonly #sizes: Sizes;
  readonly #variables: Variables;
  readonly #operation: OperationDefinitionNode;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #costs = new Map<string, number>();

  constructor(
    schema: GraphQLSchema,
    sizes: Sizes,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Variables,
  ) {
    this.#schema = schema;
    this.#sizes = sizes;
    this.#operation = operation;
    this.#variables = variables;
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
    }
  }

  /** @param page how many items the connection of these fields counts */
  costOfSet({ selections }: SelectionSetNode, type: GraphQLNamedType, page: number | null): number {
    let cost = 0;
    // What is asked of one type and of another is never asked of the same object: the dearest counts.
    const ofTypes = new Map<GraphQLNamedType, number>();
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        cost += this.#costOfField(selection, type, page);
        continue;
      }
      const [within, costWithin] = this.#costOfFragment(selection, type, page);
      if (within === type || !isObjectType(within)) cost += costWithin;
      else ofTypes.set(within, (ofTypes.get(within) ?? 0) + costWithin);
    }
    return cost + Math.max(0, ...ofTypes.values());
  }

  #costOfFragment(
    selection: FragmentSpreadNode | InlineFragmentNode,
    type: GraphQLNamedType,
    page: number | null,
  ): readonly [GraphQLNamedType, number] {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const within = this.#narrow(selection.typeCondition?.name.value, type);
      return [within, this.costOfSet(selection.selectionSet, within, page)];
    }
    const name = selection.name.value;
    const within = this.#narrow(this.#fragments.get(name)?.typeCondition.name.value, type);
    return [within, this.#costOfSpread(name, page)];
  }

  #costOfSpread(name: string, page: number | null): number {
    const key = `${page} ${name}`;
    const known = this.#costs.get(key);
    if (known !== undefined) return known;
    const fragment = this.#fragments.get(name);
    const type = fragment && this.#schema.getType(fragment.typeCondition.name.value);
    const cost = fragment && type ? this.costOfSet(fragment.selectionSet, type, page) : 0;
    this.#costs.set(key, cost);
    return cost;
  }

  #narrow(name: string | undefined, type: GraphQLNamedType): GraphQLNamedType {
    return (name === undefined ? undefined : this.#schema.getType(name)) ?? type;
  }

  #costOfField(node: FieldNode, parent: GraphQLNamedType, page: number | null): number {
    const { selectionSet } = node;
    if (selectionSet === undefined) return this.#sizes.plainField ?? 0;
    if (!(isObjectType(parent) || isInterfaceType(parent))) return 0;
    const field = parent.getFields()[node.name.value];
    const type = field && getNamedType(field.type);
    if (field === undefined || !isCompositeType(type)) return 0;
    if (isList(field) && field.args.some(({ name }) => name === 'ids')) {
      return this.#countIds(node) * (this.#sizes.lookupCost + 1 + this.costOfSet(selectionSet, type, null));
    }
    const isPaged = field.args.some(({ name }) => name === 'first' || name === 'last');
    const ownPage = isPaged ? this.#pageSizeOf(node, field) : null;
    const items = isList(field) ? (ownPage ?? page ?? this.#sizes.listSize) : 1;
    return items * (1 + this.costOfSet(selectionSet, type, ownPage));
  }

  #countIds(node: FieldNode): number {
    const value = node.arguments?.find((argument) => argument.name.value === 'ids')?.value;
    if (value?.kind === Kind.LIST) return value.values.length;
    if (value?.kind !== Kind.VARIABLE) return 1;
    const given = this.#valueOf(value.name.value);
    if (Array.isArray(given)) return given.length;
    const byDefault = this.#defaultOf(value.name.value);
    return byDefault?.kind === Kind.LIST ? byDefault.values.length : 1;
  }

  #pageSizeOf(node: FieldNode, field: GraphQLField<unknown, unknown>): number {
    const asked = ['first', 'last'].map((name) => {
      const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
      if (value?.kind === Kind.INT) return Number(value.value);
      if (value?.kind === Kind.VARIABLE) return this.#readVariable(value.name.value);
      const byDefault = field.args.find((argument) => argument.name === name)?.defaultValue;
      return typeof byDefault === 'number' ? byDefault : 0;
    });
    const size = Math.max(...asked);
    // Sizes below one are for the service to refuse.
    return size >= 1 ? size : this.#sizes.pageSize;
  }

  #valueOf(variable: string): unknown {
    this.readsVariables = true;
    return this.#variables?.[variable];
  }

  #readVariable(name: string): number {
    const given = this.#valueOf(name);
    if (typeof given === 'number') return given;
    const byDefault = this.#defaultOf(name);
    return byDefault?.kind === Kind.INT ? Number(byDefault.value) : 0;
  }

  #defaultOf(name: string): ConstValueNode | undefined {
    const definitions = this.#operation.variableDefinitions ?? [];
    return definitions.find(({ variable }) => variable.name.value === name)?.defaultValue;
  }
}

function isList({ type }: GraphQLField<unknown, unknown>): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}
