import { createBackend, isRefusal } from '@vestibule/backend';

export const url = process.env.VESTIBULE_URL ?? 'http://localhost:4000';
export const roomName = 'next-weekly';

/** The key stays on the server. It is read when it is needed, so that the page can be built without one. */
export const vestibule = () => createBackend({ url, apiKey: process.env.VESTIBULE_API_KEY ?? '' });

/** Makes the room, where it is not there yet. */
export async function makeRoom() {
  const made = await vestibule().createRoom({ name: roomName, settings: { privacy: 'PRIVATE', enableKnocking: true } });
  if (isRefusal(made) && made.code !== 'NAME_TAKEN') throw new Error(made.message);
}
