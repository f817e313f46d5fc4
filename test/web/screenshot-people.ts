// Who is in the pictures of a meeting: painted, and sent as a camera's picture is.

export interface Portrait {
  readonly wall: readonly [string, string];
  readonly behind: 'window' | 'shelves' | 'pictures' | 'lamp' | 'plant';
  readonly skin: string;
  readonly shade: string;
  readonly hair: string;
  readonly cut: 'bob' | 'short' | 'long' | 'curls' | 'bald' | 'scarf';
  readonly hasBeard?: boolean;
  readonly shirt: string;
  /** Does their microphone carry a voice? */
  readonly speaks?: boolean;
}

export const portraits = {
  mara: {
    ...{ wall: ['#e9dfcb', '#cdbf9f'], behind: 'window', skin: '#f0c9a8', shade: '#dba985' },
    ...{ hair: '#b5652f', cut: 'bob', shirt: '#1f5c57' },
  },
  jonas: {
    ...{ wall: ['#9fb0b8', '#71868f'], behind: 'shelves', skin: '#f2cfb3', shade: '#dcae8d' },
    ...{ hair: '#5b4030', cut: 'short', hasBeard: true, shirt: '#39506e', speaks: true },
  },
  amelie: {
    ...{ wall: ['#d8c2b4', '#b3907c'], behind: 'pictures', skin: '#f4d3bb', shade: '#e0b495' },
    ...{ hair: '#2f2420', cut: 'long', shirt: '#a2483c' },
  },
  lucia: {
    ...{ wall: ['#ecd2b4', '#cf9d6a'], behind: 'plant', skin: '#d9a57e', shade: '#bf865d' },
    ...{ hair: '#33211a', cut: 'curls', shirt: '#7b4b7d' },
  },
  daniel: {
    ...{ wall: ['#a4826b', '#6f513f'], behind: 'lamp', skin: '#7d5138', shade: '#643e29' },
    ...{ hair: '#141110', cut: 'short', hasBeard: true, shirt: '#c8bfae' },
  },
  noor: {
    ...{ wall: ['#d9d5c9', '#aba18c'], behind: 'pictures', skin: '#e0ac85', shade: '#c58f68' },
    ...{ hair: '#3e6c74', cut: 'scarf', shirt: '#2c4d55' },
  },
  sofia: {
    ...{ wall: ['#d3d8e2', '#9aa5ba'], behind: 'window', skin: '#e8bf9d', shade: '#d09e78' },
    ...{ hair: '#8b8b8f', cut: 'bald', shirt: '#8a2f4f', speaks: true },
  },
} as const satisfies Record<string, Portrait>;

/** Runs in the page, before its own code: the devices that it asks for are these. */
export function useDevices({ portrait, size }: { readonly portrait: Portrait; readonly size: number }): void {
  const props: Readonly<Record<Portrait['behind'], readonly (readonly [string, string])[]>> = {
    window: [
      ['#fffbe9a0', 'M222-6h84v112h-84z'],
      ['#8a7d6270', 'M262-6h4v112h-4zM222 46h84v4h-84zM218-6h4v116h88v-116h4v120h-96z'],
    ],
    shelves: [
      ['#3d2f2280', 'M-10 64h112v4h-112zM-10 126h112v4h-112zM222 48h120v4h-120z'],
      ['#2f5b5799', 'M6 30h9v34H6z'],
      ['#b8743e99', 'M17 24h11v40H17z'],
      ['#e5d7b899', 'M30 34h8v30h-8z'],
      ['#46506b99', 'M251 10h11v38h-11z'],
      ['#c9b37c99', 'M240 16h9v32h-9z'],
    ],
    pictures: [
      ['#6a5140b0', 'M16 16h78v60H16zM240 28h58v72h-58z'],
      ['#fbf5eab0', 'M20 20h70v52H20zM244 32h50v64h-50z'],
      ['#b58b6ab0', 'M26 66l20-24 16 14 10-9 12 19z'],
      ['#7f9a8fb0', 'M254 62a15 15 0 1 0 30 0a15 15 0 1 0-30 0z'],
    ],
    lamp: [
      ['#fff1c947', 'M184 44a78 78 0 1 0 156 0a78 78 0 1 0-156 0z'],
      ['#fff1c966', 'M222 44a40 40 0 1 0 80 0a40 40 0 1 0-80 0z'],
      ['#fff0c4', 'M246 34h32l12 34h-56z'],
      ['#3a2a2099', 'M260 68h3v130h-3z'],
    ],
    plant: [
      ['#b06a48d0', 'M256 132h44l-6 52h-32z'],
      ['#3f6b4cd0', 'M276 134c-36-10-44-46-40-70 22 10 40 34 40 70z'],
      ['#3f6b4cd0', 'M278 134c-10-40 4-70 22-86 12 28 2 62-22 86z'],
      ['#54855fd0', 'M280 134c10-30 34-42 54-42-4 24-24 42-54 42z'],
    ],
  };
  const back: Readonly<Record<Portrait['cut'], string>> = {
    bob: 'M127 112c-8-34-2-71 33-71s41 37 33 71c-8 4-58 4-66 0z',
    long: 'M126 132c-9-44-4-93 34-93s43 49 34 93c-10 7-58 7-68 0z',
    curls:
      'M119 70a15 15 0 1 0 30 0a15 15 0 1 0-30 0M127 52a15 15 0 1 0 30 0a15 15 0 1 0-30 0M144 46a16 16 0 1 0 32 0a16 16 0 1 0-32 0M163 52a15 15 0 1 0 30 0a15 15 0 1 0-30 0M171 70a15 15 0 1 0 30 0a15 15 0 1 0-30 0',
    scarf: 'M116 150c-6-60 4-112 44-112s50 52 44 112z',
    short: '',
    bald: 'M130 84c-4-28 9-46 30-46s34 18 30 46z',
  };
  const front: Readonly<Record<Portrait['cut'], string>> = {
    bob: 'M133 82c0-22 12-34 27-34s27 12 27 34c-9-6-18-10-27-10s-18 4-27 10z',
    long: 'M133 84c-1-24 11-36 27-36s28 12 27 36c-5-13-12-20-19-24-9 9-24 13-35 24z',
    curls: 'M134 77c1-22 12-31 26-31s25 9 26 31c-9-9-16-11-25-11s-17 3-25 11z',
    scarf: 'M132 92c-2-32 10-46 28-46s30 14 28 46c-4-20-14-30-28-30s-24 10-28 30z',
    short: 'M132 84c-4-28 9-42 28-42s33 13 28 42c-3-10-5-15-11-20-11 4-25 3-33-1-6 5-10 12-12 21z',
    bald: 'M133 78c0-20 12-30 27-30s27 10 27 30c-9-6-18-9-27-9s-18 3-27 9z',
  };
  const paint = (context: CanvasRenderingContext2D, sway: number) => {
    const { width } = context.canvas;
    context.setTransform(width / 320, 0, 0, width / 320, 0, 0);
    const wall = context.createLinearGradient(0, 0, 320, 120);
    wall.addColorStop(0, portrait.wall[0]);
    wall.addColorStop(1, portrait.wall[1]);
    const fill = (colour: string | CanvasGradient, path: string) => {
      context.fillStyle = colour;
      context.fill(new Path2D(path));
    };
    fill(wall, 'M0 0h320v180H0z');
    for (const [colour, path] of props[portrait.behind]) fill(colour, path);
    context.translate(sway, 8);
    const { skin, shade, hair, cut, shirt } = portrait;
    fill(hair, back[cut]);
    fill(shirt, 'M82 184c2-42 36-55 62-58 4 10 28 10 32 0 26 3 60 16 62 58z');
    fill(shade, 'M144 126c4 10 28 10 32 0l-1-6h-30z');
    fill(shade, 'M148 104h24v22c0 9-24 9-24 0z');
    fill(skin, 'M134 84a26 32 0 1 0 52 0a26 32 0 1 0-52 0zM133 80c-5-1-6 12 1 14zM187 80c5-1 6 12-1 14z');
    if (portrait.hasBeard) fill(hair, 'M134 86c0 22 11 33 26 33s26-11 26-33c-3 12-10 12-26 12s-23 0-26-12z');
    fill(
      '#231a16',
      'M147.7 84a2.3 2.7 0 1 0 4.6 0a2.3 2.7 0 1 0-4.6 0zM167.7 84a2.3 2.7 0 1 0 4.6 0a2.3 2.7 0 1 0-4.6 0z',
    );
    context.lineWidth = 2.2;
    context.lineCap = 'round';
    for (const [colour, path] of [
      [hair, 'M145 76q5-3 9-1M166 75q5-2 9 1'],
      [shade, 'M160 86q-3 6 1 8'],
      ['#8c3b33', portrait.hasBeard ? 'M151 104q9 7 18 0' : 'M151 101q9 7 18 0'],
    ] as const) {
      context.strokeStyle = colour;
      context.stroke(new Path2D(path));
    }
    fill(hair, front[cut]);
  };
  const slide = (context: CanvasRenderingContext2D) => {
    const { width, height } = context.canvas;
    context.fillStyle = '#fffefb';
    context.fillRect(0, 0, width, height);
    context.fillStyle = '#1f5c57';
    context.fillRect(0, 0, width, 14);
    context.fillStyle = '#1e2229';
    context.font = '500 64px Newsreader, Georgia, serif';
    context.fillText('How long guests wait', 96, 136);
    context.font = '28px Figtree, system-ui, sans-serif';
    context.fillStyle = '#545965';
    context.fillText('Median minutes from knock to admission, by week', 96, 190);
    [7, 6.1, 4.7, 2.7, 1.9].forEach((minutes, place) => {
      const [x, high] = [100 + place * 156, minutes * 48];
      context.fillStyle = place < 3 ? '#cdc2ab' : '#1f5c57';
      context.fillRect(x, 640 - high, 100, high);
      context.fillStyle = '#1e2229';
      context.font = '600 26px Figtree, system-ui, sans-serif';
      context.fillText(minutes.toFixed(1), x + 30, 624 - high);
      context.fillStyle = '#545965';
      context.font = '24px Figtree, system-ui, sans-serif';
      context.fillText(String(40 + place), x + 36, 682);
    });
  };
  const streamOf = (width: number, height: number, draw: (context: CanvasRenderingContext2D, at: number) => void) => {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width, height });
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('this browser paints nothing');
    // Somebody who sits before a camera is never quite still, and a picture that is still is not sent.
    setInterval(() => draw(context, performance.now()), 400);
    draw(context, 0);
    return canvas.captureStream(4);
  };
  const picture = () =>
    streamOf(size, (size * 9) / 16, (context, at) => paint(context, Math.sin(at / 1_300) * 1.2)).getVideoTracks();
  const { mediaDevices } = navigator;
  const ask = mediaDevices.getUserMedia.bind(mediaDevices);
  /** The microphone that is made up beeps. Whoever is to be silent has it on all the same. */
  const voice = async () => {
    const tracks = (await ask({ audio: true })).getAudioTracks();
    for (const track of tracks) track.enabled = portrait.speaks === true;
    return tracks;
  };
  mediaDevices.getUserMedia = async ({ audio, video } = {}) =>
    new MediaStream([...(audio ? await voice() : []), ...(video ? picture() : [])]);
  mediaDevices.getDisplayMedia = () => Promise.resolve(streamOf(1280, 720, slide));
}
