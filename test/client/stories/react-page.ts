import { createElement, StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import * as hooks from '../../../packages/client/src/react.ts';
import type { Opener, Opening } from './shown.ts';

function Everything({ holding, show }: Pick<Opening, 'holding' | 'show'>) {
  const join = hooks.useJoin(holding);
  const shown = {
    join,
    access: hooks.useAccess(),
    knock: hooks.useKnock(),
    waitingList: hooks.useWaitingList(),
    participants: hooks.useParticipants(),
    room: hooks.useRoom(),
    myPermissions: hooks.useMyPermissions(),
    mediaRequests: hooks.useMediaRequests(),
    connection: hooks.useConnection(),
  };
  useEffect(() => show(shown));
  return createElement('p', null, join.phase);
}

export const openInReact: Opener = ({ root, client, options, holding, show }) => {
  const everything = createElement(Everything, { holding, show });
  const { VestibuleProvider } = hooks;
  const reactRoot = createRoot(root);
  reactRoot.render(
    createElement(StrictMode, null, createElement(VestibuleProvider, { client, ...options }, everything)),
  );
  return () => reactRoot.unmount();
};
