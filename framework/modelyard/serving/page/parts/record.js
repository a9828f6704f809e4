/** Recording from the microphone to a WAV file: 16 bits, one channel, as every decoder knows it. */

/** Why this browser can't record here, or null where it can. */
export const cannotRecord = () =>
  navigator.mediaDevices?.getUserMedia ? null : "Recording needs https, or an address on this machine.";

/**
 * Starts to record.
 * @returns {Promise<() => Promise<File>>} stops, and gives the file
 */
export async function record() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  const context = new AudioContext();
  await context.audioWorklet.addModule(new URL("capture.js", import.meta.url));
  const capture = new AudioWorkletNode(context, "capture");
  const blocks = [];
  capture.port.onmessage = ({ data }) => blocks.push(data);
  // Its output is silence; a node that leads nowhere may not be asked to work.
  context.createMediaStreamSource(stream).connect(capture).connect(context.destination);
  return async () => {
    for (const track of stream.getTracks()) track.stop();
    await context.close();
    return new File([wav(blocks, context.sampleRate)], "recording.wav", { type: "audio/wav" });
  };
}

function wav(blocks, rate) {
  const length = blocks.reduce((sum, block) => sum + block.length, 0);
  const view = new DataView(new ArrayBuffer(44 + 2 * length));
  const text = (at, word) => [...word].forEach((letter, index) => view.setUint8(at + index, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + 2 * length, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // channels
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, 2 * length, true);
  let at = 44;
  for (const block of blocks) {
    for (const value of block) {
      view.setInt16(at, Math.round(32767 * Math.max(-1, Math.min(1, value))), true);
      at += 2;
    }
  }
  return view.buffer;
}
