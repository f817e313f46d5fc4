import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { CallPerson } from '../call-state.ts';
import { bringToFront, type Front, inStrip, lookAgainAt, nobodyInFront } from '../layout/strip.ts';
import type { StageView } from '../layout/view.ts';

/**
 * Beside a shared screen the speaker is brought into the first place; where there is none, everybody stands where they are.
 * `isFrontHeld`: the pointer is there, so that whoever speaks now is not brought to the front.
 */
export function useFront(stage: RefObject<HTMLElement | null>, view: StageView, speaker: CallPerson | null) {
  const front = useRef<Front>(nobodyInFront);
  const [, redraw] = useState({});
  const isPointed = usePointed(stage);
  const isBeside = view.front !== null;
  const speakerId = speaker?.id ?? null;
  if (!isBeside) front.current = nobodyInFront;
  else front.current = bringToFront(front.current, speakerId, performance.now(), isPointed);
  const again = isBeside && !isPointed ? lookAgainAt(front.current, speakerId) : null;
  useEffect(() => {
    if (again === null) return undefined;
    const timer = setTimeout(() => redraw({}), Math.max(0, again - performance.now()));
    return () => clearTimeout(timer);
  }, [again]);
  return { ordered: isBeside ? inStrip(view.people, front.current) : view.people, isFrontHeld: isPointed };
}

/** Is the pointer on one of the people? Nothing moves under it. */
function usePointed(stage: RefObject<HTMLElement | null>): boolean {
  const [isPointed, setPointed] = useState(false);
  useEffect(() => {
    const element = stage.current;
    if (element === null) return undefined;
    const isOnPerson = ({ target }: PointerEvent) =>
      target instanceof Element && target.closest('.tile, .pager') !== null;
    const look = (event: PointerEvent) => setPointed(event.pointerType !== 'touch' && isOnPerson(event));
    const leave = () => setPointed(false);
    element.addEventListener('pointerover', look);
    element.addEventListener('pointerleave', leave);
    return () => {
      element.removeEventListener('pointerover', look);
      element.removeEventListener('pointerleave', leave);
    };
  }, [stage]);
  return isPointed;
}
