import type { DocumentNode } from 'graphql';
import type { DoorPlugin } from './caller-request.ts';
import { networkOf } from './client-address.ts';
import type { Limits } from './limits.ts';

type KeptLimits = Pick<Limits, 'keptDocuments' | 'keptCharacters'>;

/** What came of parsing a text: a document, or why it is none. */
type ParseOutcome = { readonly document: DocumentNode } | { readonly problem: Error };
type Kept = { readonly outcome: ParseOutcome; owner: string };

/**
 * Documents that were parsed before, by their text. Where there is no room for more, the network that takes most of it gives up
 * what it has not used for longest: however many documents a stranger sends, from however many addresses of one network, they push out
 * the stranger's own. A document that several use belongs to whoever takes least.
 */
export class KeptDocuments {
  readonly #room: KeptLimits;
  readonly #kept = new Map<string, Kept>();
  /** The texts of each network, those used last at the end, and how long they are together. */
  readonly #owners = new Map<string, { characters: number; readonly texts: Set<string> }>();
  #characters = 0;
  readonly #verdicts = new WeakMap<DocumentNode, readonly Error[]>();

  constructor(room: KeptLimits) {
    this.#room = room;
  }

  find(text: string): ParseOutcome | undefined {
    return this.#kept.get(text)?.outcome;
  }

  /** The document of this text, if validation has found nothing against it. */
  findValid(text: string): DocumentNode | null {
    const outcome = this.#kept.get(text)?.outcome;
    if (outcome === undefined || 'problem' in outcome) return null;
    return this.#verdicts.get(outcome.document)?.length === 0 ? outcome.document : null;
  }

  /** What validation found, if it has looked. */
  verdictOf(document: DocumentNode): readonly Error[] | undefined {
    return this.#verdicts.get(document);
  }

  judge(document: DocumentNode, verdict: readonly Error[]): void {
    this.#verdicts.set(document, verdict);
  }

  /** Is it there? Whoever asks uses it. */
  use(text: string, network: string): boolean {
    const kept = this.#kept.get(text);
    if (kept === undefined) return false;
    const { owner } = kept;
    this.#disown(text, owner);
    kept.owner = this.#shareOf(network) < this.#shareOf(owner) ? network : owner;
    this.#own(text, kept.owner);
    return true;
  }

  keep(text: string, outcome: ParseOutcome, owner: string): void {
    if (this.#kept.has(text)) return;
    this.#kept.set(text, { outcome, owner });
    this.#own(text, owner);
    while (this.#kept.size > this.#room.keptDocuments || this.#characters > this.#room.keptCharacters) {
      const [oldest] = this.#largest().texts;
      if (oldest === undefined || oldest === text) return;
      this.#drop(oldest);
    }
  }

  #drop(text: string): void {
    const owner = this.#kept.get(text)?.owner;
    this.#kept.delete(text);
    if (owner !== undefined) this.#disown(text, owner);
  }

  #own(text: string, owner: string): void {
    const share = this.#owners.get(owner) ?? { characters: 0, texts: new Set() };
    this.#owners.set(owner, share);
    share.texts.add(text);
    share.characters += text.length;
    this.#characters += text.length;
  }

  #disown(text: string, owner: string): void {
    const share = this.#owners.get(owner);
    if (share?.texts.delete(text) !== true) return;
    share.characters -= text.length;
    this.#characters -= text.length;
    if (share.texts.size === 0) this.#owners.delete(owner);
  }

  #shareOf(network: string): number {
    return this.#owners.get(network)?.characters ?? 0;
  }

  #largest() {
    let largest = { characters: -1, texts: new Set<string>() };
    for (const share of this.#owners.values()) if (share.characters > largest.characters) largest = share;
    return largest;
  }
}

/** Parses and validates each kept text once. To stand behind the plugins that say how: what they make of errors is kept too. */
export function keepDocuments(kept: KeptDocuments): DoorPlugin {
  return {
    onParse({ params, context, setParsedDocument }) {
      const text = params.source.toString();
      const known = kept.find(text);
      if (known !== undefined && 'problem' in known) throw known.problem;
      if (known !== undefined) return setParsedDocument(known.document);
      return ({ result }) => {
        const network = networkOf(context.openRequest.clientAddress);
        if (result instanceof Error) kept.keep(text, { problem: result }, network);
        else if (result !== null) kept.keep(text, { document: result }, network);
      };
    },
    onValidate({ params, setResult }) {
      const known = kept.verdictOf(params.documentAST);
      if (known !== undefined) return setResult([...known]);
      return ({ result }) => {
        kept.judge(params.documentAST, result);
      };
    },
  };
}
