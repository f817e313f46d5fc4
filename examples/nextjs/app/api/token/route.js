import { isRefusal } from '@vestibule/backend';
import { roomName, vestibule } from '../../vestibule.js';

/** A token for whoever may have one. Ask your own session here who this is: in this example everybody is the host. */
export async function POST(request) {
  const { userName } = await request.json();
  const token = await vestibule().createMeetingToken({ roomName, isOwner: true, userName });
  if (isRefusal(token)) return Response.json({ error: token.message }, { status: 403 });
  return Response.json({ jwt: token.jwt });
}
