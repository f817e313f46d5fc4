import './styles/index.css';
import { render } from 'preact';
import { createClient, patiently } from '../packages/client/src/index.ts';
import { alerts } from './alerts.ts';
import { App } from './app.tsx';
import { look, wear } from './brand.ts';
import { createKept } from './kept.ts';
import { readPlace } from './place.ts';
import { goBy } from './store.ts';
import { startLanguage } from './texts/language.ts';
import { readClaims } from './token-claims.ts';
import { Visit } from './visit/visit.ts';

const place = readPlace(location.pathname);
const kept = createKept(location.pathname);
const speaking = startLanguage(location.search, readClaims(kept.get('token')).lang);
alerts.listen();

// If the service cannot be reached, forms say so at once; all other requests try again by themselves.
const client = createClient({ url: location.origin, domain: place.domain, attempts: 1, longestPauseMs: 8_000 });
goBy(client.clock);
const visit = new Visit(client, place, kept);
const root = document.getElementById('app');
void visit.arrive();
const linkName = new URLSearchParams(location.search).get('name')?.trim().slice(0, 128) ?? '';
void patiently(() => client.doorPage()).then(
  (page) => wear(page ?? look.get()),
  () => undefined,
);
// Not awaited: a script that is awaited could not hold what other parts of the page share with it.
void speaking.then(() => {
  if (root !== null) render(<App visit={visit} place={place} kept={kept} linkName={linkName} />, root);
});
