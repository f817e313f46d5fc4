export type MeetingPart = typeof import('./ui/meeting-screen.tsx');

/** By itself: what is chained to an import does not hear that the style of the part did not come. */
const loadScreen = async (): Promise<MeetingPart> => import('./ui/meeting-screen.tsx');

let coming: Promise<MeetingPart> | null = null;

/** What shows the meeting. It is asked for once: another attempt may bring it without its style, and the browser may remember that it did not come. */
export function loadMeetingPart(): Promise<MeetingPart> {
  coming ??= loadScreen();
  return coming;
}
