import { type ComponentChildren, createContext } from 'preact';
import { useContext, useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { noteUncovered } from '../../ui/uncovered.ts';
import { placeMenu } from '../layout/menu-place.ts';

export type MenuName = 'mic' | 'camera' | 'sound' | 'more' | 'person';

/** The one menu that is open. It stands over everything, beside the button that opened it. */
export interface OpenMenu {
  readonly name: MenuName;
  /** Whose: with `person` alone. */
  readonly personId: string;
  readonly anchor: HTMLElement;
}

interface Menus {
  readonly open: OpenMenu | null;
  readonly setOpen: (menu: OpenMenu | null) => void;
}

export const MenuContext = createContext<Menus>({ open: null, setOpen: () => undefined });

export function MenuButton(props: {
  readonly name: MenuName;
  readonly personId?: string;
  readonly class: string;
  readonly label?: string;
  readonly children: ComponentChildren;
}) {
  const { open, setOpen } = useContext(MenuContext);
  const button = useRef<HTMLButtonElement>(null);
  const { name, personId = '', label } = props;
  const isOpen = open !== null && open.anchor === button.current;
  return (
    <button
      ref={button}
      type="button"
      class={props.class}
      aria-haspopup="true"
      aria-expanded={isOpen}
      aria-label={label}
      title={label}
      onClick={({ currentTarget }) => setOpen(isOpen ? null : { name, personId, anchor: currentTarget })}
    >
      {props.children}
    </button>
  );
}

/** Escape, a press elsewhere and a choice close it, and the focus returns to its button. Arrows go up and down. */
export function MenuLayer(props: {
  readonly menu: OpenMenu;
  readonly label: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const { menu, onClose } = props;
  const box = useRef<HTMLElement>(null);
  usePlace(box, menu.anchor);
  useLeaving(box, menu.anchor, onClose);
  // It may lie over the list of who waits.
  useLayoutEffect(() => () => noteUncovered(box.current), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another button has opened another menu.
  useEffect(() => choicesIn(box.current)[0]?.focus({ preventScroll: true }), [menu]);
  const close = () => {
    onClose();
    menu.anchor.focus({ preventScroll: true });
  };
  return (
    <section
      ref={box}
      class="float"
      aria-label={props.label}
      onKeyDown={(event) => {
        if (event.key === 'Escape') close();
        else if (!goTo(event.key, box.current)) return;
        event.preventDefault();
        event.stopPropagation();
      }}
      onClick={({ target }) => {
        const button = target instanceof Element ? target.closest('button') : null;
        if (button !== null && button.getAttribute('aria-disabled') !== 'true') close();
      }}
    >
      {props.children}
    </section>
  );
}

function choicesIn(box: HTMLElement | null): readonly HTMLElement[] {
  return [...(box?.querySelectorAll<HTMLElement>('button') ?? [])];
}

/** Answers whether the key went somewhere. */
function goTo(key: string, box: HTMLElement | null): boolean {
  const choices = choicesIn(box);
  const at = choices.findIndex((one) => one.matches(':focus'));
  const last = choices.length - 1;
  const places: Readonly<Record<string, number>> = {
    ArrowDown: at === last ? 0 : at + 1,
    ArrowUp: at <= 0 ? last : at - 1,
    Home: 0,
    End: last,
  };
  const place = places[key];
  if (place === undefined) return false;
  choices[place]?.focus();
  return true;
}

function usePlace(box: { readonly current: HTMLElement | null }, anchor: HTMLElement): void {
  useLayoutEffect(() => {
    const look = () => {
      const menu = box.current;
      if (menu === null) return;
      const { inlineSize, blockSize } = menu.style;
      menu.style.maxBlockSize = '';
      const { width, height } = menu.getBoundingClientRect();
      const isMirrored = getComputedStyle(menu).direction === 'rtl';
      const window = { width: innerWidth, height: innerHeight };
      const place = placeMenu(anchor.getBoundingClientRect(), { width, height }, window, isMirrored);
      Object.assign(menu.style, { inlineSize, blockSize, left: `${place.x}px`, top: `${place.y}px` });
      menu.style.maxBlockSize = `${place.height}px`;
    };
    look();
    addEventListener('resize', look);
    return () => removeEventListener('resize', look);
  }, [box, anchor]);
}

function useLeaving(box: { readonly current: HTMLElement | null }, anchor: HTMLElement, onClose: () => void): void {
  useEffect(() => {
    const leave = ({ target }: Event) => {
      if (target instanceof Node && (box.current?.contains(target) || anchor.contains(target))) return;
      onClose();
    };
    addEventListener('pointerdown', leave);
    addEventListener('focusin', leave);
    return () => {
      removeEventListener('pointerdown', leave);
      removeEventListener('focusin', leave);
    };
  }, [box, anchor, onClose]);
}

export function Choice(props: {
  readonly icon?: ComponentChildren;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly isGrave?: boolean;
  /** It is there, so that nobody searches for it, and cannot be chosen now; the hint says why. */
  readonly isOff?: boolean;
  /** One of several, of which one is in use. */
  readonly isChosen?: boolean;
  readonly class?: string;
  readonly onChoose: () => void;
}) {
  const { label, hint, isGrave = false, isOff = false, isChosen } = props;
  return (
    <button
      type="button"
      class={`choose${isGrave ? ' is-grave' : ''} ${props.class ?? ''}`}
      aria-disabled={isOff ? true : undefined}
      aria-pressed={isChosen}
      onClick={isOff ? undefined : props.onChoose}
    >
      <span class="choose-icon">{props.icon}</span>
      <span>
        {label}
        {hint === undefined ? null : <small>{hint}</small>}
      </span>
    </button>
  );
}
