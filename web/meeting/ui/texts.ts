import { enMeeting } from '../../texts/en-meeting.ts';
import { textsOfPart } from '../../texts/part-texts.ts';

/** What is said in the meeting. */
export const useMeetingTexts = textsOfPart(enMeeting, 'meeting');

export type MeetingTexts = ReturnType<typeof useMeetingTexts>;
