import { useEffect, useRef } from 'preact/hooks';
import { tell } from '../../notices.ts';
import type { Texts } from '../../texts/speak.ts';
import type { OwnMediumName } from '../call.ts';
import type { OwnMedium, WhyOff } from '../call-state.ts';
import type { MeetingTexts } from './texts.ts';

/** Why it is off, in words. Null: it is on, or the person has switched it off, or closed the browser's own question. */
export function whyOffText(
  name: OwnMediumName,
  { whyOff }: OwnMedium,
  texts: Texts,
  meeting: MeetingTexts,
): string | null {
  if (whyOff === null) return null;
  if (whyOff.kind === 'byHost') return byHost(name, whyOff.by ?? texts.common.organiser, texts);
  if (name === 'screen') return screenOff(whyOff.kind, meeting);
  return (name === 'microphone' ? meeting.micOff : meeting.cameraOff)[whyOff.kind];
}

function screenOff(kind: WhyOff['kind'], { screenOff: lost, screenCutOff }: MeetingTexts): string | null {
  if (kind === 'refused' || kind === 'heldBack') return null;
  return kind === 'cutOff' ? screenCutOff : lost;
}

function byHost(name: OwnMediumName, by: string, { told }: Texts): string {
  if (name === 'microphone') return told.muted(by);
  return name === 'camera' ? told.cameraOff(by) : told.screenOff(by);
}

/** What the media server tells first, the service tells in a moment, and by whom. Milliseconds. */
const quietMs = 2_000;

/** Says it once, when it comes. What a host did the stay says already. */
export function useToldWhy(whyOff: WhyOff | null, why: string | null): void {
  const last = useRef(whyOff);
  useEffect(() => {
    const isNew = whyOff !== last.current;
    last.current = whyOff;
    if (!isNew || whyOff === null || whyOff.kind === 'byHost' || why === null) return undefined;
    const timer = setTimeout(() => tell(why, 'bad'), whyOff.kind === 'cutOff' ? quietMs : 0);
    return () => clearTimeout(timer);
  }, [whyOff, why]);
}
