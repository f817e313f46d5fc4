import { createClient } from '../../../packages/client/src/index.ts';
import { openInReact } from './react-page.ts';
import type { Opener, Shown } from './shown.ts';
import { openInSvelte } from './svelte-page.ts';
import { openInVue } from './vue-page.ts';

declare global {
  interface Window {
    /** What every hook shows now, and its actions. */
    shown: Shown;
    /** Takes the page's components away. */
    closePage: () => void;
  }
}

/** A page that uses every hook, in the framework and of the room that its address says. */
const asked = new URLSearchParams(location.search);
const openers: Readonly<Record<string, Opener>> = { react: openInReact, vue: openInVue, svelte: openInSvelte };
const token = asked.get('token');
const client = createClient({ url: asked.get('url') ?? '', patienceMs: 3_000, longestPauseMs: 1_000 });
const root = document.createElement('div');
document.body.append(root);
window.closePage =
  openers[asked.get('framework') ?? '']?.({
    root,
    client,
    options: { roomName: asked.get('room') ?? '', ...(token === null ? {} : { token }) },
    holding: { auto: asked.get('auto') !== 'no', userName: asked.get('name') ?? 'Gustav' },
    show: (shown) => {
      window.shown = shown;
    },
  }) ?? (() => {});
