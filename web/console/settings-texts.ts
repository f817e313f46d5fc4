import { enSettings } from '../texts/en-settings.ts';
import { textsOfPart } from '../texts/part-texts.ts';

export const useSettingsTexts = textsOfPart(enSettings, 'settings');

export type SettingsTexts = ReturnType<typeof useSettingsTexts>;
