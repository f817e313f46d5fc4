import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';

// As make-room.mjs prints the links. The token leaves the address before anything else runs.
const { room = '', token } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
history.replaceState(null, '', `#${new URLSearchParams({ room })}`);

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App url="http://localhost:4000" roomName={room} token={token ?? null} />
    </StrictMode>,
  );
}
