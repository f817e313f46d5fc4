// Makes a room for each of the three ways, serves the two pages beside this file, and prints where to go.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const {
  VESTIBULE_URL: service = 'http://localhost:4000',
  VESTIBULE_API_KEY: key = '',
  PORT: port = '8080',
} = process.env;

const server = createServer(async (request, response) => {
  const name = request.url.split('?')[0].slice(1);
  if (!['inside.html', 'in-front.html'].includes(name)) return response.writeHead(404).end('Not found.\n');
  const page = await readFile(new URL(name, import.meta.url), 'utf8');
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end(page.replaceAll('http://localhost:4000', service));
});

server.listen(Number(port), 'localhost', async () => {
  const site = `http://localhost:${server.address().port}`;

  // Only these sites may show the pages of this domain in a frame.
  const doorPage = { brandName: 'Acme Meetings', accentColor: '#0b6e4f', frameOrigins: [site] };
  await ask('updateDomain(input: { doorPage: $value }) { ... on Domain { id }', 'DoorPageInput!', doorPage);

  const asItIs = await createRoom({ title: 'As it is' });
  const inFront = await createRoom({
    title: 'In front of our own meeting',
    meetingUrl: `${site}/in-front.html?room={room}#{credentials}`,
  });
  const inside = await createRoom({ title: 'Inside our own page' });

  say(`as it is: ${asItIs.url}`);
  say(`in front of our own meeting: ${inFront.url}`);
  say(`inside our own page: ${site}/inside.html?room=${inside.name}&name=Nora&knock`);
  for (const { name } of [asItIs, inFront, inside]) say(`host: ${await invite(name)}`);
});

function say(line) {
  process.stdout.write(`${line}\n`);
}

function createRoom(settings) {
  const value = { settings: { privacy: 'PRIVATE', enableKnocking: true, ...settings } };
  return ask('createRoom(input: $value) { ... on Room { name url }', 'CreateRoomInput!', value);
}

async function invite(roomName) {
  const value = { roomName, isOwner: true, userName: 'Olga' };
  const field = 'createMeetingToken(input: $value) { ... on IssuedMeetingToken { joinUrl }';
  return (await ask(field, 'CreateMeetingTokenInput!', value)).joinUrl;
}

/** One mutation by the backend's API key. A refusal ends this program: it is only an example. */
async function ask(field, type, value) {
  const query = `mutation ($value: ${type}) { ${field} ... on Refusal { code message } } }`;
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  const response = await fetch(`${service}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query, variables: { value } }),
  });
  const { data, errors } = await response.json();
  const [answer] = Object.values(data ?? {});
  if (errors || answer.code) throw new Error(JSON.stringify(errors ?? answer));
  return answer;
}
