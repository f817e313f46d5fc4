import type { Texts } from '../../texts/speak.ts';
import type { CallLine } from '../call-state.ts';
import type { MeetingTexts } from './texts.ts';

/** In one sentence why nothing is seen or heard, or stands still. Null: the line is there. */
export function lineSays(line: CallLine, texts: Texts, meeting: MeetingTexts): string | null {
  if (line.at === 'connected') return null;
  if (line.at === 'reconnecting') return texts.connection.lost;
  if (line.at === 'connecting' || line.why === 'removed' || line.why === 'closed') return meeting.connecting;
  if (line.why === 'takenOver') return texts.otherTab.title;
  return (line.why === 'left' ? texts.room.going : meeting.lost[line.why]).title;
}
