/** Runs in the browser's audio thread: hands on what the microphone hears, block by block. */

registerProcessor(
  "capture",
  class extends AudioWorkletProcessor {
    process([[samples]]) {
      if (samples) this.port.postMessage(samples.slice());
      return true;
    }
  },
);
