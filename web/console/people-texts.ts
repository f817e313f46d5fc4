import { enPeople } from '../texts/en-people.ts';
import { textsOfPart } from '../texts/part-texts.ts';

/** What a host reads of one person, with or without a meeting on this page. */
export const usePeopleTexts = textsOfPart(enPeople, 'meeting', 'person');
