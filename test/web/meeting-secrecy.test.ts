import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { buildSchema, getNamedType, isLeafType, isObjectType } from 'graphql';
import { beforeAll, expect, test } from 'vitest';
import { change } from '../api/room-kit.ts';
import { type DomainSeed, openDomain } from '../support/domain.ts';
import { buildPage } from './page-build.ts';

// Where a meeting is, nobody learns who is not in: everything that a guest outside receives is searched for it.

await buildPage();

const [ofDomain, ofRoom] = [`d-${randomUUID()}.example`, `r-${randomUUID()}.example`];
let domain: DomainSeed;

beforeAll(async () => {
  domain = await openDomain();
  const doorPage = {
    meetingUrl: `https://${ofDomain}/{room}#{credentials}`,
    exitUrl: 'https://exit.example/',
    brandName: 'Acme',
  };
  await change(domain.backend, 'updateDomain', { doorPage }, '__typename');
});

const schema = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));

/** Every field of a type that can be asked for without more. */
function everything(typeName: string): string {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) throw new Error(`${typeName} is no object type`);
  const plain = Object.values(type.getFields()).filter(
    ({ args, type: of }) => args.length === 0 && isLeafType(getNamedType(of)),
  );
  return plain.map(({ name }) => name).join(' ');
}

const asked = [
  `query ($domain: String!) { doorPage(domain: $domain) { ${everything('DoorPage')} links { label url } } }`,
  `query ($domain: String!, $room: String!) { access(roomName: $room, domain: $domain) {
    ${everything('Access')} refusal { ${everything('EntryRefused')} } } }`,
  `mutation ($domain: String!, $room: String!) { joinRoom(input: { roomName: $room, domain: $domain, userName: "Ada" }) {
    __typename ... on MustKnock { ${everything('MustKnock')} } ... on EntryRefused { ${everything('EntryRefused')} } } }`,
  '{ __schema { types { name description fields { name description } } } }',
];
const knockFields = everything('KnockRequest');

test('nothing that a guest outside receives holds the meeting’s address: page, files, headers, answers, events', async () => {
  const room = await domain.backend.waitingRoom({
    title: 'Review',
    meetingUrl: `https://${ofRoom}/{participant}#{credentials}`,
  });
  const inside = await room.owner();
  const heard: string[] = [];
  const hear = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${domain.server.url}${path}`, init);
    const text = await answer.text();
    heard.push(text, JSON.stringify([...answer.headers]));
    return text;
  };
  const page = `/${domain.server.domain}/${room.name}`;
  const html = await hear(page);
  for (const path of [
    `${page}?t=no.good.token`,
    `${page}/`,
    `/${domain.server.domain}/missing`,
    '/schema.graphql',
    '/health',
    '/ready',
  ])
    await hear(path);
  const files = new Set([...html.matchAll(/\/assets\/[\w.-]+/g)].map(([path]) => path));
  for (const path of files) await hear(path);
  const [script = ''] = [...files].filter((path) => path.endsWith('.js'));
  for (const [, name = ''] of (await hear(script)).matchAll(/["'`/]((?:inside|texts)[\w.-]+\.js)/g))
    await hear(`/assets/${name}`);
  const variables = { domain: domain.server.domain, room: room.name };
  for (const query of asked) {
    const { body } = await domain.anybody.ask(query, query.startsWith('{') ? {} : variables);
    expect(body.errors).toBeUndefined();
    heard.push(JSON.stringify(body));
  }
  const guest = await room.knocker();
  const own = await guest.ws().subscribe(`subscription { myKnock { ${knockFields} } }`);
  const deny = 'mutation ($id: ID!) { denyKnock(input: { knockId: $id, reply: "Not now" }) { __typename } }';
  const viewer = `{ viewer { __typename ... on KnockRequest { ${knockFields} } } }`;
  for (const ask of [() => guest.ask(viewer), () => inside.ask(deny, { id: guest.knockId }), () => guest.ask(viewer)]) {
    const { body } = await ask();
    expect(body.errors).toBeUndefined();
    heard.push(JSON.stringify(body));
  }
  // However late it began: it ends with how the knock was decided.
  const told = JSON.stringify(await own.next());
  expect(told).toContain('myKnock');
  heard.push(told);
  expect(heard.length).toBeGreaterThan(40);
  expect(heard.join('\n')).toContain('Review');
  for (const address of [ofDomain, ofRoom]) expect(heard.filter((text) => text.includes(address))).toEqual([]);
  // It is there for whoever is in.
  const seen = await inside.ask('{ viewer { ... on Participant { meetingUrl } } }');
  expect(JSON.stringify(seen.body)).toContain(ofRoom);
});
