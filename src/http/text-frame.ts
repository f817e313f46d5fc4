const finalText = 0x81;

/** The bytes of a text frame's head, by how many bytes follow it. */
function headOf(bytes: number): 2 | 4 | 10 {
  if (bytes <= 125) return 2;
  return bytes <= 0xffff ? 4 : 10;
}

/**
 * A whole text message from a server, as RFC 6455 (5.2) has it: in one frame, without a mask, `before` and then `body` and `after`. One
 * buffer is one write, where a head and a text are two.
 */
export function textFrame(before: string, body: Buffer, after: string): Buffer {
  const beforeBytes = Buffer.byteLength(before);
  const bytes = beforeBytes + body.length + Buffer.byteLength(after);
  const head = headOf(bytes);
  const frame = Buffer.allocUnsafe(head + bytes);
  frame[0] = finalText;
  if (head === 2) frame[1] = bytes;
  else if (head === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(bytes, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(bytes), 2);
  }
  frame.write(before, head);
  body.copy(frame, head + beforeBytes);
  frame.write(after, head + beforeBytes + body.length);
  return frame;
}
