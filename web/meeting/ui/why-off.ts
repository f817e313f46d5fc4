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
  if (name === 'screen') return whyOff.kind === 'refused' ? null : meeting.screenOff;
  return (name === 'microphone' ? meeting.micOff : meeting.cameraOff)[whyOff.kind];
}

function byHost(name: OwnMediumName, by: string, { told }: Texts): string {
  if (name === 'microphone') return told.muted(by);
  return name === 'camera' ? told.cameraOff(by) : told.screenOff(by);
}

/** Says it once, when it comes. What a host did the stay says already. */
export function useToldWhy(whyOff: WhyOff | null, why: string | null): void {
  const last = useRef(whyOff);
  useEffect(() => {
    if (whyOff !== last.current && whyOff?.kind !== 'byHost' && why !== null) tell(why, 'bad');
    last.current = whyOff;
  }, [whyOff, why]);
}
