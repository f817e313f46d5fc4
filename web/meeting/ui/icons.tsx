// Drawn like those of web/ui/icons.tsx, and loaded with the meeting.
const paths = {
  share:
    'M4 5h16a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1ZM9 20h6M12 13V8M9.5 10.3 12 7.8l2.5 2.5',
  shareOff: 'M8 5h12a1 1 0 0 1 1 1v9a1 1 0 0 1-.4.8M16 16H4a1 1 0 0 1-1-1V6a1 1 0 0 1 .8-1M9 20h6M4 4l16 16',
  people:
    'M9 11.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4ZM3 19c.4-3.2 2.8-5 6-5s5.6 1.8 6 5M15.5 5.4a3 3 0 0 1 0 5.7M17 14.3c2.3.5 3.7 2.2 4 4.7',
  door: 'M6 20V10a6 6 0 0 1 12 0v10M4 20h16M14.5 13.5h.01',
  up: 'M6 15l6-6 6 6',
  down: 'M6 9l6 6 6-6',
  before: 'M15 6l-6 6 6 6',
  after: 'M9 6l6 6-6 6',
  window: 'M4 5h16a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1ZM12.5 12h5.5v4.5h-5.5z',
  full: 'M4 9V5a1 1 0 0 1 1-1h4M15 4h4a1 1 0 0 1 1 1v4M20 15v4a1 1 0 0 1-1 1h-4M9 20H5a1 1 0 0 1-1-1v-4',
  settings: 'M4 7h9M17 7h3M15 5v4M4 12h3M11 12h9M9 10v4M4 17h7M15 17h5M13 15v4',
  live: 'M12 10.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3ZM8.5 8.5a5 5 0 0 0 0 7M15.5 8.5a5 5 0 0 1 0 7M5.7 5.7a9 9 0 0 0 0 12.6M18.3 5.7a9 9 0 0 1 0 12.6',
  star: 'M12 4l2.4 5 5.5.7-4 3.8 1 5.5-4.9-2.7L7.1 19l1-5.5-4-3.8 5.5-.7Z',
  ban: 'M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16ZM6.4 6.4l11.2 11.2',
  back: 'M14 8V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h6a2 2 0 0 0 2-2v-2M12 9l-3 3 3 3M9 12h11',
} as const;

export type MeetingIconName = keyof typeof paths;

/** These point where the text goes on, or come from there. */
const directed: readonly MeetingIconName[] = ['before', 'after', 'back'];

/** Only decoration, because the words next to it say the same. */
export function MeetingIcon({ name }: { readonly name: MeetingIconName }) {
  const flips = directed.includes(name) ? ' flip' : '';
  return (
    <svg class={`icon icon-${name}${flips}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
