import { useLayoutEffect, useState } from 'preact/hooks';
import type { MediaAccess } from '../../packages/client/src/index.ts';
import { loadAgainWhereForbidden } from '../load-again.ts';
import { useTexts } from '../texts/language.ts';
import { Icon } from '../ui/icons.tsx';
import type { OwnActions } from '../visit/actions/own-actions.ts';

interface JitsiMeetingProps {
  readonly access: MediaAccess;
  /** What people call the meeting. */
  readonly title: string;
  readonly actions: OwnActions;
  /** A frame that is taken away lets go of camera and microphone at once, also while the service has not said yes to it yet. */
  readonly isLeft: boolean;
}

/** What the meeting in the frame may ask for. Whoever is asked hears the name of the meeting's own site. */
const allowed = 'camera; microphone; display-capture; autoplay; fullscreen; picture-in-picture; clipboard-write';

/** The meeting itself, on Jitsi, which has switches of its own. This page keeps the place, and leaves. */
export function JitsiMeeting({ access, title, actions, isLeft }: JitsiMeetingProps) {
  const { room } = useTexts();
  // The token is good for coming in, once: with another one the call would begin anew.
  const [address] = useState(() => `${access.url}/${access.room}#jwt=${access.token}`);
  useLayoutEffect(() => loadAgainWhereForbidden('frame-src', () => access.url), [access.url]);
  return (
    <section class="jitsi" aria-label={title}>
      {isLeft ? (
        <div role="status">
          <h2>{room.going.title}</h2>
          <p>{room.going.text}</p>
        </div>
      ) : (
        <iframe src={address} title={title} allow={allowed} referrerpolicy="no-referrer" />
      )}
      <button type="button" class="button grave" onClick={() => void actions.leave()}>
        <Icon name="leave" />
        {room.leave}
      </button>
    </section>
  );
}
