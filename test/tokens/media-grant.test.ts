import { createPublicKey } from 'node:crypto';
import { createVerifier } from 'fast-jwt';
import { describe, expect, test } from 'vitest';
import { defaultPermissions } from '../../src/rules/permissions.ts';
import { toJwksDocument } from '../../src/tokens/jwks.ts';
import { MediaGrantSigner, mediaGrantSeconds } from '../../src/tokens/media-grant.ts';
import { createTokenKit, domain, issuer, now, nowSeconds } from './token-kit.ts';

const grant = {
  participantId: 'p1',
  roomName: 'standup',
  roomId: 'room-1',
  userName: 'Ann',
  userId: 'u1',
  isOwner: false,
  hidden: false,
  permissions: { ...defaultPermissions, canSend: ['AUDIO'] as const },
};

async function signGrant(more: object = {}) {
  const kit = createTokenKit();
  const jwt = await new MediaGrantSigner(kit.keyring, issuer).sign(domain, { ...grant, ...more }, now);
  return { kit, jwt };
}

const claimsOf = (jwt: string) => JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());

describe('a media grant', () => {
  test('is verified by a media server with a library of its own and the JWKS', async () => {
    const { kit, jwt } = await signGrant();
    const [key] = toJwksDocument(await kit.store.listAllSigningKeys()).keys;
    const pem = createPublicKey({ key: { ...key }, format: 'jwk' })
      .export({ type: 'spki', format: 'pem' })
      .toString();
    const verify = createVerifier({
      key: pem,
      algorithms: ['EdDSA'],
      allowedIss: issuer,
      allowedAud: domain.name,
      checkTyp: 'media-grant+jwt',
      clockTimestamp: now.getTime(),
      requiredClaims: ['exp', 'jti'],
    });
    expect(verify(jwt)).toMatchObject({
      sub: 'p1',
      room: 'standup',
      room_id: 'room-1',
      name: 'Ann',
      user_id: 'u1',
      is_owner: false,
      hidden: false,
      permissions: { hasPresence: true, canSend: ['AUDIO'], canAdmin: [] },
    });
  });

  test('lasts two minutes', async () => {
    const { jwt } = await signGrant();
    expect(mediaGrantSeconds).toBe(120);
    expect(claimsOf(jwt)).toMatchObject({ iat: nowSeconds, exp: nowSeconds + 120 });
  });

  test('of somebody without userId has no user_id', async () => {
    const { jwt } = await signGrant({ userId: null });
    expect(claimsOf(jwt)).not.toHaveProperty('user_id');
  });
});
