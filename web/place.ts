/** The room of this page, from its address `/{domain}/{room}`. */
export interface Place {
  readonly domain: string;
  readonly roomName: string;
}

export function readPlace(pathname: string): Place {
  const [roomName = '', domain = ''] = pathname.split('/').filter(Boolean).reverse();
  return { domain, roomName };
}
