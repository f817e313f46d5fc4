import type { SelfSigningKey as SelfSigningKeyShape } from '../src/rules/domain.ts';
import { decodeId } from '../src/rules/ids.ts';
import { builder } from './builder.ts';
import { enumOf } from './enum.ts';
import { resultOf } from './guard.ts';
import { idField } from './ids.ts';
import { Node } from './node.ts';
import { SelfSigningKey } from './refs.ts';

const SelfSigningAlgorithm = enumOf<SelfSigningKeyShape['algorithm']>(
  'SelfSigningAlgorithm',
  'The algorithm with which a backend signs meeting tokens. It is fixed for each key; the header of a token cannot change it.',
  {
    HS256: 'HMAC with SHA-256, with a shared secret that this service creates.',
    ES256: 'ECDSA on P-256 with SHA-256. The private key stays with the backend.',
    EdDSA: 'Ed25519. The private key stays with the backend.',
  },
);

SelfSigningKey.implement({
  description:
    "A key with which the domain's backend signs meeting tokens itself, without calling `createMeetingToken`. Backend only (scope TOKENS); ADMIN can add and revoke keys.",
  interfaces: [Node],
  fields: (t) => ({
    id: idField(t, 'SelfSigningKey', ({ id }) => id),
    kid: t.exposeString('kid', {
      description: 'The key id. Put it into the `kid` header of every token that you sign with this key.',
    }),
    algorithm: t.expose('algorithm', {
      type: SelfSigningAlgorithm,
      description: 'The only algorithm that the service accepts with this key.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was registered.' }),
    revokedAt: t.expose('revokedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was revoked. Tokens that it signed are then no longer valid. Null: it is not revoked.',
    }),
  }),
});

const AddSelfSigningKeyInput = builder.inputType('AddSelfSigningKeyInput', {
  description: 'The key to register.',
  fields: (t) => ({
    algorithm: t.field({
      type: SelfSigningAlgorithm,
      required: true,
      description: 'The algorithm with which the backend will sign.',
    }),
    publicJwk: t.string({
      description:
        'For ES256 and EdDSA: the public key, as the JSON text of a JWK. A JWK with a private part is refused. Must be left out for HS256: the service creates that secret.',
    }),
  }),
});

const AddedSelfSigningKey = builder
  .objectRef<{ readonly selfSigningKey: SelfSigningKeyShape; readonly secret: string | null }>('AddedSelfSigningKey')
  .implement({
    description: 'A registered key with its shared secret, which is shown only here.',
    fields: (t) => ({
      selfSigningKey: t.expose('selfSigningKey', {
        type: SelfSigningKey,
        description: 'The key as lists show it.',
      }),
      secret: t.exposeString('secret', {
        nullable: true,
        description: 'With HS256: the shared secret, which is shown only here. Null with other algorithms.',
      }),
    }),
  });

const AddSelfSigningKeyResult = resultOf('AddSelfSigningKeyResult', {
  description: 'The registered key, or the refusal.',
  success: [AddedSelfSigningKey],
  refusals: ['InvalidInput', 'Forbidden'],
});

const RevokeSelfSigningKeyResult = resultOf('RevokeSelfSigningKeyResult', {
  description: 'The revoked key, or the refusal.',
  success: [SelfSigningKey],
  refusals: ['Forbidden', 'NotFound'],
});

builder.mutationFields((t) => ({
  addSelfSigningKey: t.field({
    type: AddSelfSigningKeyResult.type,
    description:
      "Registers a key with which the domain's backend signs meeting tokens itself. A token without `kid` is tried with the five newest keys of its algorithm; with more keys than that, let tokens name theirs. A domain has 1,000 at most that are not revoked. Backend only (scope ADMIN).",
    args: {
      input: t.arg({
        type: AddSelfSigningKeyInput,
        required: true,
        description: 'The algorithm, and the public key if the algorithm needs one.',
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
      'Revokes a key permanently. Every process refuses its tokens from the next attempt. Pending knocks with such a token are no longer verified, and admissions of such knocks end (RECALLED). Participants who joined with such a token stay, but cannot come back after they leave. Backend only (scope ADMIN).',
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
