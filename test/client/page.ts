import { setTimeout as pause } from 'node:timers/promises';
import { Window } from 'happy-dom';
import { createElement, type FunctionComponent } from 'react';
import { closeAfterwards } from '../support/closers.ts';

/** A page in memory, where React components live. */
export type Page = {
  readonly text: () => string;
  readonly type: (label: string, value: string) => void;
  readonly click: (label: string) => void;
  /** Waits, while React renders, until the page's text is as wanted. */
  readonly until: (isWanted: (text: string) => boolean) => Promise<void>;
};

/** React, and a place in a document of its own to render into. */
export async function loadReact() {
  const window = new Window({ url: 'https://meet.example.com/' });
  // React looks for these by name; Node's own fetch and WebSocket stay.
  Object.assign(globalThis, { window, document: window.document, FormData: window.FormData });
  const [{ createRoot }, { flushSync }] = await Promise.all([import('react-dom/client'), import('react-dom')]);
  const container = globalThis.document.createElement('div');
  globalThis.document.body.append(container);
  return { createRoot, flushSync, container };
}

/** Renders a component. Real effects, real timers, real connections. */
export async function renderPage<Props extends object>(
  component: FunctionComponent<Props>,
  props: Props,
): Promise<Page> {
  const { createRoot, container } = await loadReact();
  const root = createRoot(container);
  closeAfterwards(() => root.unmount());
  root.render(createElement(component, props));
  return {
    text: () => container.textContent,
    type: (label, value) => {
      const field = container.querySelector('input');
      if (field?.getAttribute('aria-label') !== label)
        throw new Error(`no field ${label} in: ${container.textContent}`);
      field.value = value;
    },
    click: (label) => {
      const button = [...container.querySelectorAll('button')].find((one) => one.textContent === label);
      if (button === undefined) throw new Error(`no button ${label} in: ${container.textContent}`);
      button.click();
    },
    until: async (isWanted) => {
      for (const deadline = performance.now() + 10_000; !isWanted(container.textContent); ) {
        if (performance.now() > deadline) throw new Error(`not so in time: ${container.textContent}`);
        await pause(20);
      }
    },
  };
}
