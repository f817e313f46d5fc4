/** How loud a track is, from 0 to 1, some times a second. The answer ends it. */
export function followLevel(track: MediaStreamTrack, onLevel: (level: number) => void): () => void {
  const audio = new AudioContext();
  // As long as the pause between two looks, so that a short sound is not missed.
  const analyser = new AnalyserNode(audio, { fftSize: 8192 });
  audio.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let level = 0;
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    // From −50 dB, which is a quiet room, to −5 dB, which is a loud voice; it falls slower than it rises.
    const heard = Math.min(1, Math.max(0, (20 * Math.log10(peak + 1e-6) + 50) / 45));
    level = Math.max(heard, level - 0.1);
    onLevel(level);
  }, 100);
  return () => {
    clearInterval(timer);
    void audio.close();
  };
}

/** Three notes from the speaker that was chosen, where the browser can choose one. */
export async function playTest(speaker: string | undefined): Promise<void> {
  const audio = new AudioContext();
  if (speaker !== undefined && canChoose(audio)) await audio.setSinkId(speaker).catch(() => undefined);
  const volume = new GainNode(audio, { gain: 0.126 });
  volume.connect(audio.destination);
  [523, 659, 784].forEach((frequency, index) => {
    const note = new OscillatorNode(audio, { frequency });
    note.connect(volume);
    note.start(audio.currentTime + index * 0.2);
    note.stop(audio.currentTime + index * 0.2 + 0.18);
  });
  setTimeout(() => void audio.close(), 1_000);
}

/** Not every browser lets a page choose. */
function canChoose(audio: AudioContext): audio is AudioContext & { readonly setSinkId: (id: string) => Promise<void> } {
  return 'setSinkId' in audio;
}
