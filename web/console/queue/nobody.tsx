import type { Store } from '../../../packages/client/src/index.ts';
import { usePart } from '../../store.ts';
import { useRoomTexts } from '../../texts/room-texts.ts';
import type { StayState } from '../../visit/stay-state.ts';

/** Says why nobody waits, or who would appear here. */
export function NobodyWaits({ state }: { readonly state: Store<Pick<StayState, 'room'>> }) {
  const { queue } = useRoomTexts();
  const room = usePart(state, (now) => now.room);
  const text =
    room.privacy === 'PUBLIC' ? queue.emptyPublic : room.enableKnocking ? queue.emptyText : queue.emptyClosed;
  return (
    <div class="empty">
      <svg class="empty-art" viewBox="0 0 64 56" aria-hidden="true" focusable="false">
        <path d="M10 54V30a22 22 0 0 1 44 0v24" />
        <path d="M20 54V31a12 12 0 0 1 24 0v23" />
        <path d="M2 54h60" />
      </svg>
      <p class="empty-title">{queue.empty}</p>
      <p>{text}</p>
    </div>
  );
}
