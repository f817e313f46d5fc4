import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { MediaGrant } from '../rules/participant.ts';
import type { TokenDomain } from './domain-keys.ts';
import type { Keyring } from './keyring.ts';

const mediaGrantType = 'media-grant+jwt';
/** Long enough to connect, short enough that who is put out cannot come back to the media server with it. */
export const mediaGrantSeconds = 120;

/** Signs what a media server is to be shown. The server verifies it with the JWKS, `iss`, `aud` (the domain's name) and `typ`. */
export class MediaGrantSigner {
  readonly #keyring: Keyring;
  readonly #issuer: string;

  constructor(keyring: Keyring, issuer: string) {
    this.#keyring = keyring;
    this.#issuer = issuer;
  }

  async sign(domain: TokenDomain, grant: MediaGrant, now: Date): Promise<string> {
    const iat = Math.floor(now.getTime() / 1000);
    const exp = iat + mediaGrantSeconds;
    const { kid, privateKey } = await this.#keyring.signer(domain, new Date(exp * 1000), now);
    return new SignJWT({
      room: grant.roomName,
      room_id: grant.roomId,
      name: grant.userName,
      ...(grant.userId === null ? {} : { user_id: grant.userId }),
      is_owner: grant.isOwner,
      hidden: grant.hidden,
      permissions: grant.permissions,
    })
      .setProtectedHeader({ alg: 'EdDSA', kid, typ: mediaGrantType })
      .setIssuer(this.#issuer)
      .setAudience(domain.name)
      .setSubject(grant.participantId)
      .setJti(randomUUID())
      .setIssuedAt(iat)
      .setExpirationTime(exp)
      .sign(privateKey);
  }
}
