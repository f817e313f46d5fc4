import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Meeting } from './after.tsx';

// As make-room.mjs prints the links.
const { room = '' } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Meeting roomName={room} />
    </StrictMode>,
  );
}
