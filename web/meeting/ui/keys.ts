import { useEffect } from 'preact/hooks';
import { keyOf } from '../../console/queue/letters.ts';
import { isPlainKey } from '../../console/queue/shortcuts.tsx';
import type { Call } from '../call.ts';
import type { PanelName } from './panel-name.ts';
import type { MeetingTexts } from './texts.ts';

interface KeyOptions {
  readonly call: Call;
  readonly isAdmin: boolean;
  readonly panel: PanelName | null;
  readonly onPanel: (panel: PanelName) => void;
  readonly onHelp: () => void;
}

/** The meeting's own keys, for the list of them. */
export function meetingKeys({ keys }: MeetingTexts): readonly (readonly [string, string])[] {
  return [
    ['M', keys.mic],
    ['V', keys.camera],
    ['P', keys.people],
    ['F6', keys.regions],
    ['Esc', keys.close],
  ];
}

/**
 * Single letters as in the console: never while somebody types, never with another key held, and once however long they are held. F6 goes
 * round the parts of the page.
 */
export function useMeetingKeys({ call, isAdmin, panel, onPanel, onHelp }: KeyOptions): void {
  useEffect(() => {
    const deeds: Readonly<Record<string, (() => void) | undefined>> = {
      m: () => toggle(call, 'microphone'),
      v: () => toggle(call, 'camera'),
      p: () => onPanel('people'),
      // An open waiting list answers these itself.
      w: isAdmin && panel !== 'waiting' ? () => onPanel('waiting') : undefined,
      '?': panel === 'waiting' ? undefined : onHelp,
    };
    const press = (event: KeyboardEvent) => {
      const deed = isPlainKey(event) ? deeds[keyOf(event)] : undefined;
      if (event.target instanceof HTMLButtonElement) holdBack(event);
      if (event.key === 'F6') goRound(event.shiftKey ? -1 : 1);
      else if (deed === undefined) return;
      else if (!event.repeat) deed();
      event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [call, isAdmin, panel, onPanel, onHelp]);
}

/** Of a button: a key that is held down presses it once. */
export function holdBack(event: KeyboardEvent): void {
  if (event.repeat && event.key === 'Enter') event.preventDefault();
}

function toggle(call: Call, medium: 'microphone' | 'camera'): void {
  if (call.state.get()[medium].isAllowed) call.toggle(medium);
}

const reachable = 'button, input, select, textarea, a[href], [tabindex="0"]';

/** The stage, the bar and the panel, one after the other. A part in which nothing can be reached takes the focus itself. */
function goRound(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter(
    (region) => region.closest('[inert]') === null,
  );
  if (regions.length === 0) return;
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const start = at < 0 && step < 0 ? 0 : at;
  const region = regions[(start + step + regions.length) % regions.length];
  (region?.querySelector<HTMLElement>(reachable) ?? region)?.focus();
}
