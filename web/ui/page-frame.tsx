import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { dismiss, notices, spoken } from '../notices.ts';
import { useStore } from '../store.ts';
import { useTexts } from '../texts/language.ts';
import { Icon } from './icons.tsx';

/** The screen's heading. It takes the focus when the screen appears, so that a screen reader says where the visitor is. */
export function ScreenTitle({ children }: { readonly children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // The first screen leaves the focus at the beginning of the page.
    if (document.body.dataset.hasScreen === 'true') heading.current?.focus({ preventScroll: true });
    document.body.dataset.hasScreen = 'true';
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
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
  const texts = useTexts();
  const shown = useStore(notices);
  return (
    <>
      <div class="notices" role="status" aria-live="polite">
        {shown.map(({ id, text, tone }) => (
          <div key={id} class={`notice notice-${tone}`}>
            <p>{text}</p>
            <button type="button" class="notice-close" aria-label={texts.common.close} onClick={() => dismiss(id)}>
              <Icon name="cross" />
            </button>
          </div>
        ))}
      </div>
      <p class="unseen" aria-live="polite">
        {useStore(spoken)}
      </p>
    </>
  );
}
