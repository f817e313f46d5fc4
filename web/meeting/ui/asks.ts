import { createStore, type Source } from '../../../packages/client/src/index.ts';
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

/** Of what was asked of this person: what is not so yet. */
export function pendingOf(all: readonly Ask[], person: CallPerson): readonly AskKind[] {
  const isPending: Readonly<Record<AskKind, boolean>> = {
    mute: person.isHeard,
    unmute: !person.isHeard,
    camera: person.camera !== null,
    screen: person.screen !== null,
  };
  return all.filter((one) => one.person === person.id && isPending[one.kind]).map(({ kind }) => kind);
}
