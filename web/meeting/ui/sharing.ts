import { useMemo, useRef, useState } from 'preact/hooks';
import { usePart } from '../../store.ts';
import type { Call } from '../call.ts';
import { afterSharers, type Sharing } from '../layout/view.ts';

export interface ChosenSharing extends Sharing {
  readonly choose: (id: string) => void;
}

/** Who shares a screen, in the order in which they began, and whose somebody has chosen: the same for all parts of the meeting. */
export function useSharing(call: Call): ChosenSharing {
  const order = useRef<readonly string[]>([]);
  const sharers = usePart(call.state, ({ people }) => {
    order.current = afterSharers(order.current, people);
    return order.current;
  });
  const [chosen, choose] = useState<string | null>(null);
  return useMemo(() => ({ sharers, chosen, choose }), [sharers, chosen]);
}
