import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { dismiss, type Notice as Note, notices, spoken } from '../notices.ts';
import { useStore } from '../store.ts';
import { useTexts } from '../texts/language.ts';
import { Icon } from './icons.tsx';
import { noteUncovered } from './uncovered.ts';

/** The screen's heading. It takes the focus when the screen appears, so that a screen reader says where the visitor is. */
export function ScreenTitle({
  children,
  ...attributes
}: {
  readonly children: ComponentChildren;
  readonly class?: string;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // The first screen leaves the focus at the beginning of the page.
    if (document.body.dataset.hasScreen === 'true') heading.current?.focus({ preventScroll: true });
    document.body.dataset.hasScreen = 'true';
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1} {...attributes}>
      {children}
    </h1>
  );
}

export function ConnectionBanner({ isConnected }: { readonly isConnected: boolean }) {
  const texts = useTexts();
  return (
    <div class="banner" role="status">
      {isConnected ? null : (
        <p class="banner-text">
          <Icon name="cloud" />
          {texts.connection.lost}
        </p>
      )}
    </div>
  );
}

/** Short sentences that appear and disappear, and sentences for screen readers alone. */
export function Notices() {
  const shown = useStore(notices);
  return (
    <>
      <div class="notices" role="status" aria-live="polite">
        {shown.map((notice) => (
          <Notice key={notice.id} {...notice} />
        ))}
      </div>
      <div class="unseen" aria-live="polite">
        {useStore(spoken).map(({ id, text }) => (
          <p key={id}>{text}</p>
        ))}
      </div>
    </>
  );
}

function Notice({ id, text, tone }: Note) {
  const { common } = useTexts();
  const box = useRef<HTMLDivElement>(null);
  // The others close up where one of them goes, so that each place may be free after it.
  useLayoutEffect(() => () => [...(box.current?.parentElement?.children ?? [])].forEach(noteUncovered), []);
  return (
    <div ref={box} class={`notice notice-${tone}`}>
      <p title={text}>{text}</p>
      <button type="button" class="notice-close" aria-label={common.close} onClick={() => dismiss(id)}>
        <Icon name="cross" />
      </button>
    </div>
  );
}
