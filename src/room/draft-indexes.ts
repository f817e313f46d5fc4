import { type FactKeys, FactsMissing } from '../rules/fact-keys.ts';
import type { KeyedFacts } from '../rules/facts.ts';
import type { KnockId } from '../rules/ids.ts';
import type { AdmittedKnock, Knock } from '../rules/knock-request.ts';
import type { Participant } from '../rules/participant.ts';

// What a draft of facts keeps beside its rows, so that nothing is searched for with each group.

interface HeldFacts {
  readonly knocks: ReadonlyMap<KnockId, Knock>;
  readonly participants: { readonly values: () => Iterable<Participant> };
  /** Whether every session of this knock is held, whoever asked for it. */
  readonly hasSessionsOf: (knockId: KnockId) => boolean;
}

/** The keys that were looked up since the last group was written: a key without a row here has none. */
export class LoadedKeys implements KeyedFacts {
  readonly #held: HeldFacts;
  readonly #knockKeys = new Set<string>();
  readonly #participantKeys = new Set<string>();
  readonly #sessionsOf = new Set<KnockId>();
  #admissions = false;
  #ownerIds: ReadonlySet<string> | null = null;

  constructor(held: HeldFacts) {
    this.#held = held;
  }

  /** @param ownerIds null: they were not asked for */
  load(
    { knockKeys = [], participantKeys = [], sessionsOf = [], admissions = false }: FactKeys,
    ownerIds: ReadonlySet<string> | null,
  ): void {
    for (const key of knockKeys) this.#knockKeys.add(key);
    for (const key of participantKeys) this.#participantKeys.add(key);
    for (const id of sessionsOf) this.#sessionsOf.add(id);
    this.#admissions ||= admissions;
    this.#ownerIds = ownerIds ?? this.#ownerIds;
  }

  clear(): void {
    this.#knockKeys.clear();
    this.#participantKeys.clear();
    this.#sessionsOf.clear();
    this.#admissions = false;
    this.#ownerIds = null;
  }

  ownerIds(): ReadonlySet<string> {
    if (this.#ownerIds === null) throw new FactsMissing({ owners: true });
    return this.#ownerIds;
  }

  knocksOfKey(idempotencyHash: string): readonly Knock[] {
    if (!this.#knockKeys.has(idempotencyHash)) throw new FactsMissing({ knockKeys: [idempotencyHash] });
    return [...this.#held.knocks.values()].filter((knock) => knock.idempotencyHash === idempotencyHash);
  }

  sessionsOfKey(idempotencyHash: string): readonly Participant[] {
    if (!this.#participantKeys.has(idempotencyHash)) throw new FactsMissing({ participantKeys: [idempotencyHash] });
    return this.#sessions((session) => session.idempotencyHash === idempotencyHash);
  }

  sessionsOf(knockId: KnockId): readonly Participant[] {
    if (!this.#sessionsOf.has(knockId) && !this.#held.hasSessionsOf(knockId))
      throw new FactsMissing({ sessionsOf: [knockId] });
    return this.#sessions((session) => session.knockId === knockId);
  }

  admissions(): readonly AdmittedKnock[] {
    if (!this.#admissions) throw new FactsMissing({ admissions: true });
    return [...this.#held.knocks.values()].filter((knock) => knock.status === 'ADMITTED');
  }

  #sessions(isMeant: (session: Participant) => boolean): readonly Participant[] {
    return [...this.#held.participants.values()].filter(isMeant);
  }
}

/** When something falls due by itself, for each of many: milliseconds since 1970. */
export class Deadlines {
  readonly #all = new Map<string, number>();
  /** Null: to be looked for. */
  #earliest: number | null = Number.POSITIVE_INFINITY;

  /** Infinite where nothing will. */
  get earliest(): number {
    this.#earliest ??= this.#findEarliest();
    return this.#earliest;
  }

  /** @param at infinite: nothing falls due any more */
  set(id: string, at: number): void {
    const before = this.#all.get(id) ?? Number.POSITIVE_INFINITY;
    if (at === before) return;
    if (Number.isFinite(at)) this.#all.set(id, at);
    else this.#all.delete(id);
    if (this.#earliest === null) return;
    if (at < this.#earliest) this.#earliest = at;
    else if (before === this.#earliest) this.#earliest = null;
  }

  #findEarliest(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const at of this.#all.values()) if (at < earliest) earliest = at;
    return earliest;
  }
}
