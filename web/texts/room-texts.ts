import { useStore } from '../store.ts';
import { enOwners } from './en-owners.ts';
import { speech } from './language.ts';
import { speakPart } from './speak.ts';

type Spoken = ReturnType<typeof speech.get>;

let spoken: { readonly from: Spoken; readonly texts: ReturnType<typeof speak> } | null = null;

function speak({ texts, pack, language }: Spoken) {
  return { ...texts, ...speakPart(enOwners, pack, language) };
}

/** Made once, for all that say them. */
function textsFrom(from: Spoken) {
  if (spoken?.from !== from) spoken = { from, texts: speak(from) };
  return spoken.texts;
}

/** What the page says anywhere, and what it says to owners and admins, which comes with the room: nobody at the door loads it. */
export type RoomTexts = ReturnType<typeof speak>;

export function useRoomTexts(): RoomTexts {
  return textsFrom(useStore(speech));
}

/** The same outside of what is drawn. */
export function roomTextsNow(): RoomTexts {
  return textsFrom(speech.get());
}
