import { isInputObjectType, isObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { allOperations } from '../api/callers-operations.ts';
import { endingNames } from './endings.ts';
import { standings } from './people.ts';
import { uses, waysIn } from './ways.ts';

// The tables of this folder hold what their lists name. Here is what the lists must name: a new operation or credential fails until
// somebody has said what it opens, and whose right it ends.

/** Mutations that end a right, each with the endings by which it is played. */
const ends: Readonly<Record<string, readonly string[]>> = {
  revokeMeetingTokens: [
    'the token is revoked by its jti',
    'the tokens of the room are revoked',
    'the tokens of the person are revoked',
    'the token is revoked and its holder ejected',
  ],
  revokeSelfSigningKey: ['the self-signing key is revoked'],
  leaveRoom: ['they leave'],
  ejectParticipants: ['they are ejected', 'they are banned', 'their userId is banned'],
  joinRoom: ['a newcomer takes their userId'],
  updateParticipant: ['they lose canAdmin'],
  updateParticipants: ['they lose canAdmin'],
  denyKnock: ['the knock is denied', 'the knock is denied with a ban'],
  denyKnocks: ['the knock is denied'],
  cancelKnock: ['they take the knock back'],
  recallAdmission: ['the admission is taken back'],
  liftBan: ['the ban of their userId is lifted'],
  setRoomPrivacy: ['the room goes private'],
  updateRoom: ['the room goes private'],
  deleteRoom: ['the room is deleted'],
};

/** Played as a way to stand, or as a credential that has ended. */
const playedElsewhere = ['returnToLobby', 'revokeApiKey'];

/** Mutations that take nobody's right to a room away. */
const harmless = [
  'addSelfSigningKey',
  'admitKnock',
  'admitKnocks',
  'createApiKey',
  'createMeetingToken',
  'createRoom',
  'createWebhook',
  'deleteWebhook',
  'heartbeat',
  'knock',
  'redeliverWebhook',
  'removeMediaServer',
  'replyToKnock',
  'reportLiveStream',
  'rotateWebhookSecret',
  'setMediaServer',
  'startLiveStream',
  'stopLiveStream',
  'updateDomain',
  'updateMyMedia',
  'updateWebhook',
];

/** Everything that is secret in the schema, by the name under which it is shown or asked for, and what it opens here. */
const credentials: Readonly<Record<string, string>> = {
  token: 'joinRoom with the meeting token',
  jwt: 'joinRoom with the meeting token',
  knockToken: 'joinRoom with knockToken',
  sessionToken: 'joinRoom with the session as bearer',
  idempotencyKey: 'joinRoom with idempotencyKey and the same credential',
};

/** Secrets that open no room: of the media side, of webhooks, and of keys, which the callers' table asks. */
const opensNoRoom = ['mediaGrant', 'secret', 'apiSecret', 'publicJwk'];

test('every mutation ends a right, as one of the endings, or is known to end none', () => {
  const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {});
  expect([...Object.keys(ends), ...playedElsewhere, ...harmless].sort()).toEqual(mutations.sort());
});

test('every ending is played by a mutation, and each that a mutation names is there', () => {
  const named = new Set(Object.values(ends).flat());
  expect(endingNames.filter((name) => name !== 'nothing ends' && !named.has(name))).toEqual([]);
  expect([...named].filter((name) => !endingNames.includes(name))).toEqual([]);
});

describe('credentials', () => {
  const isSecret = (name: string) => /(?:token|jwt|secret|grant|jwk|idempotencyKey|password|credential)$/i.test(name);
  const names = Object.values(schema.getTypeMap())
    .filter((type) => !type.name.startsWith('__') && (isObjectType(type) || isInputObjectType(type)))
    .flatMap((type) => {
      if (isInputObjectType(type)) return Object.keys(type.getFields());
      if (!isObjectType(type)) return [];
      return Object.values(type.getFields()).flatMap(({ name, args }) => [name, ...args.map((arg) => arg.name)]);
    })
    .filter(isSecret);

  /** Not secrets: a MeetingToken as it is listed, and operations that are named after what they make. */
  const things = ['meetingToken', 'createMeetingToken', 'validateMeetingToken', 'rotateWebhookSecret'];

  test('every secret of the schema is in the list of those that open a room, or of those that open none', () => {
    const known = [...Object.keys(credentials), ...opensNoRoom, ...things];
    expect([...new Set(names)].filter((name) => !known.includes(name))).toEqual([]);
    expect(known.filter((name) => !names.includes(name))).toEqual([]);
  });

  test('every credential is tried on a way in', () => {
    expect(Object.values(credentials).filter((way) => !Object.hasOwn(waysIn, way))).toEqual([]);
  });
});

test('every operation by which somebody comes in or waits is a way in, and somebody stands on each', () => {
  const open = allOperations.filter(({ policy }) => ['anybody', 'entry', 'joining'].includes(policy));
  const ways = Object.keys({ ...waysIn, ...uses });
  expect(open.map(({ name }) => name).filter((name) => !ways.some((way) => way.startsWith(`${name} `)))).toEqual([]);
  const states = Object.values(standings).map(({ state }) => state);
  expect(
    Object.entries({ ...waysIn, ...uses }).filter(([, way]) => !states.some((state) => way.isOpenTo(state))),
  ).toEqual([]);
});
