// Makes a room with the backend's key, and prints where its host and a guest open the page that is served after this.
const { VESTIBULE_URL: service = 'http://localhost:4000', VESTIBULE_API_KEY: key, PORT: port = '5173' } = process.env;

if (!key) fail('Set VESTIBULE_API_KEY to the key that the first start of the service printed.');
const room = await ask('createRoom', 'CreateRoomInput', '... on Room { name }', {
  settings: { privacy: 'PRIVATE', enableKnocking: true },
});
const { jwt } = await ask('createMeetingToken', 'CreateMeetingTokenInput', '... on IssuedMeetingToken { jwt }', {
  roomName: room.name,
  isOwner: true,
  userName: 'Olga',
});
// Behind the #, where no server sees it.
say(`guest: http://localhost:${port}/#${new URLSearchParams({ room: room.name })}`);
say(`host: http://localhost:${port}/#${new URLSearchParams({ room: room.name, token: jwt })}`);

function say(line) {
  process.stdout.write(`${line}\n`);
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

async function ask(field, type, selection, input) {
  const query = `mutation ($input: ${type}!) { it: ${field}(input: $input) { ${selection} ... on Refusal { code message } } }`;
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  const body = JSON.stringify({ query, variables: { input } });
  const response = await fetch(`${service}/graphql`, { method: 'POST', headers, body }).catch(() =>
    fail(`Nothing answered at ${service}: start the service first, or set VESTIBULE_URL.`),
  );
  const { data, errors } = await response.json();
  if (errors || data.it.code) fail(errors?.[0].message ?? data.it.message);
  return data.it;
}
