import { useEffect } from 'preact/hooks';
import { createStore, type Participant, type Source } from '../../packages/client/src/index.ts';
import type { Followed } from '../store.ts';
import { isCoHost, isListener } from '../visit/stay-state.ts';

// What a host has asked of somebody and is not so yet. Until it is, it looks so.

export type AskKind = 'mute' | 'unmute' | 'camera' | 'screen' | 'listen' | 'speak' | 'coHost' | 'noCoHost';

interface Ask {
  readonly person: string;
  readonly kind: AskKind;
}

/** Somebody by what can be asked of them, as the media server has it where there is one. */
export interface Asked {
  readonly id: string;
  readonly isHeard: boolean;
  /** Null: it is off. So with the screen. */
  readonly camera: unknown;
  readonly screen: unknown;
  readonly isListener: boolean;
  readonly isCoHost: boolean;
}

/** As the service has them. */
export function askedOf(person: Participant): Asked {
  return {
    id: person.id,
    isHeard: person.audio,
    camera: person.video || null,
    screen: person.screenShare || null,
    isListener: isListener(person),
    isCoHost: isCoHost(person),
  };
}

/** Somebody may say no to unmuting, and nobody hears of it: the question is over after a while. Milliseconds. */
export const askedForMs = 30_000;

export const asks: Source<readonly Ask[]> = createStore<readonly Ask[]>([]);

/** @param doing answers whether the service took it */
export async function ask(person: string, kind: AskKind, doing: () => Promise<boolean>): Promise<void> {
  const asked: Ask = { person, kind };
  const forget = () => asks.set(asks.get().filter((one) => one !== asked));
  asks.set([...asks.get(), asked]);
  if (await doing()) setTimeout(forget, askedForMs);
  else forget();
}

/** What was asked and is so is over: whoever changes it again does that by themselves. So is what was asked of somebody who has gone. */
export function settle(all: readonly Ask[], people: readonly Asked[]): readonly Ask[] {
  const left = all.filter(({ person, kind }) => people.some((one) => one.id === person && isPending(kind, one)));
  return left.length === all.length ? all : left;
}

/** Of what was asked of this person: what is not so yet. */
export function pendingOf(all: readonly Ask[], person: Asked): readonly AskKind[] {
  return all.filter((one) => one.person === person.id && isPending(one.kind, person)).map(({ kind }) => kind);
}

function isPending(kind: AskKind, asked: Asked): boolean {
  switch (kind) {
    case 'mute':
      return asked.isHeard;
    case 'unmute':
      return !asked.isHeard;
    case 'camera':
      return asked.camera !== null;
    case 'screen':
      return asked.screen !== null;
    case 'listen':
      return !asked.isListener;
    case 'speak':
      return asked.isListener;
    case 'coHost':
      return !asked.isCoHost;
    case 'noCoHost':
      return asked.isCoHost;
    default:
      return kind satisfies never;
  }
}

/** Follows what becomes of what was asked. */
export function useAsks<Value>(people: Followed<Value>, peopleOf: (value: Value) => readonly Asked[]): void {
  useEffect(() => {
    const look = () => {
      if (asks.get().length > 0) asks.set(settle(asks.get(), peopleOf(people.get())));
    };
    return people.subscribe(look);
  }, [people, peopleOf]);
}
