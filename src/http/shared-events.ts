import {
  type ASTNode,
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { DoorPlugin } from './caller-request.ts';

type Result = ExecutionResult;
type SharedOutcome = { readonly result: Result; readonly isPersonal: boolean };

/** How many events' answers are kept: the followers of a room ask for an event within milliseconds of each other. */
const keptEvents = 256;

/** Subscriptions that Yoga runs share their events with all others. */
export function shareEvents(shared: SharedEvents): DoorPlugin {
  return {
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn((args: ExecutionArgs) => shared.subscribe(args));
    },
  };
}

/**
 * Executes an event once for all subscribers that select the same of it. Before this, each subscriber's own rights decided whether it gets
 * the event. An answer is shared only if nothing in it came from one subscriber's context: a subscriber whose selection reads more than
 * the `impersonal` parts of its context gets an answer of its own.
 */
export class SharedEvents {
  readonly #impersonal: ReadonlySet<string | symbol>;
  readonly #finish: (result: Result) => Result;
  /** By event, then by what is selected of it; the oldest first. */
  readonly #outcomes = new LRUCache<object, Map<string, SharedOutcome | Promise<SharedOutcome>>>({ max: keptEvents });
  readonly #operations = new Operations();

  /** @param finish is given each answer once, for example to mask its errors */
  constructor(impersonal: readonly string[], finish: (result: Result) => Result = (result) => result) {
    this.#impersonal = new Set(impersonal);
    this.#finish = finish;
  }

  async subscribe(args: ExecutionArgs): Promise<AsyncIterableIterator<Result> | Result> {
    const source = await createSourceEventStream(args);
    if (!(Symbol.asyncIterator in source)) return this.#finish(source);
    const asked = this.#operations.keyOf(args);
    return new Answers(source[Symbol.asyncIterator](), (event) => this.#answer(event, asked, args));
  }

  #answer(event: unknown, asked: string, args: ExecutionArgs): Result | Promise<Result> {
    if (typeof event !== 'object' || event === null) return this.#execute(args, event);
    const outcomes = this.#outcomesOf(event);
    const known = outcomes.get(asked);
    if (known !== undefined) return pick(known, () => this.#execute(args, event));
    const made = this.#executeWatched(event, args);
    outcomes.set(asked, made);
    return made instanceof Promise ? made.then(({ result }) => result) : made.result;
  }

  #outcomesOf(event: object): Map<string, SharedOutcome | Promise<SharedOutcome>> {
    const known = this.#outcomes.get(event);
    if (known !== undefined) return known;
    const made = new Map<string, SharedOutcome | Promise<SharedOutcome>>();
    this.#outcomes.set(event, made);
    return made;
  }

  #execute(args: ExecutionArgs, event: unknown): Result | Promise<Result> {
    const result = execute({ ...args, rootValue: event });
    return result instanceof Promise ? result.then(this.#finish) : this.#finish(result);
  }

  /** Executes the event, and finds out whether the answer belongs to this subscriber alone. */
  #executeWatched(event: object, args: ExecutionArgs): SharedOutcome | Promise<SharedOutcome> {
    let isPersonal = false;
    const context: unknown = args.contextValue;
    const look = (name: string | symbol) => {
      isPersonal ||= !this.#impersonal.has(name);
    };
    const contextValue = typeof context === 'object' && context !== null ? watchReads(context, look) : context;
    const result = this.#execute({ ...args, contextValue }, event);
    return result instanceof Promise ? result.then((done) => ({ result: done, isPersonal })) : { result, isPersonal };
  }
}

/** The same object; `look` is called with each name that is read from it. */
function watchReads<T extends object>(object: T, look: (name: string | symbol) => void): T {
  return new Proxy(object, {
    get(target, name) {
      look(name);
      return Reflect.get(target, name);
    },
    has(target, name) {
      look(name);
      return Reflect.has(target, name);
    },
  });
}

function pick(
  known: SharedOutcome | Promise<SharedOutcome>,
  executeAlone: () => Result | Promise<Result>,
): Result | Promise<Result> {
  if (known instanceof Promise) return known.then((outcome) => pick(outcome, executeAlone));
  return known.isPersonal ? executeAlone() : known.result;
}

/** What is selected of each event: the operation, and the variables that are used below the root field. */
class Operations {
  readonly #known = new WeakMap<
    OperationDefinitionNode,
    { readonly id: number; readonly variables: readonly string[] }
  >();
  #last = 0;

  keyOf({ document, operationName, variableValues }: ExecutionArgs): string {
    const operation = getOperationAST(document, operationName);
    // Every stream comes from an operation.
    if (!operation) throw new Error('an operation that cannot be told was subscribed to');
    const known = this.#known.get(operation) ?? {
      id: ++this.#last,
      variables: variablesBelowRoot(document, operation),
    };
    this.#known.set(operation, known);
    // A variable that was left out is not null: its default counts.
    const values = known.variables.map((name) => (variableValues?.[name] === undefined ? [] : [variableValues[name]]));
    return `${known.id} ${JSON.stringify(values)}`;
  }
}

/** The root field's own arguments chose the stream, and say nothing about its events. */
function variablesBelowRoot(document: DocumentNode, { selectionSet }: OperationDefinitionNode): readonly string[] {
  const names = new Set<string>();
  const note = (node: ASTNode) => visit(node, { Variable: ({ name }) => void names.add(name.value) });
  for (const selection of selectionSet.selections) {
    if (selection.kind !== Kind.FIELD) note(selection);
    else for (const part of [selection.selectionSet ?? [], selection.directives ?? []].flat()) note(part);
  }
  for (const definition of document.definitions) if (definition.kind === Kind.FRAGMENT_DEFINITION) note(definition);
  return [...names].toSorted();
}

/** The answers of the events, in order. `return()` ends the source at once, even while it waits for an event. */
class Answers implements AsyncIterableIterator<Result> {
  readonly #source: AsyncIterator<unknown>;
  readonly #answer: (event: unknown) => Result | Promise<Result>;

  constructor(source: AsyncIterator<unknown>, answer: (event: unknown) => Result | Promise<Result>) {
    this.#source = source;
    this.#answer = answer;
  }

  async next(): Promise<IteratorResult<Result>> {
    const event = await this.#source.next();
    if (event.done) return { done: true, value: undefined };
    try {
      const answer = this.#answer(event.value);
      // Most answers are at hand: only the first who asks may have to wait.
      return { done: false, value: answer instanceof Promise ? await answer : answer };
    } catch (error) {
      await this.#source.return?.();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<Result>> {
    await this.#source.return?.();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<Result>> {
    await this.#source.return?.();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
