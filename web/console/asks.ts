import { useEffect } from 'preact/hooks';
import { createStore, type Source } from '../../../packages/client/src/index.ts';
import type { Call } from '../call.ts';
import type { CallPerson } from '../call-state.ts';

// What a host has asked of somebody and is not so yet. Until it is, it looks so.

export type AskKind = 'mute' | 'unmute' | 'camera' | 'screen';

interface Ask {
  readonly person: string;
  readonly kind: AskKind;
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
export function settle(all: readonly Ask[], people: readonly CallPerson[]): readonly Ask[] {
  const left = all.filter(({ person, kind }) => people.some((one) => one.id === person && isPending(kind, one)));
  return left.length === all.length ? all : left;
}

/** Of what was asked of this person: what is not so yet. */
export function pendingOf(all: readonly Ask[], person: CallPerson): readonly AskKind[] {
  return all.filter((one) => one.person === person.id && isPending(one.kind, person)).map(({ kind }) => kind);
}

function isPending(kind: AskKind, { isHeard, camera, screen }: CallPerson): boolean {
  switch (kind) {
    case 'mute':
      return isHeard;
    case 'unmute':
      return !isHeard;
    case 'camera':
      return camera !== null;
    case 'screen':
      return screen !== null;
    default:
      return kind satisfies never;
  }
}

/** Follows what becomes of what was asked. */
export function useAsks(call: Call): void {
  useEffect(() => call.state.subscribe(() => asks.set(settle(asks.get(), call.state.get().people))), [call]);
}
