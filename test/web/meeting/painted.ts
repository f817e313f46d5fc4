/** A picture that is painted once, as a stream: no camera, and nothing that runs. */
export function paintedStream(key: string): MediaStream {
  const known = streams.get(key);
  if (known !== undefined) return known;
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = key.endsWith('/screen') ? [640, 400] : [320, 180];
  const stream = canvas.captureStream();
  paint(canvas, key);
  // The first frame is sent when something is painted after somebody looks.
  const repaint = setInterval(() => paint(canvas, key), 200);
  setTimeout(() => clearInterval(repaint), 2_000);
  streams.set(key, stream);
  return stream;
}

const streams = new Map<string, MediaStream>();

function paint(canvas: HTMLCanvasElement, key: string): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const hue = [...key].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7);
  const { width, height } = canvas;
  context.fillStyle = key.endsWith('/screen') ? '#fffefb' : `hsl(${hue} 30% 62%)`;
  context.fillRect(0, 0, width, height);
  context.fillStyle = `hsl(${hue} 45% 38%)`;
  if (key.endsWith('/screen')) context.fillRect(60, 60, width - 120, 24);
  else {
    context.beginPath();
    context.ellipse(width / 2, height * 1.02, width * 0.24, height * 0.42, 0, 0, 2 * Math.PI);
    context.ellipse(width / 2, height * 0.42, height * 0.18, height * 0.22, 0, 0, 2 * Math.PI);
    context.fill();
  }
}
