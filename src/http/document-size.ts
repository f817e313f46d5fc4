import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { countMergeSteps } from './document-work.ts';
import type { Limits } from './limits.ts';
import { limitExceeded } from './protocol-error.ts';

type Size = { depth: number; fields: number; aliases: number; directives: number; width: number; breadth: number };

const verdicts = new WeakMap<DocumentNode, readonly GraphQLError[]>();

/**
 * Says what exceeds the limits in a parsed document. The time for this grows only with the document's length: each fragment is measured
 * once, however often it is spread. It is called before validation, where some rules take quadratic time.
 */
export function checkDocumentSize(document: DocumentNode, limits: Limits): readonly GraphQLError[] {
  const known = verdicts.get(document);
  if (known !== undefined) return known;
  const verdict = findExcess(document, limits);
  verdicts.set(document, verdict);
  return verdict;
}

function findExcess(document: DocumentNode, limits: Limits): readonly GraphQLError[] {
  const measure = createMeasure(document);
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    const { width, ...size } = measure(definition.selectionSet);
    const isOperation = definition.kind === Kind.OPERATION_DEFINITION;
    const found = {
      ...size,
      directives: size.directives + (definition.directives?.length ?? 0),
      variables: definition.variableDefinitions?.length ?? 0,
      ...(isOperation ? { rootFields: width } : {}),
    };
    for (const limit of ['depth', 'fields', 'breadth', 'rootFields', 'aliases', 'directives', 'variables'] as const) {
      if ((found[limit] ?? 0) > limits[limit]) return [limitExceeded(limit, limits[limit])];
    }
  }
  const { mergeSteps } = limits;
  return countMergeSteps(document, mergeSteps) > mergeSteps ? [limitExceeded('mergeSteps', mergeSteps)] : [];
}

function createMeasure(document: DocumentNode): (selectionSet: SelectionSetNode) => Size {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const measured = new Map<string, Size>();

  const measureSpread = (name: string): Size => {
    const known = measured.get(name);
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    // A fragment within itself counts nothing. Validation refuses it.
    measured.set(name, emptySize());
    const size = fragment === undefined ? emptySize() : measureSet(fragment.selectionSet);
    measured.set(name, size);
    return size;
  };

  const measureSelection = (selection: SelectionNode): Size => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return measureSpread(selection.name.value);
    const inner = selection.selectionSet === undefined ? emptySize() : measureSet(selection.selectionSet);
    if (selection.kind === Kind.INLINE_FRAGMENT) return inner;
    return {
      ...inner,
      depth: inner.depth + 1,
      fields: inner.fields + 1,
      aliases: inner.aliases + (selection.alias === undefined ? 0 : 1),
      width: 1,
    };
  };

  const measureSet = ({ selections }: SelectionSetNode): Size => {
    const total = emptySize();
    for (const selection of selections) {
      const size = measureSelection(selection);
      total.depth = Math.max(total.depth, size.depth);
      total.fields += size.fields;
      total.aliases += size.aliases;
      total.directives += size.directives + (selection.directives?.length ?? 0);
      total.width += size.width;
      total.breadth = Math.max(total.breadth, size.breadth);
    }
    total.breadth = Math.max(total.breadth, total.width);
    return total;
  };
  return measureSet;
}

function emptySize(): Size {
  return { depth: 0, fields: 0, aliases: 0, directives: 0, width: 0, breadth: 0 };
}

/** What is skipped as a whole: comments, block strings and strings. The last two may be unfinished. */
const passedOver = /#[^\n\r]*|"""(?:\\"""|[\s\S])*?(?:"""|$)|"(?:\\.|[^"\\\n\r])*"?/g;
const brackets = /[{}[\]()]/g;

/** How deeply the brackets of a document are nested. The parser calls itself for each level, and no text may exhaust its stack. */
export function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of text.replaceAll(passedOver, '').matchAll(brackets)) {
    depth += '{[('.includes(bracket) ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
