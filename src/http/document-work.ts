import { type DocumentNode, type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';

/**
 * Counts how much work it will be to validate a document, before anybody does it. It counts the steps of "fields can merge", the one rule
 * with a time that grows with the square of its input: that rule compares every two fields of one response name, with everything below
 * them, and every two fragments that meet. Here nobody compares pairs: fields that will be merged are gathered as the rule gathers them,
 * and a gathering of n fields takes n steps, however many pairs it makes.
 *
 * A fragment that is spread twice in one gathering counts once, since nothing compares it with itself. The count ends as soon as it is
 * above `enough`, so that counting never becomes the work that it should save.
 */
export function countMergeSteps(document: DocumentNode, enough: number): number {
  const count = new MergeCount(document, enough);
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    count.addScope([{ set: definition.selectionSet, within: null }]);
  }
  return count.steps;
}

/** The fragments that led here, the innermost first. A fragment within itself would go on for ever; validation refuses it. */
type Trail = { readonly name: string; readonly outer: Trail } | null;
type SelectionSource = { readonly set: SelectionSetNode; readonly within: Trail };
type Group = { fields: number; arguments: number; readonly below: SelectionSource[] };

class MergeCount {
  steps = 0;
  readonly #enough: number;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();

  constructor(document: DocumentNode, enough: number) {
    this.#enough = enough;
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
    }
  }

  /** Selections that are side by side once they are merged. */
  addScope(sources: readonly SelectionSource[]): void {
    const scope = new Scope(this.#fragments);
    for (const source of sources) {
      scope.gather(source);
      if (this.steps + scope.spreads + scope.fields > this.#enough) break;
    }
    this.steps += scope.steps(sources.length);
    for (const { below } of scope.groups.values()) {
      if (this.steps > this.#enough) return;
      if (below.length > 0) this.addScope(below);
    }
  }
}

class Scope {
  fields = 0;
  spreads = 0;
  readonly groups = new Map<string, Group>();
  readonly #spread = new Set<string>();
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;

  constructor(fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
    this.#fragments = fragments;
  }

  gather({ set, within }: SelectionSource): void {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) this.#addField(selection, within);
      else if (selection.kind === Kind.INLINE_FRAGMENT) this.gather({ set: selection.selectionSet, within });
      else this.#addSpread(selection.name.value, within);
    }
  }

  /** Pairs of fields, of fragments, and of either with the other. */
  steps(sources: number): number {
    let pairs = 0;
    for (const group of this.groups.values()) pairs += (group.fields - 1) * (group.fields + group.arguments);
    const meetings = this.#spread.size + (sources - 1) / 2;
    return this.fields * (1 + meetings) + this.spreads * this.spreads + pairs;
  }

  #addField(field: FieldNode, within: Trail): void {
    const name = (field.alias ?? field.name).value;
    const group = this.groups.get(name) ?? { fields: 0, arguments: 0, below: [] };
    this.groups.set(name, group);
    this.fields += 1;
    group.fields += 1;
    group.arguments += field.arguments?.length ?? 0;
    if (field.selectionSet !== undefined) group.below.push({ set: field.selectionSet, within });
  }

  #addSpread(name: string, within: Trail): void {
    this.spreads += 1;
    const fragment = this.#fragments.get(name);
    if (fragment === undefined || this.#spread.has(name) || leadsThrough(within, name)) return;
    this.#spread.add(name);
    this.gather({ set: fragment.selectionSet, within: { name, outer: within } });
  }
}

function leadsThrough(trail: Trail, name: string): boolean {
  for (let link = trail; link !== null; link = link.outer) if (link.name === name) return true;
  return false;
}
