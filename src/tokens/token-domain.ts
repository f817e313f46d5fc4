import type { Domain } from '../rules/domain.ts';

/** What signing and verifying need to know of a domain, as read together with the facts of the attempt. */
export type TokenDomain = Pick<Domain, 'id' | 'name' | 'version' | 'meetingTokenLifetimeSeconds'>;
