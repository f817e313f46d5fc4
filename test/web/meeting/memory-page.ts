import { Window } from 'happy-dom';
import { type ComponentChild, render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, vi } from 'vitest';

/** A document in memory, anew for each test of the file, with a clock that the test moves. */
export function openMemoryPage() {
  let page: HTMLElement;
  const show = (what: ComponentChild) => act(() => render(what, page));
  beforeEach(() => {
    vi.useFakeTimers();
    // What a frame would show is not asked for.
    const settings = { disableIframePageLoading: true };
    const window = new Window({ url: 'https://meet.example.com/', settings });
    for (const name of ['document', 'HTMLElement', 'Event', 'MutationObserver'] as const)
      vi.stubGlobal(name, window[name]);
    vi.stubGlobal('window', window);
    vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
    vi.stubGlobal('removeEventListener', window.removeEventListener.bind(window));
    page = document.createElement('main');
    document.body.append(page);
  });
  afterEach(async () => {
    await show(null);
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
  return {
    page: () => page,
    show,
    find: (selector: string) => {
      const found = page.querySelector<HTMLElement>(selector);
      if (found === null) throw new Error(`no ${selector} in ${page.innerHTML}`);
      return found;
    },
    named: (words: string) => [...page.querySelectorAll('button')].find((one) => one.textContent === words),
    press: (one: HTMLElement | undefined) => act(async () => one?.click()),
    type: (field: HTMLElement, text: string) =>
      act(() => {
        Object.assign(field, { value: text });
        field.dispatchEvent(new Event('input', { bubbles: true }));
      }),
  };
}
