import { SignJWT } from 'jose';
import type { MeetingToken, TokenTerms } from '../rules/meeting-token.ts';
import { meetingTokenType, writeClaims } from '../rules/meeting-token-claims.ts';
import type { TokenDomain } from './domain-keys.ts';
import type { Keyring } from './keyring.ts';

/** Signs meeting tokens with the key of their domain. `issuer` is PUBLIC_URL: a token is good only at the service of that address. */
export class MeetingTokenSigner {
  readonly #keyring: Keyring;
  readonly #issuer: string;

  constructor(keyring: Keyring, issuer: string) {
    this.#keyring = keyring;
    this.#issuer = issuer;
  }

  /** The same token signed twice is two texts of one token: they share jti, uses and revocation. */
  async sign(
    domain: TokenDomain,
    token: TokenTerms & Pick<MeetingToken, 'jti' | 'roomId'>,
    now: Date,
  ): Promise<string> {
    const { kid, privateKey } = await this.#keyring.signer(domain, token.exp, now);
    return new SignJWT(writeClaims(token))
      .setProtectedHeader({ alg: 'EdDSA', kid, typ: meetingTokenType })
      .setIssuer(this.#issuer)
      .setAudience(domain.name)
      .setIssuedAt(now)
      .sign(privateKey);
  }
}
