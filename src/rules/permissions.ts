import type { InputIssue } from './refusal.ts';
import { cleanUserId, isStorable } from './text.ts';

export const mediaKinds = ['AUDIO', 'VIDEO', 'SCREEN_AUDIO', 'SCREEN_VIDEO', 'CUSTOM_AUDIO', 'CUSTOM_VIDEO'] as const;
export type MediaKind = (typeof mediaKinds)[number];

export const adminAreas = ['PARTICIPANTS', 'STREAMING', 'TRANSCRIPTION'] as const;
export type AdminArea = (typeof adminAreas)[number];

/** What may be received from one user or one participant, in place of the base. Exactly one of the two names whom. */
export interface ReceiveOverride {
  readonly userId: string | null;
  readonly participantId: string | null;
  readonly kinds: readonly MediaKind[];
}

export interface ReceivePermissions {
  readonly base: readonly MediaKind[];
  readonly overrides: readonly ReceiveOverride[];
}

export interface Permissions {
  readonly hasPresence: boolean;
  readonly canSend: readonly MediaKind[];
  readonly canReceive: ReceivePermissions;
  readonly canAdmin: readonly AdminArea[];
}

/** What a token, a room or a domain says of permissions: a field that is null leaves the word to the next. */
export interface PermissionsPatch {
  readonly hasPresence: boolean | null;
  readonly canSend: readonly MediaKind[] | null;
  readonly canReceive: {
    readonly base: readonly MediaKind[] | null;
    readonly overrides: readonly ReceiveOverride[] | null;
  } | null;
  readonly canAdmin: readonly AdminArea[] | null;
}

/** What holds where nobody says otherwise: everybody is seen, sends and receives all, administers nothing. */
export const defaultPermissions: Permissions = {
  hasPresence: true,
  canSend: mediaKinds,
  canReceive: { base: mediaKinds, overrides: [] },
  canAdmin: [],
};

/** Lays patches over each other, the strongest last, field by field (`canReceive` by base and by overrides). */
export function layPermissions(base: Permissions, ...patches: readonly (PermissionsPatch | null)[]): Permissions {
  return patches.reduce<Permissions>(
    (below, patch) =>
      patch === null
        ? below
        : {
            hasPresence: patch.hasPresence ?? below.hasPresence,
            canSend: patch.canSend ?? below.canSend,
            canReceive: {
              base: patch.canReceive?.base ?? below.canReceive.base,
              overrides: patch.canReceive?.overrides ?? below.canReceive.overrides,
            },
            canAdmin: patch.canAdmin ?? below.canAdmin,
          },
    base,
  );
}

/** One patch over another: what the upper leaves open, the lower says. */
export function mergePatches(lower: PermissionsPatch | null, upper: PermissionsPatch | null): PermissionsPatch | null {
  if (lower === null || upper === null) return upper ?? lower;
  const receive = {
    base: upper.canReceive?.base ?? lower.canReceive?.base ?? null,
    overrides: upper.canReceive?.overrides ?? lower.canReceive?.overrides ?? null,
  };
  return {
    hasPresence: upper.hasPresence ?? lower.hasPresence,
    canSend: upper.canSend ?? lower.canSend,
    canReceive: receive.base === null && receive.overrides === null ? null : receive,
    canAdmin: upper.canAdmin ?? lower.canAdmin,
  };
}

/** The permissions that hold for one person: owners administer every area; while only owners broadcast, nobody else sends. */
export function effectivePermissions(
  laid: Permissions,
  who: { readonly isOwner: boolean },
  ownerOnlyBroadcast: boolean,
): Permissions {
  if (who.isOwner) return { ...laid, canAdmin: adminAreas };
  return ownerOnlyBroadcast ? { ...laid, canSend: [] } : laid;
}

/** The permissions as a client may write them: any field may be left out. */
export interface PermissionsInput {
  readonly hasPresence?: boolean | null | undefined;
  readonly canSend?: readonly MediaKind[] | null | undefined;
  readonly canReceive?:
    | {
        readonly base?: readonly MediaKind[] | null | undefined;
        readonly overrides?: readonly ReceiveOverrideInput[] | null | undefined;
      }
    | null
    | undefined;
  readonly canAdmin?: readonly AdminArea[] | null | undefined;
}

export interface ReceiveOverrideInput {
  readonly userId?: string | null | undefined;
  readonly participantId?: string | null | undefined;
  readonly kinds: readonly MediaKind[];
}

const maxOverrides = 100;
/** A token travels in a URL, and in one line of a request, of which most servers take 8 KiB: with more it would not fit. */
export const maxTokenOverrides = 20;
const maxParticipantIdCharacters = 128;

/** Brings permissions as written to a patch, lists without doubles. Each override names exactly one of userId and participantId. */
export function checkPermissions(
  input: PermissionsInput | null | undefined,
  path: readonly string[],
  most: number = maxOverrides,
): { readonly patch: PermissionsPatch | null; readonly issues: readonly InputIssue[] } {
  if (input === null || input === undefined) return { patch: null, issues: [] };
  const overrides = input.canReceive?.overrides ?? null;
  const receive = { base: unique(input.canReceive?.base), overrides: overrides?.map(toOverride) ?? null };
  const patch: PermissionsPatch = {
    hasPresence: input.hasPresence ?? null,
    canSend: unique(input.canSend),
    canReceive: receive.base === null && receive.overrides === null ? null : receive,
    canAdmin: unique(input.canAdmin),
  };
  const here = [...path, 'canReceive', 'overrides'];
  return { patch, issues: overrides === null ? [] : checkOverrides(overrides, here, most) };
}

function checkOverrides(
  overrides: readonly ReceiveOverrideInput[],
  path: readonly string[],
  most: number,
): readonly InputIssue[] {
  if (overrides.length > most) {
    return [{ path, message: `must contain at most ${most} overrides, and contains ${overrides.length}` }];
  }
  return overrides.flatMap((override, index) => {
    const problem = findProblem(override);
    return problem === null ? [] : [{ path: [...path, String(index)], message: problem }];
  });
}

function findProblem({ userId, participantId }: ReceiveOverrideInput): string | null {
  if ((typeof userId === 'string') === (typeof participantId === 'string')) {
    return 'must name exactly one of userId and participantId';
  }
  if (typeof userId === 'string') {
    const text = cleanUserId(userId);
    return text.ok ? null : `contains an invalid userId: it ${text.problem}`;
  }
  const id = participantId ?? '';
  return id === '' || id.length > maxParticipantIdCharacters || !isStorable(id)
    ? 'contains an invalid participantId'
    : null;
}

/** A userId is written as tokens have it: otherwise it would name nobody. */
function toOverride({ userId, participantId, kinds }: ReceiveOverrideInput): ReceiveOverride {
  const text = typeof userId === 'string' ? cleanUserId(userId) : null;
  return {
    userId: text?.ok ? text.value : null,
    participantId: participantId ?? null,
    kinds: unique(kinds) ?? [],
  };
}

function unique<T>(list: readonly T[] | null | undefined): readonly T[] | null {
  return list ? [...new Set(list)] : null;
}
