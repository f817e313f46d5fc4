import { useLayoutEffect, useState } from 'preact/hooks';
import type { MediaAccess } from '../../packages/client/src/index.ts';
import { useTexts } from '../texts/language.ts';
import { Icon } from '../ui/icons.tsx';
import type { OwnActions } from '../visit/actions/own-actions.ts';

/** Another process of the service may learn of it some seconds later. */
const againMs = 6_000;
const mostTimes = 3;

interface JitsiMeetingProps {
  readonly access: MediaAccess;
  /** What people call the meeting. */
  readonly title: string;
  readonly actions: OwnActions;
}

/** What the meeting in the frame may ask for. Whoever is asked hears the name of the meeting's own site. */
const allowed = 'camera; microphone; display-capture; autoplay; fullscreen; picture-in-picture; clipboard-write';

/** The meeting itself, on Jitsi, which has switches of its own. This page keeps the place, and leaves. */
export function JitsiMeeting({ access, title, actions }: JitsiMeetingProps) {
  const { room } = useTexts();
  // The token is good for coming in, once: with another one the call would begin anew.
  const [address] = useState(() => `${access.url}/${access.room}#jwt=${access.token}`);
  useLayoutEffect(() => loadAgainWhereForbidden(access.url), [access.url]);
  return (
    <section class="jitsi" aria-label={title}>
      <iframe src={address} title={title} allow={allowed} referrerpolicy="no-referrer" />
      <button type="button" class="button grave" onClick={() => void actions.leave()}>
        <Icon name="leave" />
        {room.leave}
      </button>
    </section>
  );
}

/**
 * What this page may show in a frame was said when it came. Where the domain has connected another Jitsi since, the page comes again:
 * whoever is inside stays inside.
 */
function loadAgainWhereForbidden(url: string): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const key = `vestibule came again for ${url}`;
  const look = ({ effectiveDirective }: SecurityPolicyViolationEvent) => {
    if (effectiveDirective !== 'frame-src') return;
    try {
      const times = Number(sessionStorage.getItem(key) ?? 0);
      if (times >= mostTimes) return;
      sessionStorage.setItem(key, String(times + 1));
      timer = setTimeout(() => location.reload(), times * againMs);
    } catch {
      // A page that can keep nothing would come again for ever.
    }
  };
  document.addEventListener('securitypolicyviolation', look);
  return () => {
    clearTimeout(timer);
    document.removeEventListener('securitypolicyviolation', look);
  };
}
