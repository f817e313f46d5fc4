import { en } from './en.ts';
import { enMeeting } from './en-meeting.ts';
import { enOwners } from './en-owners.ts';
import { enRecord } from './en-record.ts';
import { enSettings } from './en-settings.ts';

/** What comes with the page, and what comes with its parts: what the other languages have, and what an operator may replace. */
export const wholeEnglish = { ...en, ...enOwners, settings: enSettings, record: enRecord, meeting: enMeeting } as const;
