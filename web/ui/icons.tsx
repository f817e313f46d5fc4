const paths = {
  mic: 'M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3ZM6 11a6 6 0 0 0 12 0M12 17v4',
  micOff: 'M9 9V6a3 3 0 0 1 6 0v5M9.5 13a3 3 0 0 0 3 1M6 11a6 6 0 0 0 9.6 4.8M18 11a6 6 0 0 1-.4 2M12 17v4M4 4l16 16',
  camera: 'M4 7h9a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2ZM15 11l6-3.5v9L15 13',
  cameraOff:
    'M9 7h4a2 2 0 0 1 2 2v4M15 15a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2M15 11l6-3.5v9L17.5 15M4 4l16 16',
  screen: 'M4 5h16a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1ZM9 20h6M12 16v4',
  leave: 'M10 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h4M15 16l4-4-4-4M19 12H10',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
  keys: 'M4 6h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1ZM7 10h.01M10.3 10h.01M13.7 10h.01M17 10h.01M8 14h8',
  search: 'M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13ZM15.5 15.5 20 20',
  knock: 'M6 20V11a6 6 0 0 1 12 0v9M3 20h18M15 13h.01',
  bell: 'M6 16v-5a6 6 0 0 1 12 0v5l1.5 2h-15L6 16ZM10 20.5h4',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  cross: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  chat: 'M20 12a7 7 0 0 1-7 7H5l1.6-2.7A7 7 0 1 1 20 12Z',
  shield: 'M12 3l7 3v5c0 4.5-3 8-7 10-4-2-7-5.5-7-10V6l7-3ZM9 12l2.2 2.2L15.2 10',
  doubt: 'M12 3l7 3v5c0 4.5-3 8-7 10-4-2-7-5.5-7-10V6l7-3ZM10 9.6a2 2 0 1 1 2.7 1.9c-.5.2-.7.6-.7 1.1M12 15.6h.01',
  elsewhere: 'M10 5H6a1 1 0 0 0-1 1v12a1 1 0 0 0 1 1h12a1 1 0 0 0 1-1v-4M14 5h5v5M19 5l-8 8',
  speaker: 'M4 10v4h3l5 4V6L7 10H4ZM15.5 9.2a4 4 0 0 1 0 5.6M18 6.8a7.4 7.4 0 0 1 0 10.4',
  globe:
    'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18ZM3 12h18M12 3c2.5 2.6 3.6 5.6 3.6 9s-1.1 6.4-3.6 9c-2.5-2.6-3.6-5.6-3.6-9S9.5 5.6 12 3Z',
  lock: 'M7 11h10a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1ZM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  clock: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM12 8v4.5l3 2',
  copy: 'M9 9h9a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1ZM5 15H4V5a1 1 0 0 1 1-1h10v1',
  ear: 'M8 18a3 3 0 0 0 5.5.6c.7-1.6 3-2.7 3.5-5.4a5.5 5.5 0 1 0-10.9-1.4M9.5 11.5a2.2 2.2 0 1 1 3.7 1.6c-.7.6-1.2 1-1.2 2',
  cloud: 'M3 3l18 18M6.5 10.5A4.5 4.5 0 0 0 7 19h10M9.5 6.3A6 6 0 0 1 17.7 11 4 4 0 0 1 20 17.5',
} as const;

export type IconName = keyof typeof paths;

/** These point where the text goes on, or come from there. */
const directed: readonly IconName[] = ['leave', 'elsewhere', 'speaker'];

/** Only decoration, because the words next to it say the same. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg
      class={`icon icon-${name}${directed.includes(name) ? ' flip' : ''}`}
      viewBox="0 0 24 24"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  );
}
