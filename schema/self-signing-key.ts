import type { SelfSigningKey as SelfSigningKeyShape } from '../src/rules/domain.ts';
import { decodeId } from '../src/rules/ids.ts';
import { builder } from './builder.ts';
import { enumOf } from './enum.ts';
import { idField, Node } from './node.ts';
import { SelfSigningKey } from './refs.ts';
import { resultOf } from './result.ts';

const SelfSigningAlgorithm = enumOf<SelfSigningKeyShape['algorithm']>(
  'SelfSigningAlgorithm',
  'How a backend signs meeting tokens. It is fixed for a key: what the header of a token says never counts.',
  {
    HS256: 'HMAC with SHA-256, by a shared secret that this service makes.',
    ES256: 'ECDSA on P-256 with SHA-256; the private key stays with the backend.',
    EdDSA: 'Ed25519; the private key stays with the backend.',
  },
);

SelfSigningKey.implement({
  description:
    "A key with which the domain's backend signs meeting tokens itself, without calling `createMeetingToken`. Backend only (scope TOKENS); ADMIN adds and revokes.",
  interfaces: [Node],
  fields: (t) => ({
    id: idField(t, 'SelfSigningKey', ({ id }) => id),
    kid: t.exposeString('kid', {
      description: 'To be put into the `kid` header of every token that is signed with it.',
    }),
    algorithm: t.expose('algorithm', {
      type: SelfSigningAlgorithm,
      description: 'The only algorithm that counts with it.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was registered.' }),
    revokedAt: t.expose('revokedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was revoked; from then on tokens that it signed open nothing. Null while it was not.',
    }),
  }),
});

const AddSelfSigningKeyInput = builder.inputType('AddSelfSigningKeyInput', {
  description: 'The key to register.',
  fields: (t) => ({
    algorithm: t.field({ type: SelfSigningAlgorithm, required: true, description: 'How the backend will sign.' }),
    publicJwk: t.string({
      description:
        'For ES256 and EdDSA: the public key, as the JSON text of a JWK. A JWK with its private part is refused. Left out for HS256, where the service makes the secret.',
    }),
  }),
});

const AddedSelfSigningKey = builder
  .objectRef<{ readonly selfSigningKey: SelfSigningKeyShape; readonly secret: string | null }>('AddedSelfSigningKey')
  .implement({
    description: 'A registered key, with its shared secret for the only time.',
    fields: (t) => ({
      selfSigningKey: t.expose('selfSigningKey', {
        type: SelfSigningKey,
        description: 'The key as it will be listed.',
      }),
      secret: t.exposeString('secret', {
        nullable: true,
        description: 'With HS256: the shared secret, shown only here. Null with the others.',
      }),
    }),
  });

const AddSelfSigningKeyResult = resultOf('AddSelfSigningKeyResult', {
  description: 'The key that was registered, or why none was.',
  success: [AddedSelfSigningKey],
  refusals: ['InvalidInput', 'Forbidden'],
});

const RevokeSelfSigningKeyResult = resultOf('RevokeSelfSigningKeyResult', {
  description: 'The key that was revoked, or why it was not.',
  success: [SelfSigningKey],
  refusals: ['Forbidden', 'NotFound'],
});

builder.mutationFields((t) => ({
  addSelfSigningKey: t.field({
    type: AddSelfSigningKeyResult.type,
    description:
      "Registers a key with which the domain's backend signs meeting tokens itself. Backend only (scope ADMIN).",
    args: {
      input: t.arg({
        type: AddSelfSigningKeyInput,
        required: true,
        description: 'The algorithm, and a public key where it needs one.',
      }),
    },
    resolve: (_root, args, context) =>
      AddSelfSigningKeyResult.answer(context, args, () =>
        context.services.domains.addSelfSigningKey(context.caller, args.input),
      ),
  }),
  revokeSelfSigningKey: t.field({
    type: RevokeSelfSigningKeyResult.type,
    description:
      'Ends a key for good: tokens that it signed are refused from the next attempt on, on every process, who waits with one is verified no more, and admissions that were given to such knocks end (RECALLED). Who is inside stays, and does not come back. Backend only (scope ADMIN).',
    args: { selfSigningKeyId: t.arg.id({ required: true, description: '`id` of the SelfSigningKey.' }) },
    resolve: (_root, args, context) =>
      RevokeSelfSigningKeyResult.answer(context, args, () =>
        context.services.domains.revokeSelfSigningKey(
          context.caller,
          decodeId('SelfSigningKey', args.selfSigningKeyId),
        ),
      ),
  }),
}));
