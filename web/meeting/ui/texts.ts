import type { TextPack } from '../../../src/rules/page-texts.ts';
import { useStore } from '../../store.ts';
import { enMeeting } from '../../texts/en-meeting.ts';
import { speech } from '../../texts/language.ts';
import { speakPart } from '../../texts/speak.ts';

const speakMeeting = (language: string, { meeting }: TextPack) =>
  speakPart(enMeeting, typeof meeting === 'object' ? meeting : {}, language);

export type MeetingTexts = ReturnType<typeof speakMeeting>;

let spoken: { readonly language: string; readonly pack: TextPack; readonly texts: MeetingTexts } | null = null;

/** What is said in the meeting, in the language that the page speaks now: made once for all parts of it. */
export function meetingTexts(): MeetingTexts {
  const { language, pack } = speech.get();
  if (spoken?.language !== language || spoken.pack !== pack)
    spoken = { language, pack, texts: speakMeeting(language, pack) };
  return spoken.texts;
}

export function useMeetingTexts(): MeetingTexts {
  useStore(speech);
  return meetingTexts();
}
