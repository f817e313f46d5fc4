import type { ComponentChildren, RefObject, TargetedMouseEvent } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';
import { noteUncovered } from './uncovered.ts';

type Ref = RefObject<HTMLElement | null>;

/** A button that opens a short list of buttons. Escape and a click elsewhere close it; the focus returns. */
export function Menu({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const shut = useRef(() => {
    noteUncovered(list.current);
    setOpen(false);
  }).current;
  // It may go together with what it belongs to.
  useLayoutEffect(() => () => noteUncovered(list.current), []);
  useOpen(box, list, isOpen, shut);
  const close = () => {
    shut();
    // A choice may have led the focus on.
    const { activeElement: at, body } = document;
    if (at === body || box.current?.contains(at) === true) button.current?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape is for whatever has the focus within.
    <div
      class="menu"
      ref={box}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return;
        // It closes this, and nothing around it.
        event.preventDefault();
        close();
      }}
    >
      <button
        ref={button}
        type="button"
        class="button quiet only"
        aria-label={label}
        title={label}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => (isOpen ? shut() : setOpen(true))}
      >
        <Icon name="more" />
      </button>
      <div ref={list} id={id} class="menu-list" hidden={!isOpen}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: every choice is a button, and after it the list closes. */}
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys click the buttons. */}
        <div onClick={close}>{isOpen ? children : null}</div>
      </div>
    </div>
  );
}

/** What happens elsewhere closes it. The focus goes in with the draw that shows it: later it might go into one that has closed again. */
function useOpen(box: Ref, list: Ref, isOpen: boolean, shut: () => void): void {
  useLayoutEffect(() => {
    if (!isOpen) return undefined;
    list.current?.querySelector('button')?.focus({ preventScroll: true });
    list.current?.scrollIntoView({ block: 'nearest' });
    const closeElsewhere = (event: Event) => {
      if (event.target instanceof Node && box.current?.contains(event.target)) return;
      shut();
    };
    addEventListener('pointerdown', closeElsewhere);
    addEventListener('focusin', closeElsewhere);
    return () => {
      removeEventListener('pointerdown', closeElsewhere);
      removeEventListener('focusin', closeElsewhere);
    };
  }, [box, list, isOpen, shut]);
}

interface MenuItemProps {
  readonly label: string;
  readonly isGrave?: boolean;
  /** Beside the menu there is a button for it, where there is room. */
  readonly isNarrow?: boolean;
  /** A second line. */
  readonly hint?: string | undefined;
  readonly onChoose: (event: TargetedMouseEvent<HTMLButtonElement>) => void;
}

export function MenuItem({ label, hint, isGrave = false, isNarrow = false, onChoose }: MenuItemProps) {
  return (
    <button
      type="button"
      class={`menu-item${isGrave ? ' is-grave' : ''}${isNarrow ? ' is-narrow' : ''}`}
      onClick={onChoose}
    >
      {label}
      {hint === undefined ? null : <small>{hint}</small>}
    </button>
  );
}
