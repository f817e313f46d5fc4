import { createContext, createElement, type ReactNode, useContext, useMemo, useRef } from 'react';
import type { Client } from './client.ts';
import { outsideOfProvider } from './shown.ts';
import { createVisit, type Visit, type VisitOptions } from './visit.ts';

const VisitContext = createContext<Visit | null>(null);

/** Which client, which room, whose token. */
export interface VestibuleProviderProps extends VisitOptions {
  /** Made once, outside of every component. */
  readonly client: Client;
  readonly children?: ReactNode;
}

/** Whatever is inside follows one person's visit to one room. Another room or another token, or none any more, is another visit. */
export function VestibuleProvider(props: VestibuleProviderProps) {
  const { client, roomName, domain, token, sessionToken, storage, children } = props;
  // Often written in place, so that it is another one at each render.
  const place = useRef(storage);
  const visit = useMemo(
    () => createVisit(client, { roomName, domain, token, sessionToken, storage: place.current }),
    [client, roomName, domain, token, sessionToken],
  );
  return createElement(VisitContext.Provider, { value: visit }, children);
}

/** The visit of the provider around, with all of its stores. */
export function useVisit(): Visit {
  return useContext(VisitContext) ?? outsideOfProvider();
}
