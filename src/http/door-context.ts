import type { GraphQLError, OperationTypeNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { OpenRequest } from './caller-request.ts';

/** What a door gives to the engine with each operation. */
export interface DoorContext {
  readonly openRequest: OpenRequest;
  /** Null: an operation of this type may begin here, and what it holds is held. It is asked before anything of it has begun. */
  readonly begin?: (type: OperationTypeNode) => GraphQLError | null;
}

export type DoorPlugin = Plugin<DoorContext, DoorContext>;
