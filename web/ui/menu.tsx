import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';

/** A button that opens a short list of buttons. Escape and a click elsewhere close it; the focus returns. */
export function Menu({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen) return undefined;
    const list = box.current?.querySelector('.menu-list');
    list?.querySelector('button')?.focus({ preventScroll: true });
    list?.scrollIntoView({ block: 'nearest' });
    const closeElsewhere = (event: Event) => {
      if (event.target instanceof Node && box.current?.contains(event.target)) return;
      setOpen(false);
    };
    addEventListener('pointerdown', closeElsewhere);
    addEventListener('focusin', closeElsewhere);
    return () => {
      removeEventListener('pointerdown', closeElsewhere);
      removeEventListener('focusin', closeElsewhere);
    };
  }, [isOpen]);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape is for whatever has the focus within.
    <div
      class="menu"
      ref={box}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && isOpen) close();
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
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="more" />
      </button>
      <div id={id} class="menu-list" hidden={!isOpen}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: every choice is a button, and after it the list closes. */}
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys click the buttons. */}
        <div onClick={close}>{isOpen ? children : null}</div>
      </div>
    </div>
  );
}

interface MenuItemProps {
  readonly label: string;
  readonly isGrave?: boolean;
  /** Beside the menu there is a button for it, where there is room. */
  readonly isNarrow?: boolean;
  readonly onChoose: (event: MouseEvent) => void;
}

export function MenuItem({ label, isGrave = false, isNarrow = false, onChoose }: MenuItemProps) {
  return (
    <button
      type="button"
      class={`menu-item${isGrave ? ' is-grave' : ''}${isNarrow ? ' is-narrow' : ''}`}
      onClick={onChoose}
    >
      {label}
    </button>
  );
}
